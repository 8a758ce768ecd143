// The package, read by the system's unzip where there is one, and by a reader of our own.

import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { endOf, ZipWriter } from '../../src/archive/zip-writer.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { openArchive, put } from './stage.js';

/** Members by name, found through the directory, as APPNOTE tells to. */
function unzipped(zip: Buffer): Map<string, Buffer> {
  const end = zip.length - 22;
  expect(zip.readUInt32LE(end)).toBe(0x06054b50);
  const members = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    expect(zip.readUInt32LE(at)).toBe(0x02014b50);
    const [size, offset] = [zip.readUInt32LE(at + 24), zip.readUInt32LE(at + 42)];
    const name = zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28));
    expect(zip.readUInt32LE(offset)).toBe(0x04034b50);
    expect(zip.readUInt16LE(offset + 8)).toBe(0);
    const data = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
    expect(zip.toString('utf8', offset + 30, offset + 30 + zip.readUInt16LE(offset + 26))).toBe(name);
    const content = zip.subarray(data, data + size);
    for (const header of [at + 16, offset + 14]) expect(zip.readUInt32LE(header)).toBe(crc32(content));
    members.set(name, content);
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30);
  }
  expect(at).toBe(end);
  return members;
}

test('an archive packed: files as they are, index, pages, and the digests of all', async () => {
  const folder = await temporaryFolder();
  const archive = await openArchive(folder, { wacz: true, size: 1024 });
  const headers = [['Content-Type', 'text/html']] as const;
  for (const name of ['a', 'b', 'c']) {
    const body = Array.from({ length: 500 }, () => String(Math.random())).join('');
    await put(archive, { url: `http://example.org/${name}`, headers, body });
  }
  await put(archive, { url: 'http://example.org/gone', headers, status: 404, body: 'gone' });
  await put(archive, { url: 'http://example.org/image', body: 'image' });
  await archive.close();
  const members = unzipped(await readFile(join(folder, 'site.wacz')));
  const names = [...members.keys()];
  expect(names.slice(-4)).toEqual([
    'indexes/index.cdxj',
    'pages/pages.jsonl',
    'datapackage.json',
    'datapackage-digest.json',
  ]);
  const files = names.filter((name) => name.startsWith('archive/'));
  expect(files.slice(0, 2)).toEqual(['archive/site.warc.gz', 'archive/site-00001.warc.gz']);
  for (const name of files)
    expect(members.get(name)).toEqual(await readFile(join(folder, name.slice('archive/'.length))));
  expect(members.get('indexes/index.cdxj')).toEqual(await readFile(join(folder, 'site.cdxj')));
  const json = (name: string): unknown => JSON.parse(members.get(name)?.toString() ?? '');
  const sha256 = (name: string): string =>
    `sha256:${createHash('sha256')
      .update(members.get(name) ?? '')
      .digest('hex')}`;
  expect(json('datapackage.json')).toMatchObject({
    profile: 'data-package',
    wacz_version: '1.1.1',
    resources: names.slice(0, -2).map((path) => ({
      path,
      name: path.split('/').at(-1),
      hash: sha256(path),
      bytes: members.get(path)?.length,
    })),
  });
  expect(json('datapackage-digest.json')).toEqual({
    path: 'datapackage.json',
    hash: sha256('datapackage.json'),
  });
  const [heading, ...pages] = (members.get('pages/pages.jsonl')?.toString() ?? '')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(heading).toMatchObject({ format: 'json-pages-1.0' });
  expect(pages.map(({ url }) => url)).toEqual(['a', 'b', 'c'].map((name) => `http://example.org/${name}`));
});

test('beyond what four bytes can tell, the directory ends in ZIP64', () => {
  expect(endOf({ count: 3, begin: 100, size: 50 })).toHaveLength(22);
  for (const facts of [
    { count: 70_000, begin: 100, size: 50 },
    { count: 3, begin: 2 ** 33, size: 50 },
  ]) {
    const end = endOf(facts);
    expect(end).toHaveLength(98);
    expect(end.readUInt32LE(0)).toBe(0x06064b50);
    expect(Number(end.readBigUInt64LE(32))).toBe(facts.count);
    expect(Number(end.readBigUInt64LE(40))).toBe(facts.size);
    expect(Number(end.readBigUInt64LE(48))).toBe(facts.begin);
    expect(Number(end.readBigUInt64LE(64))).toBe(facts.begin + facts.size);
    expect(end.readUInt32LE(76)).toBe(0x06054b50);
  }
});

test('a member behind 4 GiB is told of in ZIP64', async () => {
  const path = join(await temporaryFolder(), 'a.zip');
  // Zeros that are never written: the file is sparse.
  const zip = await ZipWriter.create(path, new Date(0), 2 ** 32 + 10);
  await zip.add('b', [Buffer.from('bb')]);
  await zip.finish();
  const file = await open(path);
  const { size } = await file.stat();
  const tail = Buffer.alloc(98 + 46 + 1 + 12);
  await file.read(tail, 0, tail.length, size - tail.length);
  await file.close();
  expect(tail.readUInt32LE(0)).toBe(0x02014b50);
  expect(tail.readUInt32LE(42)).toBe(0xffffffff);
  expect([tail.readUInt16LE(47), tail.readUInt16LE(49)]).toEqual([1, 8]);
  expect(Number(tail.readBigUInt64LE(51))).toBe(2 ** 32 + 10);
});
