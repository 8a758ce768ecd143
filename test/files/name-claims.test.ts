import { createHash } from 'node:crypto';
import { readdir, readlink, truncate } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NameClaims, suffixedNames } from '../../src/files/name-claims.js';
import { safeName, withSuffix } from '../../src/files/safe-name.js';
import { temporaryFolder } from '../support/temp-folder.js';

const hexOf = (url: string) => createHash('sha256').update(url).digest('hex');

describe('NameClaims', () => {
  it('gives the first claimant the name and the next a suffix from its URL', () => {
    const claims = new NameClaims();
    expect(claims.claim('a.tar.gz', 'http://one/')).toEqual({ name: 'a.tar.gz', duplicate: false });
    const name = `a-${hexOf('http://two/').slice(0, 8)}.tar.gz`;
    expect(claims.claim('a.tar.gz', 'http://two/')).toEqual({ name, duplicate: false });
    expect(claims.size).toBe(2);
  });

  it('knows the same URL with the same name again, also when it got a suffix', () => {
    const claims = new NameClaims();
    const first = claims.claim('a.bin', 'http://one/');
    const second = claims.claim('a.bin', 'http://two/');
    expect(claims.claim('a.bin', 'http://one/')).toEqual({ name: first.name, duplicate: true });
    expect(claims.claim('a.bin', 'http://two/')).toEqual({ name: second.name, duplicate: true });
    expect(claims.claim('A.BIN', 'http://one/').duplicate).toBe(true);
    expect(claims.claim('A.BIN', 'http://two/').duplicate).toBe(true);
    expect(claims.claim('b.bin', 'http://one/')).toEqual({ name: 'b.bin', duplicate: false });
  });

  it.each([
    ['README', 'readme'],
    ['straße', 'STRASSE'],
    ['ẞ', 'ss'],
    ['café', 'CAFE\u0301'],
    ['ΟΔΟΣ', 'οδος'],
    ['ΟΔΟΣ.part', 'οδος'],
    ['\u212A', 'k'],
    ['ﬁle', 'FILE'],
    ['İ', 'i\u0307'],
    ['a.bin', 'a.bin.part'],
    ['a.bin', 'A.BIN.PART'],
    ['x.part', 'X.part.PART'],
  ])('keeps %s and %s apart, in either order', (one, other) => {
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] as const) {
      const claims = new NameClaims();
      expect(claims.claim(first, 'http://one/').name).toBe(first);
      expect(claims.claim(second, 'http://two/').name).not.toBe(second);
    }
  });

  it('lets names be that only look near', () => {
    const claims = new NameClaims();
    for (const name of [
      'a',
      'a.part.part',
      'apart',
      'a.bin',
      'a.bin.parts',
      'b.part',
      'b.part.part.part',
      'ä',
      'part',
    ]) {
      expect(claims.claim(name, `http://host/${name}`)).toEqual({ name, duplicate: false });
    }
  });

  it('sets a URL aside from its own part', () => {
    const claims = new NameClaims();
    claims.claim('a.bin', 'http://one/');
    const part = claims.claim('a.bin.part', 'http://one/');
    expect(part).toEqual({ name: `a.bin-${hexOf('http://one/').slice(0, 8)}.part`, duplicate: false });
    expect(claims.claim('a.bin.part', 'http://one/')).toEqual({ name: part.name, duplicate: true });
  });

  it('takes more digits when a suffixed name is held too, and never fails', () => {
    const claims = new NameClaims();
    const url = 'http://two/';
    const hex = hexOf(url);
    claims.claim('a', 'http://one/');
    for (let digits = 8; digits <= 64; digits += 8) {
      expect(claims.take(`a-${hex.slice(0, digits)}`, `http://squatter/${digits}`)).toBe(true);
    }
    claims.take(`a-${hex}-2`, 'http://squatter/');
    expect(claims.claim('a', url)).toEqual({ name: `a-${hex}-3`, duplicate: false });
    expect(claims.claim('a', url)).toEqual({ name: `a-${hex}-3`, duplicate: true });
  });

  it('offers names in turn to a caller who finds them occupied on disk', () => {
    const claims = new NameClaims();
    const url = 'http://one/';
    claims.claim('a.bin', url);
    expect(claims.take('a.bin', url)).toBe(false);
    expect(claims.take(withSuffix('a.bin', '1'), url)).toBe(true);
    expect(claims.take('A-1.bin', 'http://two/')).toBe(false);
    expect(claims.take('a-1.bin.part', 'http://two/')).toBe(false);
    const [first = '', second = ''] = [...take(suffixedNames('a.bin', url), 2)];
    expect([first, second]).toEqual([`a-${hexOf(url).slice(0, 8)}.bin`, `a-${hexOf(url).slice(0, 16)}.bin`]);
  });

  it('never gives two URLs names that are equal when folded, or one the part of the other', () => {
    const stem = fc.constantFrom(
      'a',
      'A',
      'ß',
      'ss',
      'SS',
      'ς',
      'Σ',
      'é',
      'e\u0301',
      '.fetchall',
      'x'.repeat(260),
      'CON',
    );
    const end = fc.constantFrom(
      '',
      '.bin',
      '.BIN',
      '.part',
      '.PART',
      '.part.part',
      '.bin.part',
      '.tar.gz',
      '-0',
      '-1',
    );
    const wanted = fc.tuple(stem, end).map((parts) => safeName(parts.join('')));
    const url = fc.nat(12).map((number) => `http://host/${number}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(wanted, url), { maxLength: 60 }), (list) => {
        const claims = new NameClaims();
        // It keeps nearly all of them in its file.
        const again = new NameClaims(3);
        const owners = new Map<string, string>();
        for (const [name, owner] of list) {
          const claim = claims.claim(name, owner);
          expect(again.claim(name, owner)).toEqual(claim);
          const folded = claim.name.normalize('NFD').toLowerCase().toUpperCase();
          if (claim.duplicate) expect(owners.get(folded)).toBe(owner);
          else {
            expect(owners.has(folded)).toBe(false);
            owners.set(folded, owner);
          }
          expect(Buffer.byteLength(claim.name)).toBeLessThanOrEqual(250);
        }
        for (const folded of owners.keys()) expect(owners.has(`${folded}.PART`)).toBe(false);
        again.close();
      }),
      { numRuns: 1000 },
    );
  });

  it('takes none of 2,000,000 names for another', () => {
    const claims = new NameClaims();
    let wrong = 0;
    for (let number = 0; number < 1_000_000; number++) {
      const name = `file-${String(number).padStart(6, '0')}.bin`;
      if (!claims.take(name, 'http://host/')) wrong++;
      if (!claims.take(number.toString(2).replaceAll('1', 'x'), 'http://host/')) wrong++;
    }
    expect(wrong).toBe(0);
    expect(claims.size).toBe(2_000_000);
    claims.close();
  });

  it.each([
    ['the table has grown', undefined],
    ['most of them went into the file', 7000],
  ])('knows every claim again after %s', (_what, mostInMemory) => {
    const claims = new NameClaims(mostInMemory);
    const name = (number: number) => `${number}.bin`;
    for (let number = 0; number < 50_000; number++) claims.claim(name(number), `http://host/${number}`);
    for (let number = 0; number < 50_000; number++) {
      expect(claims.claim(name(number), `http://host/${number}`).duplicate).toBe(true);
      expect(claims.hold(name(number), `http://other/${number}`)).toBe(false);
    }
    expect(claims.take('49999.bin.part', 'http://part/')).toBe(false);
    expect(claims.size).toBe(50_000);
    claims.close();
  });

  it('leaves no file behind, not even while it is in use', async () => {
    const temporary = await temporaryFolder();
    vi.stubEnv('TMPDIR', temporary);
    const claims = new NameClaims(2);
    for (let number = 0; number < 9; number++) claims.claim(`${number}`, `http://host/${number}`);
    expect(await readdir(temporary)).toEqual([]);
    if (process.platform === 'linux') expect(await ownFiles(temporary)).toHaveLength(1);
    claims.close();
    claims.close();
    expect(await ownFiles(temporary)).toEqual([]);
  });

  it('keeps names in memory where there is no room for temporary files', () => {
    vi.stubEnv('TMPDIR', '/dev/null/none');
    const claims = new NameClaims(2);
    for (let number = 0; number < 9; number++) claims.claim(`${number}`, `http://host/${number}`);
    for (let number = 0; number < 9; number++)
      expect(claims.claim(`${number}`, `http://host/${number}`).duplicate).toBe(true);
  });

  it.runIf(process.platform === 'linux')('says so when what it has put aside cannot be read', async () => {
    const temporary = await temporaryFolder();
    vi.stubEnv('TMPDIR', temporary);
    const claims = new NameClaims(2);
    for (let number = 0; number < 9; number++) claims.claim(`${number}`, `http://host/${number}`);
    for (const path of await ownFiles(temporary)) await truncate(path);
    expect(() => claims.claim('0', 'http://host/0')).toThrowError(
      expect.objectContaining({
        code: 'ERR_DISK',
        message: expect.stringMatching(/which file names are taken/),
      }),
    );
    claims.close();
  });
});

afterEach(() => vi.unstubAllEnvs());

/** The files below a folder that this process holds open, with a name or without, by what opens them once more; on Linux. */
async function ownFiles(folder: string): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd').catch(() => []);
  const paths = descriptors.map((descriptor) => `/proc/self/fd/${descriptor}`);
  const targets = await Promise.all(paths.map((path) => readlink(path).catch(() => '')));
  return paths.filter((_path, index) => targets[index]?.startsWith(folder));
}

function* take<Item>(items: Iterable<Item>, count: number): Generator<Item> {
  let left = count;
  for (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}
