import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_NAME, nameFromUrl, safeName, withSuffix } from '../../src/files/safe-name.js';

const bytesOf = (text: string) => Buffer.byteLength(text);

const FORBIDDEN =
  /[/\\:*?"<>|\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u;
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\.|$)/i;

const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme-composite', maxLength: 6 }),
  fc.constantFrom(
    '.',
    '..',
    ' ',
    '/',
    '\\',
    'CON',
    'nul',
    'com¹',
    'LPT9',
    'CONIN$',
    '.fetchall',
    '.tar.gz',
    '.part',
    '\uD800',
  ),
  fc.constantFrom('\u0301', 'é', '\u202E', '\u200B', 'ﬀ', 'İ', 'ſ', '文'),
  fc
    .tuple(fc.constantFrom(' ', '.', 'a', '文', '😀', 'e\u0301'), fc.nat(300))
    .map(([unit, count]) => unit.repeat(count)),
);
const wanted = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

function expectSafe(name: string): void {
  expect(name).not.toBe('');
  expect(name).not.toMatch(FORBIDDEN);
  expect(name).not.toMatch(DEVICE);
  expect(name).not.toMatch(/^ |[. ]$/);
  expect(name.toLowerCase()).not.toBe('.fetchall');
  expect(name.normalize('NFC')).toBe(name);
  expect(bytesOf(name)).toBeLessThanOrEqual(LONGEST_NAME);
  expect(posix.dirname(posix.resolve('/srv/out', name))).toBe('/srv/out');
  expect(win32.dirname(win32.resolve('C:\\out', name))).toBe('C:\\out');
}

describe('safeName', () => {
  it.each([
    ['a.bin', 'a.bin'],
    ['', '_'],
    ['.', '_'],
    ['..', '_'],
    ['. . .', '_'],
    ['   ', '_'],
    ['../../etc/passwd', '.._.._etc_passwd'],
    ['..\\..\\boot.ini', '.._.._boot.ini'],
    ['a:b*c?d"e<f>g|h', 'a_b_c_d_e_f_g_h'],
    ['file.txt:stream', 'file.txt_stream'],
    ['a\0b\x1b[31m\x7f\x9f', 'a_b_[31m__'],
    ['gpj\u202Eexe', 'gpj_exe'],
    ['a\u200Bb\uFEFFc\u2028d', 'a_b_c_d'],
    ['a\uD800b\uDC00', 'a_b_'],
    ['😀.bin', '😀.bin'],
    ['cafe\u0301.txt', 'café.txt'],
    ['  a b .txt. . ', 'a b .txt'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['Com1.tar.gz', '_Com1.tar.gz'],
    ['COM¹', '_COM¹'],
    ['lpt0', '_lpt0'],
    ['aux .c', '_aux .c'],
    ['CONOUT$.log', '_CONOUT$.log'],
    ['console', 'console'],
    ['com10', 'com10'],
    ['.fetchall', '_.fetchall'],
    ['.FetchAll', '_.FetchAll'],
    ['.fetchall. ', '_.fetchall'],
    [`.fetchall${' '.repeat(300)}x`, '_.fetchall'],
    [`CON${'.'.repeat(300)}x y`, '_CON'],
    ['.htaccess', '.htaccess'],
    ['-rf', '-rf'],
    [`${'.'.repeat(260)}a b`, '_'],
  ])('%j gives %j', (given, name) => {
    expect(safeName(given)).toBe(name);
  });

  it.each([
    ['a', 300, '.bin', '.bin'],
    ['文', 100, '.tar.gz', '.tar.gz'],
    ['😀', 70, '.warc.gz', '.warc.gz'],
    ['é', 200, '.tar.gz.sig', '.tar.gz.sig'],
    ['a', 300, '.1.gz', '.gz'],
    ['a', 300, '.gz.gz.gz.gz.gz', '.gz.gz.gz'],
    ['a', 300, '.much-too-long-for-one', ''],
    ['a', 300, '.with space', ''],
  ])('cuts %s x %i + %s and keeps %j', (unit, count, extension, kept) => {
    const name = safeName(unit.repeat(count) + extension);
    expect(name.endsWith(kept)).toBe(true);
    expect(bytesOf(name)).toBeGreaterThan(LONGEST_NAME - 4);
    expect(name.slice(0, name.length - kept.length)).toMatch(new RegExp(`^(${unit})+$`, 'u'));
    expectSafe(name);
  });

  it('is safe, and leaves a safe name alone, whatever is wanted', () => {
    fc.assert(
      fc.property(wanted, (given) => {
        const name = safeName(given);
        expectSafe(name);
        expect(safeName(name)).toBe(name);
      }),
      { numRuns: 5000 },
    );
  });

  it('takes a name of a megabyte in a moment', () => {
    const start = performance.now();
    for (const unit of ['a', '.', ' ', '. ', ' a', '.gz', '.a', 'CON', '/', '\uD800', '\u0301']) {
      expectSafe(safeName(`x${unit.repeat(2 ** 20 / unit.length)}x`));
    }
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('withSuffix', () => {
  it.each([
    ['a.bin', 'a-1f2e3d4c.bin'],
    ['a.tar.gz', 'a-1f2e3d4c.tar.gz'],
    ['a', 'a-1f2e3d4c'],
    ['.htaccess', '.htaccess-1f2e3d4c'],
    ['v1.2.gz', 'v1.2-1f2e3d4c.gz'],
    ['_', '_-1f2e3d4c'],
    ['a.bin.part', 'a.bin-1f2e3d4c.part'],
  ])('%s becomes %s', (name, expected) => {
    expect(withSuffix(name, '1f2e3d4c')).toBe(expected);
  });

  it('gives a safe name that keeps the whole suffix and tells suffixes apart', () => {
    const suffix = fc.stringMatching(/^[0-9a-f]{1,64}$/);
    fc.assert(
      fc.property(wanted, suffix, suffix, (given, one, other) => {
        const name = safeName(given);
        const suffixed = withSuffix(name, one);
        expectSafe(suffixed);
        expect(suffixed).toContain(`-${one}`);
        expect(safeName(suffixed)).toBe(suffixed);
        expect(suffixed === withSuffix(name, other)).toBe(one === other);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('nameFromUrl', () => {
  it.each([
    ['https://host', 'index.html'],
    ['https://host/', 'index.html'],
    ['https://host/dir/', 'index.html'],
    ['https://host/a.bin', 'a.bin'],
    ['https://host/dir/a.bin?name=/x/y.z#f', 'a.bin'],
    ['https://host/a%20b.bin', 'a b.bin'],
    ['https://host/ä.bin', 'ä.bin'],
    ['https://host/a%CC%88.bin', 'ä.bin'],
    ['https://host/%41%FF%', 'A%FF%'],
    ['https://host/%E4%FF%41%E6%96%87', '%E4%FFA文'],
    ['https://host/%C0%AF%ED%A0%80%F5%41', '%C0%AF%ED%A0%80%F5A'],
    ['https://host/100%', '100%'],
    ['https://host/..%2F..%2Fetc%2Fpasswd', '.._.._etc_passwd'],
    ['https://host/%252e', '%2e'],
    ['https://host/a%00b', 'a_b'],
    ['https://host/%20', '_'],
    ['https://host/.fetchall', '_.fetchall'],
    ['https://host/con.txt', '_con.txt'],
  ])('%s gives %s', (url, name) => {
    expect(nameFromUrl(new URL(url))).toBe(name);
  });

  it('is safe whatever the URL', () => {
    const segment = fc.string({ unit: fc.constantFrom(...'%%%0123456789abcdefABCDEF./ ;é') });
    fc.assert(
      fc.property(segment, (text) => expectSafe(nameFromUrl(new URL(`https://host/${text}`)))),
      { numRuns: 3000 },
    );
  });
});
