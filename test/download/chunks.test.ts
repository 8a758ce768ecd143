// The same chunks reach onChunk whatever sizes a real server writes in.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ChunkInfo, downloadAll, getcurrent } from '../../src/index.js';
import type { Answer } from '../support/answer.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { startTestServer } from '../support/test-server.js';

interface Seen extends ChunkInfo {
  readonly bytes: Buffer;
  readonly name: string | undefined;
}

function bodyOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
}

const framings: Record<string, Answer> = {
  'Content-Length': {},
  chunked: { chunked: true },
  'the end of the connection': { noLength: true },
};

const writes: [writeSizes: number | readonly number[] | 'all', length: number][] = [
  [1, 5000],
  [1023, 150_000],
  [1024, 150_000],
  [65_537, 150_000],
  [[1, 4000, 17, 1024, 70_000], 150_000],
  ['all', 150_000],
  [1024, 150 * 1024],
];

describe.each(Object.entries(framings))('a body framed by %s', (_, framing) => {
  it.each(writes)('and written by %s gives the same chunks', async (writeSizes, length) => {
    const body = bodyOf(length);
    const server = await startTestServer({
      '/a': { ...framing, body, writeSizes },
      '/b': { ...framing, body },
    });
    onTestFinished(() => server.close());
    const out = await temporaryFolder();
    const seen = new Map<number, Seen[]>();
    const { results } = await downloadAll([server.url('/a'), server.url('/b')], {
      out,
      onChunk(bytes, info) {
        const chunks = seen.get(info.greenlet) ?? [];
        seen.set(info.greenlet, chunks);
        chunks.push({ ...info, bytes: Buffer.from(bytes), name: getcurrent()?.name });
      },
    });
    const count = Math.ceil(length / 1024);
    for (const { greenlet, chunks, bytes, size, file, error } of results) {
      expect([error, chunks, bytes, size]).toEqual([null, count, length, length]);
      const own = seen.get(greenlet ?? 0) ?? [];
      expect(own.map(({ index, offset }) => [index, offset])).toEqual(
        Array.from({ length: count }, (_unused, k) => [k, k * 1024]),
      );
      expect(new Set(own.map(({ name }) => name))).toEqual(new Set([`greenlet-${greenlet}`]));
      expect(own.slice(0, -1).every((chunk) => chunk.bytes.length === 1024)).toBe(true);
      expect(Buffer.concat(own.map((chunk) => chunk.bytes)).equals(body)).toBe(true);
      expect((await readFile(join(out, file ?? ''))).equals(body)).toBe(true);
    }
  });
});

it('an onChunk that throws fails that URL only', async () => {
  const server = await startTestServer(() => ({ body: bodyOf(200_000), writeSizes: 1024 }));
  onTestFinished(() => server.close());
  const report = await downloadAll(
    ['a', 'b', 'c'].map((name) => server.url(`/${name}`)),
    {
      out: await temporaryFolder(),
      onChunk(_, { greenlet, index }) {
        if (greenlet === 2 && index === 3) throw new Error('enough of this one');
      },
    },
  );
  expect(report).toMatchObject({ total: 3, saved: 2, failed: 1 });
  const failed = report.results.find(({ outcome }) => outcome === 'failed');
  expect(failed).toMatchObject({ greenlet: 2, chunks: expect.any(Number), error: { code: 'ERR_CANCELLED' } });
  expect(failed?.error?.message).toContain('enough of this one');
});

it('a chunk size of one byte, and one larger than the body', async () => {
  const server = await startTestServer({ '/a': { body: 'hello' } });
  onTestFinished(() => server.close());
  for (const [chunkSize, count] of [
    [1, 5],
    ['1MiB', 1],
  ] as const) {
    const { results } = await downloadAll([server.url('/a')], { out: await temporaryFolder(), chunkSize });
    expect(results[0]?.chunks).toBe(count);
  }
});
