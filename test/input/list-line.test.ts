import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSource, LONGEST_LINE, parseListLine } from '../../src/input/list-line.js';
import { type BadLine, type ChecksumAlgorithm, isBadLine, type Source } from '../../src/model/source.js';

const HEX: Readonly<Record<ChecksumAlgorithm, string>> = {
  md5: 'a'.repeat(32),
  sha1: 'b'.repeat(40),
  sha256: 'c'.repeat(64),
  sha512: 'd'.repeat(128),
};
const URL_TEXT = 'https://host/file.bin';

function bad(text: string): BadLine {
  const entry = parseListLine(text, 7);
  if (entry === null || !isBadLine(entry)) throw new Error(`taken for a good line: ${text}`);
  return entry;
}

describe('parseListLine', () => {
  it.each(['', '   ', '\t\r', '\uFEFF', '# comment', '  # comment', '#https://host/'])('skips %j', (text) => {
    expect(parseListLine(text, 1)).toBeNull();
  });

  it.each<[string, Partial<Source>]>([
    [URL_TEXT, {}],
    [`\uFEFF ${URL_TEXT} \r`, {}],
    [`${URL_TEXT} name=a.bin`, { name: 'a.bin' }],
    [`${URL_TEXT}\tname=a%20b%2Fc.bin`, { name: 'a b/c.bin' }],
    [`${URL_TEXT} name=%E6%96%87=.bin`, { name: '文=.bin' }],
    [
      `${URL_TEXT}   sha256=${HEX.sha256.toUpperCase()}`,
      { checksum: { algorithm: 'sha256', hex: HEX.sha256 } },
    ],
    [`${URL_TEXT} md5=${HEX.md5} name=x`, { name: 'x', checksum: { algorithm: 'md5', hex: HEX.md5 } }],
    [`${URL_TEXT} name=x sha1=${HEX.sha1}`, { name: 'x', checksum: { algorithm: 'sha1', hex: HEX.sha1 } }],
    [`${URL_TEXT} sha512=${HEX.sha512}`, { checksum: { algorithm: 'sha512', hex: HEX.sha512 } }],
  ])('understands %j', (text, expected) => {
    expect(parseListLine(text, 3)).toStrictEqual({ url: URL_TEXT, line: 3, ...expected });
  });

  it.each([
    'HTTP://Host:80/ä?q=1#f',
    'http://[::1]:8000/',
    'https://user:pw@host/',
    'http:host/a',
    'http://host',
  ])('takes the URL %s as it is written', (url) => {
    expect(parseListLine(url, null)).toStrictEqual({ url, line: null });
  });

  it.each([
    ['host/file.bin', /not a URL/],
    ['/absolute/path', /not a URL/],
    ['ftp://host/a', /scheme ftp .* http or https/],
    ['file:///etc/passwd', /scheme file/],
    ['javascript:alert(1)', /not a URL/],
    ['http://', /no host/],
    ['http:///a.bin', /no host/],
    ['https:?q', /no host/],
    ['http://host:99999/', /not valid/],
    ['http://ho st/', /"st\/" is not understood/],
    ['http://a b', /name=file.bin/],
    [`${URL_TEXT} name=`, /name is empty/],
    [`${URL_TEXT} name=100%`, /%25/],
    [`${URL_TEXT} name=%FF`, /%25/],
    [`${URL_TEXT} name=a name=b`, /twice/],
    [`${URL_TEXT} md5=${HEX.md5} sha1=${HEX.sha1}`, /two checksums/],
    [`${URL_TEXT} md5=${HEX.md5} md5=${HEX.md5}`, /two checksums/],
    [`${URL_TEXT} sha256=${HEX.sha1}`, /64 hexadecimal digits .*40/],
    [`${URL_TEXT} sha256=${'g'.repeat(64)}`, /64 hexadecimal/],
    [`${URL_TEXT} sha256=`, /64 hexadecimal/],
    [`${URL_TEXT} SHA256=${HEX.sha256}`, /not understood/],
    [`${URL_TEXT} sha999=00`, /not understood/],
    [`${URL_TEXT} toString=1`, /not understood/],
    [`${URL_TEXT} out=x`, /"out=x" is not understood/],
    [`${URL_TEXT} https://host/2`, /not understood/],
    ['\uFFFD\uFFFDh\0t\0t\0p\0', /UTF-8/],
  ])('refuses %j and says why', (text, message) => {
    const entry = bad(text);
    expect(entry.error.code).toBe('ERR_INPUT');
    expect(entry.error.message).toMatch(message);
    expect(entry.text).toBe(text);
    expect(entry.line).toBe(7);
  });

  it('shows the begin of a line that is too long', () => {
    const entry = bad(`https://host/${'a'.repeat(LONGEST_LINE)}`);
    expect(entry.error.message).toMatch(/64 KiB/);
    expect(entry.text).toMatch(/^https:\/\/host\/a+\.\.\.$/);
    expect(entry.text.length).toBeLessThan(300);
    expect(bad(`https://user:${'secret'.repeat(20_000)}`).text).toBe('https://...');
  });

  it('reads back what was written (round trip)', () => {
    const checksum = fc
      .constantFrom<ChecksumAlgorithm>('md5', 'sha1', 'sha256', 'sha512')
      .map((algorithm) => ({ algorithm, hex: HEX[algorithm] }));
    const source = fc.record(
      {
        url: fc.webUrl({ withQueryParameters: true }),
        name: fc.string({ minLength: 1, unit: 'grapheme' }),
        checksum,
      },
      { requiredKeys: ['url'] },
    );
    fc.assert(
      fc.property(source, fc.constantFrom(' ', '\t', '  \t '), (wanted, space) => {
        const words = [wanted.url];
        if (wanted.name !== undefined) words.push(`name=${encodeURIComponent(wanted.name)}`);
        if (wanted.checksum !== undefined) words.push(`${wanted.checksum.algorithm}=${wanted.checksum.hex}`);
        expect(parseListLine(words.join(space), 1)).toEqual({ ...wanted, line: 1 });
      }),
    );
  });

  it('never throws, whatever the line', () => {
    const garbage = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ maxLength: 50 }).map((text) => `https://${text}`),
      fc.string({ maxLength: 50 }).map((text) => `${URL_TEXT} ${text}`),
    );
    fc.assert(
      fc.property(garbage, (text) => {
        const entry = parseListLine(text, 1);
        if (entry !== null && isBadLine(entry)) expect(entry.error.code).toBe('ERR_INPUT');
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a hostile line of 64 KiB in a moment', () => {
    const start = performance.now();
    for (const unit of [
      'a',
      ':',
      '/',
      'http:',
      'http://',
      '@',
      ' ',
      'a@ ',
      'http://a:b@',
      '***@',
      '%',
      'name=a@ ',
    ]) {
      bad(`x${unit.repeat(LONGEST_LINE / unit.length - 1)}x`);
    }
    expect(performance.now() - start).toBeLessThan(1500);
  });
});

describe('credentials in a bad line', () => {
  it.each([
    ['https://user:secret@host/ junk', 'https://***@host/ junk'],
    ['https://secret@host/ junk', 'https://***@host/ junk'],
    ['https://u:secret@secret@host/a@2x.png junk', 'https://***@host/a@2x.png junk'],
    ['https:u:secret@host/ junk', 'https:***@host/ junk'],
    ['ftp://u:secret@host/', 'ftp://***@host/'],
    ['u:secret@host/', '***@host/'],
    ['//u:secret@host/', '***@host/'],
    ['http://u:sec/ret@host/', 'http://***@host/'],
    ['http://u:sec#ret@host/', 'http://***@host/'],
    ['http://u:sec ret@host/', 'http://***@host/'],
    ['http://u:12 secret@host/', 'http://***@host/'],
    ['http://u:secret@ secret@host/', 'http://***@host/'],
    ['http://a/ http://u:secret@h/', 'http://a/ http://***@h/'],
    ['http://a/ <http://u:secret@h/>', 'http://a/ <http://***@h/>'],
    ['https://host:80/a@2x.png junk', 'https://host:80/a@2x.png junk'],
    ['https://host/a@2x.png name=', 'https://host/a@2x.png name='],
    ['https://host/a 1@2x.png', 'https://host/a 1@2x.png'],
  ])('%s is shown as %s', (text, shown) => {
    expect(bad(text).text).toBe(shown);
    expect(bad(text).error.message).not.toContain('sec');
  });

  it('never shows a password', () => {
    const password = fc.string({ unit: fc.constantFrom(...'abcXYZ0:@%&=+$,;!*~ .-_'), maxLength: 12 });
    const tail = fc.constantFrom(' junk', ' name=', ' sha256=0', ':x', '', ' a@b', ' http://other/');
    const scheme = fc.constantFrom('http://', 'https://', 'HTTP://', 'ftp://', 'x', '', 'http:///');
    fc.assert(
      fc.property(scheme, password, tail, (before, part, after) => {
        const secret = `SeCrEt${part}SeCrEt`;
        const entry = parseListLine(`${before}user:${secret}@host/a${after}`, 1);
        if (entry === null || !isBadLine(entry)) return;
        expect(entry.text + entry.error.message).not.toContain('SeCrEt');
        expect(entry.error.stack).not.toContain('SeCrEt');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('checkSource', () => {
  it('takes a good source, in lower-case checksum, and keeps its line', () => {
    const hex = HEX.sha256.toUpperCase();
    const source: Source = {
      url: ` ${URL_TEXT} `,
      name: '100%.bin',
      checksum: { algorithm: 'sha256', hex },
      line: 4,
    };
    const checksum = { algorithm: 'sha256', hex: HEX.sha256 };
    expect(checkSource(source, 9)).toStrictEqual({ url: URL_TEXT, name: '100%.bin', checksum, line: 4 });
    expect(checkSource({ url: URL_TEXT }, 9)).toStrictEqual({ url: URL_TEXT, line: 9 });
    expect(checkSource({ url: URL_TEXT, line: null }, 9)).toStrictEqual({ url: URL_TEXT, line: null });
    expect(checkSource({ url: URL_TEXT })).toStrictEqual({ url: URL_TEXT, line: null });
  });

  it.each<[unknown, RegExp]>([
    [null, /not a source/],
    [undefined, /not a source/],
    [42, /not a source/],
    [new URL(URL_TEXT), /not a source/],
    [{ url: 7 }, /not a source/],
    [{ url: '' }, /not a URL/],
    [{ url: 'ftp://u:secret@host/' }, /scheme ftp/],
    [{ url: URL_TEXT, name: '' }, /name is empty/],
    [{ url: URL_TEXT, name: 3 }, /name is empty/],
    [{ url: URL_TEXT, checksum: 'abc' }, /algorithm/],
    [{ url: URL_TEXT, checksum: null }, /algorithm/],
    [{ url: URL_TEXT, checksum: { algorithm: 'crc32', hex: '00' } }, /md5, sha1, sha256, sha512/],
    [{ url: URL_TEXT, checksum: { algorithm: 'sha1', hex: HEX.md5 } }, /40 hexadecimal digits/],
    [{ url: URL_TEXT, checksum: { algorithm: 'sha1' } }, /40 hexadecimal digits/],
  ])('refuses %o', (given, message) => {
    const entry = checkSource(given as Source, 2);
    if (!isBadLine(entry)) throw new Error('taken for good');
    expect(entry.error.code).toBe('ERR_INPUT');
    expect(entry.error.message).toMatch(message);
    expect(entry.text).not.toContain('secret');
    expect(entry.line).toBe(2);
  });
});
