// What is made of an archive that an earlier run has left in whatever state.

import { copyFile, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temp-folder.js';
import { indexedByOthers, indexOf, ofType, readWarc } from './read-warc.js';
import { openArchive, put } from './stage.js';

/** A folder with an archive of two small exchanges and one of 200 KB; with its index or without. */
async function withArchive({ hasIndex }: { hasIndex: boolean }) {
  const folder = await temporaryFolder();
  const path = join(folder, 'site.warc.gz');
  const archive = await openArchive(folder);
  await put(archive, { url: 'http://example.org/a', body: 'a' });
  await put(archive, { url: 'http://example.org/b', headers: [['Content-Type', 'text/html']], body: 'b' });
  const large = Buffer.from(Array.from({ length: 200_000 }, () => Math.random() * 256));
  await put(archive, { url: 'http://example.org/c', body: large });
  await archive.close();
  const index = join(folder, 'site.cdxj');
  if (!hasIndex) await rm(index);
  return { folder, path, index, bytes: await readFile(path) };
}

async function goOn(folder: string): Promise<void> {
  const archive = await openArchive(folder);
  await put(archive, { url: 'http://example.org/more', body: 'more' });
  await archive.close();
}

test('a record torn anywhere is cut off; all before it stays', async () => {
  const { folder, path, index, bytes } = await withArchive({ hasIndex: false });
  const places = (await indexedByOthers(path)) as { offset: string; length: string; url: string }[];
  const [last] = places.slice(-1);
  const begin = Number(last?.offset);
  const end = begin + Number(last?.length);
  const cuts = [0, 1, 2, 9, 10, 11, 100, 70_000, 150_000].map((length) => begin + length);
  for (const cut of [...cuts, end - 9, end - 8, end - 1, end, end + 5]) {
    await writeFile(path, bytes.subarray(0, cut));
    await rm(index, { force: true });
    await goOn(folder);
    const urls = ofType(await readWarc(path), 'response').map(({ fields }) => fields['WARC-Target-URI']);
    const whole = ['a', 'b', ...(cut >= end ? ['c'] : []), 'more'].map(
      (name) => `http://example.org/${name}`,
    );
    expect([cut, urls]).toEqual([cut, whole]);
    expect(await indexOf(index)).toEqual(await indexedByOthers(path));
  }
});

test('the index is believed where it fits, and read from the files where not', async () => {
  const { folder, path, index, bytes } = await withArchive({ hasIndex: true });
  await goOn(folder);
  // An index from before the last run: that of a run that was killed is missing.
  const kept = join(folder, 'kept');
  await copyFile(index, kept);
  await goOn(folder);
  await rename(kept, index);
  await goOn(folder);
  expect(await indexOf(index)).toEqual(await indexedByOthers(path));
  // Not of this file: it tells of records where there are none.
  await truncate(path, bytes.length);
  await goOn(folder);
  expect(await indexOf(index)).toEqual(await indexedByOthers(path));
  await writeFile(index, 'no index\n');
  await goOn(folder);
  expect(await indexOf(index)).toEqual(await indexedByOthers(path));
  // Of another archive, with records at other places.
  const other = await withArchive({ hasIndex: true });
  await copyFile(other.index, index);
  await goOn(folder);
  expect(await indexOf(index)).toEqual(await indexedByOthers(path));
});

test.each([[true], [false]])('payloads of before are referred to (index: %s)', async (hasIndex) => {
  const { folder, path } = await withArchive({ hasIndex });
  const archive = await openArchive(folder);
  await put(archive, { url: 'http://example.org/again', body: 'a' });
  await archive.close();
  const [revisit] = ofType(await readWarc(path), 'revisit');
  expect(revisit?.fields['WARC-Refers-To-Target-URI']).toBe('http://example.org/a');
});

test.each([
  ['a byte in the middle', (bytes: Buffer) => (bytes[800] = (bytes[800] ?? 0) ^ 0xff)],
  ['a byte in the large one', (bytes: Buffer) => (bytes[60_000] = (bytes[60_000] ?? 0) ^ 0xff)],
])('damage is refused, and nothing is cut off: %s', async (_, damage) => {
  const { folder, path, bytes } = await withArchive({ hasIndex: false });
  damage(bytes);
  await writeFile(path, bytes);
  await expect(openArchive(folder)).rejects.toMatchObject({ code: 'ERR_DISK' });
  expect((await readFile(path)).equals(bytes)).toBe(true);
});

test('what is compressed but no archive is refused', async () => {
  const folder = await temporaryFolder();
  const bytes = gzipSync('my notes');
  await writeFile(join(folder, 'site.warc.gz'), bytes);
  await expect(openArchive(folder)).rejects.toMatchObject({ code: 'ERR_DISK' });
  expect(await readFile(join(folder, 'site.warc.gz'))).toEqual(bytes);
});
