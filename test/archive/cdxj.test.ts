import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IndexBuilder } from '../../src/archive/cdxj.js';
import { type IndexEntry, indexLine, parseIndexLine } from '../../src/archive/index-line.js';
import { PayloadMemory } from '../../src/archive/payload-memory.js';
import { temporaryFolder } from '../support/temp-folder.js';

const ENTRY: IndexEntry = {
  url: 'http://example.org/',
  date: '2026-01-02T03:04:05Z',
  mime: 'text/html',
  status: 200,
  digest: 'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ',
  length: 12,
  offset: 34,
  filename: 'a.warc.gz',
};

test('a line is key, time and facts', () => {
  expect(indexLine(ENTRY)).toBe(
    'org,example)/ 20260102030405 {"url":"http://example.org/","mime":"text/html","status":"200",' +
      '"digest":"3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ","length":"12","offset":"34","filename":"a.warc.gz"}',
  );
});

test('a line that was written is read as it was meant', () => {
  const entry = fc.record({
    url: fc.oneof(fc.webUrl(), fc.string({ unit: 'binary', minLength: 1 })),
    date: fc.constant(ENTRY.date),
    mime: fc.option(fc.constantFrom('a/b', 'warc/revisit')),
    status: fc.option(fc.integer({ min: 100, max: 999 })),
    digest: fc.constant(ENTRY.digest),
    length: fc.maxSafeNat(),
    offset: fc.maxSafeNat(),
    filename: fc.string({ unit: 'binary' }),
  });
  fc.assert(
    fc.property(entry, (one) => {
      const line = indexLine(one);
      expect(line).toMatch(/^[\x20-\x7e]+$/);
      expect(parseIndexLine(line)).toEqual(one);
    }),
  );
});

test.each([
  '',
  'x',
  'a 20260102030405 {}',
  'a 20260102030405 {"url":1}',
  'a 2026 {"url":"x","filename":"y"}',
])('no line of ours: %j', (line) => {
  expect(parseIndexLine(line)).toBeNull();
});

test('whatever comes in whatever order is sorted, with what was there before', async () => {
  const paths = fc.array(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(paths, paths, fc.integer({ min: 1, max: 50 }), async (earlier, later, most) => {
      const folder = await temporaryFolder();
      const path = join(folder, 'index.cdxj');
      let before: string | null = null;
      for (const run of [earlier, later]) {
        const builder = new IndexBuilder(folder, most);
        for (const name of run) await builder.add({ ...ENTRY, url: `http://example.org/${name}` });
        await builder.finish(path, before);
        before = path;
      }
      const keys = [...earlier, ...later].map((name) => `org,example)/${name}`);
      const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
      expect(lines).toEqual([...lines].sort());
      expect(lines.map((line) => line.split(' ')[0])).toEqual(keys.sort());
      expect(await readdir(folder)).toEqual(['index.cdxj']);
    }),
    { numRuns: 30 },
  );
});

test('an index that cannot be written is ERR_DISK', async () => {
  const builder = new IndexBuilder('/no/such/folder', 1);
  await expect(builder.add(ENTRY)).rejects.toMatchObject({ code: 'ERR_DISK' });
  await expect(new IndexBuilder('/x').finish('/no/such/index', null)).rejects.toMatchObject({
    code: 'ERR_DISK',
  });
});

test('payloads are forgotten when there are too many, those not seen for longest first', () => {
  const memory = new PayloadMemory(2);
  const original = { url: 'u', date: 'd', id: null };
  memory.note('a', original);
  memory.note('b', original);
  expect(memory.find('a')).toBe(original);
  memory.note('c', original);
  expect(['a', 'b', 'c'].map((digest) => memory.find(digest) !== null)).toEqual([true, false, true]);
});
