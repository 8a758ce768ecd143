import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, printableJson } from '../../src/report/printable.js';

const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
// Every code unit, lone surrogates too, and often the ones that matter.
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(0x1b, 0x9b, 0x7f, 0x0a, 0x0d, 0x202e, 0x2066, 0x200b, 0xfeff, 0x2028, 0xd800, 0xdc00),
    ),
  )
  .map((units) => String.fromCharCode(...units));

test.each([
  ['an escape sequence', '\x1b[2Jx', '\\x1b[2Jx'],
  ['its one-byte form', '\x9b2J', '\\x9b2J'],
  ['a line break', 'a\r\nb', 'a\\x0d\\x0ab'],
  ['delete', '\x7f', '\\x7f'],
  ['a turned reading direction', 'a\u202egpj.exe', 'a\\u{202e}gpj.exe'],
  ['a letter without width', 'a\u200bb', 'a\\u{200b}b'],
  ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ['half a letter', 'a\ud800b', 'a\\u{d800}b'],
  ['an invisible tag', '\u{e0041}', '\\u{e0041}'],
])('%s is shown as what it is', (_, text, shown) => expect(printable(text)).toBe(shown));

test.each(['http://127.0.0.1/a%20b?c=d', 'Größe 漢字 😀.bin', ''])('%j stays as it is', (text) => {
  expect(printable(text)).toBe(text);
});

test('whatever comes in, nothing that controls a terminal comes out, and a second time changes nothing', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const shown = printable(text);
      expect(shown).not.toMatch(unsafe);
      expect(printable(shown)).toBe(shown);
    }),
  );
});

test('JSON holds no such character either, and says the same', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const json = printableJson(JSON.stringify({ text, tag: '\u{e0041}' }));
      expect(json).not.toMatch(unsafe);
      expect(JSON.parse(json)).toEqual({ text, tag: '\u{e0041}' });
    }),
  );
});
