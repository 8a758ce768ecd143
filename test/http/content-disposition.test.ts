import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_NAME, safeName } from '../../src/files/safe-name.js';
import { dispositionName } from '../../src/http/content-disposition.js';

/** As the bytes of a text in UTF-8 come out of a head. */
const raw = (text: string): string => Buffer.from(text).toString('latin1');

describe('the examples of RFC 6266 5 and RFC 8187 3.2', () => {
  it.each([
    ['Attachment; filename=example.html', 'example.html'],
    ['INLINE; FILENAME= "an example.html"', 'an example.html'],
    ["attachment;\t filename*= UTF-8''%e2%82%ac%20rates", '\u20ac rates'],
    [`attachment; filename="EURO rates"; filename*=utf-8''%e2%82%ac%20rates`, '\u20ac rates'],
    ["a; filename*=iso-8859-1'en'%A3%20rates", '\u00a3 rates'],
    ["a; filename*=UTF-8''%c2%a3%20and%20%e2%82%ac%20rates", '\u00a3 and \u20ac rates'],
  ])('%s', (value, name) => {
    expect(dispositionName(value)).toBe(name);
  });
});

describe('a plain filename', () => {
  it.each([
    ['attachment', null],
    ['', null],
    ['attachment; filename=', null],
    ['attachment; filename=""', null],
    ['attachment; filename', null],
    ['attachment; name=a.txt', null],
    ['attachment; xfilename=a.txt', null],
    // No type, no space, much space.
    ['filename=a.txt', 'a.txt'],
    ['; filename=a.txt', 'a.txt'],
    ['attachment;filename=a.txt;', 'a.txt'],
    ['attachment ; filename \t=\t a.txt \t', 'a.txt'],
    ['form-data; name="f"; filename="a.txt"; size=3', 'a.txt'],
    // Without quotes up to the semicolon.
    ['attachment; filename=my long name.txt; x=y', 'my long name.txt'],
    ['attachment; filename=a,b(c)[d]@e.txt', 'a,b(c)[d]@e.txt'],
    ['attachment; filename=a=b.txt', 'a=b.txt'],
    ["attachment; filename='a.txt'", "'a.txt'"],
    ['attachment; filename=a"b.txt', 'a"b.txt'],
    // Quoted: what would end it otherwise, escapes, no end.
    ['attachment; filename="a;b=c.txt"; filename="d"', 'a;b=c.txt'],
    ['attachment; x="; filename=no"; filename=yes', 'yes'],
    ['attachment; filename="a \\"quoted\\" \\\\ name.txt"', 'a "quoted" \\ name.txt'],
    ['attachment; filename="f\\oo.txt"', 'foo.txt'],
    ['attachment; filename="a.txt', 'a.txt'],
    ['attachment; filename="a\\', 'a\\'],
    ['attachment; filename="a.txt"junk; x=y', 'a.txt'],
    ['attachment; x="a\\"; filename=no"; filename=yes', 'yes'],
    // The first counts.
    ['attachment; filename=a; filename=b', 'a'],
    ['attachment; filename=; filename=b', 'b'],
    // Left alone: escapes that may be meant, encoded words, continuations.
    ['attachment; filename="100%25 caf%C3%A9.txt"', '100%25 caf%C3%A9.txt'],
    ['attachment; filename="=?UTF-8?B?w6Q=?="', '=?UTF-8?B?w6Q=?='],
    ['attachment; filename*0="a."; filename*1="txt"', null],
    ["attachment; filename*0*=UTF-8''a; filename*1=b; filename=c", 'c'],
    // UTF-8 that came as bytes, and what is none.
    [raw('attachment; filename="na\u00efve \u6587.txt"'), 'na\u00efve \u6587.txt'],
    [raw('attachment; filename=voil\u00e0'), 'voil\u00e0'],
    ['attachment; filename="na\u00efve.txt"', 'na\u00efve.txt'],
    // As they are: making them safe is another's work.
    ['attachment; filename="../../etc/passwd"', '../../etc/passwd'],
    ['attachment; filename="C:\\\\a\\\\b.txt"', 'C:\\a\\b.txt'],
  ])('%j', (value, name) => {
    expect(dispositionName(value)).toBe(name);
  });
});

describe('filename*', () => {
  it.each([
    // Preferred, wherever it stands.
    [`attachment; filename*=UTF-8''%C3%A4; filename="a"`, '\u00e4'],
    [`attachment; filename="a"; filename*="UTF-8''%C3%A4"`, '\u00e4'],
    ["attachment; filename*=UTF-8''a; filename*=UTF-8''b", 'a'],
    ["attachment; FileName* = utf-8'de-AT'%C3%A4", '\u00e4'],
    ["attachment; filename*=ISO-8859-1''%E4", '\u00e4'],
    ["attachment; filename*=UTF-8''it's (1).txt", "it's (1).txt"],
    [raw("attachment; filename*=UTF-8''\u00e4%20b"), '\u00e4 b'],
    ["attachment; filename*=UTF-8''%25x", '%x'],
    // Not understood: the plain one counts.
    ["attachment; filename*=UTF-8''%E4; filename=a", 'a'],
    ["attachment; filename*=UTF-8''%ED%A0%80; filename=a", 'a'],
    ["attachment; filename*=UTF-8''a%; filename=a", 'a'],
    ["attachment; filename*=UTF-8''a%4; filename=a", 'a'],
    ["attachment; filename*=UTF-8''a%zz; filename=a", 'a'],
    ["attachment; filename*=UTF-8''; filename=a", 'a'],
    ["attachment; filename*=''b; filename=a", 'a'],
    ["attachment; filename*=UTF-8'b; filename=a", 'a'],
    ['attachment; filename*=b; filename=a', 'a'],
    ["attachment; filename*=KOI8-R''%E4; filename=a", 'a'],
    ["attachment; filename*=UTF-8''%E4; filename*=UTF-8''b", 'b'],
    ["attachment; filename*=UTF-8''%", null],
  ])('%j', (value, name) => {
    expect(dispositionName(value)).toBe(name);
  });
});

describe('whatever a server sends', () => {
  const bytes = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        'filename',
        '*',
        '=',
        ';',
        '"',
        '\\',
        "UTF-8''",
        "iso-8859-1'",
        '%',
        '%2e%2e%2f',
        '%00',
      ),
      fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    ),
    maxLength: 60,
  });

  it('never throws, and what it gives is made safe', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const name = dispositionName(`attachment; filename${value}`);
        if (name === null) return;
        expect(name).not.toBe('');
        const safe = safeName(name);
        expect(safe).not.toMatch(/[/\\\p{Cc}]|^\.{0,2}$|^\.fetchall$/iu);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(LONGEST_NAME);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back what was quoted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const quoted = name.replace(/["\\]/g, '\\$&');
        expect(dispositionName(raw(`attachment; filename="${quoted}"`))).toBe(name);
        const encoded = encodeURIComponent(name);
        expect(dispositionName(`attachment; filename=x; filename*=UTF-8''${encoded}`)).toBe(name);
      }),
    );
  });

  it('takes time in proportion: a head of semicolons, spaces or escapes is read once', () => {
    for (const unit of [';', ' ', 'a ', '\\"', ';a=', '%41', '";']) {
      expect(() => dispositionName(`a; filename="${unit.repeat(500_000)}`)).not.toThrow();
      expect(() => dispositionName(`a; filename=${unit.repeat(500_000)}`)).not.toThrow();
    }
  });
});
