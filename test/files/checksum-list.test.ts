import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChecksumLine, parseChecksums, readChecksums } from '../../src/files/checksum-list.js';
import { temporaryFolder } from '../support/temp-folder.js';

const hex = (digits: number, digit = 'a') => digit.repeat(digits);

describe('a line', () => {
  it.each([
    [`${hex(64)}  a.bin`, 'a.bin', 'sha256'],
    [`${hex(64)} *a.bin`, 'a.bin', 'sha256'],
    [`${hex(32)}  a.bin`, 'a.bin', 'md5'],
    [`${hex(40)}  a.bin`, 'a.bin', 'sha1'],
    [`${hex(128)}  a.bin`, 'a.bin', 'sha512'],
    [`${hex(64, 'A')}  a.bin`, 'a.bin', 'sha256'],
    [`${hex(64)}   two  words `, ' two  words ', 'sha256'],
    [`\\${hex(64)}  a\\nb\\\\c\\rd`, 'a\nb\\c\rd', 'sha256'],
    [`${hex(64)}  a\\nb`, 'a\\nb', 'sha256'],
    [`SHA256 (a.bin) = ${hex(64)}`, 'a.bin', 'sha256'],
    [`MD5 (a (1).bin) = ${hex(32)}`, 'a (1).bin', 'md5'],
    [`SHA1 (a) = ${hex(40)}`, 'a', 'sha1'],
    [`SHA512 (a) = ${hex(128)}`, 'a', 'sha512'],
    [`\\SHA256 (a\\nb) = ${hex(64)}`, 'a\nb', 'sha256'],
  ])('%j', (line, path, algorithm) => {
    expect(parseChecksumLine(line)).toMatchObject({ path, checksum: { algorithm } });
    expect(parseChecksumLine(line)?.checksum.hex).toMatch(/^a+$/);
  });

  it.each([
    '',
    'a.bin',
    `${hex(63)}  a.bin`,
    `${hex(64)} a.bin`,
    `${hex(64)}  `,
    `${hex(64, 'g')}  a.bin`,
    `SHA256 (a.bin) = ${hex(63)}`,
    `SHA1 (a.bin) = ${hex(64)}`,
    `TIGER (a.bin) = ${hex(64)}`,
    `\\${hex(64)}  a\\xb`,
  ])('%j is none', (line) => {
    expect(parseChecksumLine(line)).toBeNull();
  });

  it('survives anything', () => {
    const words = fc.array(
      fc.constantFrom(hex(64), hex(32), ' ', '*', '\\', 'n', 'SHA256', '(', ')', ' = ', 'a'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          words.map((each) => each.join('')),
        ),
        (line) => {
          const entry = parseChecksumLine(line);
          if (entry !== null) expect(entry.checksum.hex).toMatch(/^[0-9a-f]{32,128}$/);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('a list', () => {
  const find = (text: string, url: string) => {
    const { pathname } = new URL(url);
    const name = pathname.slice(pathname.lastIndexOf('/') + 1);
    return parseChecksums(text, 'SUMS').find(name, new URL(url))?.hex ?? null;
  };

  it('is asked by name, whatever the folder', () => {
    const text = `\uFEFF# sums\r\n${hex(64)}  ./x/a.bin\r\n\r\n${hex(64, 'b')}  b.bin`;
    expect(find(text, 'http://h/y/a.bin')).toBe(hex(64));
    expect(find(text, 'http://h/b.bin')).toBe(hex(64, 'b'));
    expect(find(text, 'http://h/c.bin')).toBeNull();
  });

  it('takes the entry whose folders fit best, and none where two fit alike', () => {
    const text = `${hex(64)}  one/a.bin\n${hex(64, 'b')}  two/a.bin`;
    expect(find(text, 'http://h/x/one/a.bin')).toBe(hex(64));
    expect(find(text, 'http://h/x/two/a.bin')).toBe(hex(64, 'b'));
    expect(find(text, 'http://h/x/a.bin')).toBeNull();
    expect(find(`${text}\n${hex(64, 'c')}  a.bin`, 'http://h/two/a.bin')).toBe(hex(64, 'b'));
    expect(find(`${hex(64)}  one/a.bin\n${hex(64)}  two/a.bin`, 'http://h/a.bin')).toBe(hex(64));
  });

  it('may be signed', () => {
    const text = [
      '-----BEGIN PGP SIGNED MESSAGE-----',
      'Hash: SHA256',
      '',
      `${hex(64)} *a.bin`,
      '-----BEGIN PGP SIGNATURE-----',
      '',
      'iQIzBAEBCAAdFiEE',
      '-----END PGP SIGNATURE-----',
      '',
    ].join('\n');
    expect(find(text, 'http://h/a.bin')).toBe(hex(64));
  });

  it('names the line that it does not understand, and the file that it cannot read', async () => {
    expect(() => parseChecksums(`${hex(64)}  a\nnonsense`, 'SUMS')).toThrow(/^SUMS:2: /);
    const path = join(await temporaryFolder(), 'none');
    await expect(readChecksums(path)).rejects.toMatchObject({ code: 'ERR_DISK', systemCode: 'ENOENT' });
  });
});
