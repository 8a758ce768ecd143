// `--decode` from the library's side, over real sockets and a real disk.

import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DECODED_CODINGS } from '../../src/http/content-coding.js';
import { type DownloadOptions, download, type Result } from '../../src/index.js';
import type { Answer } from '../support/answer.js';
import { bomb, coded } from '../support/coded-body.js';
import { serve } from '../support/servers.js';
import { temporaryFolder } from '../support/temp-folder.js';

const CONTENT = Buffer.from('so many words, so few of them new. '.repeat(3000));

function gzipped(more: Partial<Answer> = {}, headers: Record<string, string> = {}): Answer {
  return { body: coded(CONTENT, 'gzip'), headers: { 'content-encoding': 'gzip', ...headers }, ...more };
}

async function get(
  url: string,
  options: DownloadOptions = {},
): Promise<{ result: Result; files: Record<string, Buffer> }> {
  const out = options.out ?? (await temporaryFolder());
  const result = await download(url, { out, state: false, decode: true, retryWait: 0, ...options });
  const names = (await readdir(out)).filter((name) => name !== '.fetchall');
  const bodies = await Promise.all(names.map((name) => readFile(join(out, name))));
  return { result, files: Object.fromEntries(names.map((name, at) => [name, bodies[at] as Buffer])) };
}

function digest(bytes: Uint8Array, encoding: 'hex' | 'base64' = 'hex'): string {
  return createHash('sha256').update(bytes).digest(encoding);
}

describe('what is counted', () => {
  it('bytes as received, size and chunks as stored', async () => {
    const server = await serve({ '/a': gzipped() });
    const chunks: { index: number; offset: number; length: number }[] = [];
    const { result, files } = await get(server.url('/a'), {
      chunkSize: 1000,
      onChunk: (bytes, { index, offset }) => chunks.push({ index, offset, length: bytes.length }),
    });
    expect(files).toEqual({ a: CONTENT });
    expect(result).toMatchObject({
      outcome: 'saved',
      bytes: coded(CONTENT, 'gzip').length,
      size: CONTENT.length,
      chunks: CONTENT.length / 1000,
      resumed: false,
      lengthKnown: true,
    });
    expect(chunks).toEqual(
      Array.from({ length: CONTENT.length / 1000 }, (_, index) => ({
        index,
        offset: index * 1000,
        length: 1000,
      })),
    );
    expect(server.requests[0]?.headers['accept-encoding']).toBe(DECODED_CODINGS);
  });

  it('an empty body is an empty file, in any coding', async () => {
    const server = await serve({ '/a': { headers: { 'content-encoding': 'gzip' } } });
    expect((await get(server.url('/a'))).files).toEqual({ a: Buffer.alloc(0) });
  });

  it('what comes uncoded is stored as sent, small files too', async () => {
    const server = await serve({ '/a': { body: CONTENT }, '/b': { body: 'b' } });
    expect((await get(server.url('/a'))).files).toEqual({ a: CONTENT });
    expect((await get(server.url('/b'))).result).toMatchObject({ size: 1, bytes: 1, chunks: 1 });
  });

  it('the user’s own Accept-Encoding goes before ours', async () => {
    const server = await serve({ '/a': gzipped() });
    await get(server.url('/a'), { header: ['Accept-Encoding: gzip;q=1'] });
    expect(server.requests[0]?.headers['accept-encoding']).toBe('gzip;q=1');
  });

  it('a fetch has decoded already', async () => {
    const server = await serve({ '/a': gzipped() });
    const { result, files } = await get(server.url('/a'), { fetch: globalThis.fetch });
    expect(files).toEqual({ a: CONTENT });
    expect(result).toMatchObject({ outcome: 'saved', size: CONTENT.length });
  });
});

it('what is longer than a decoder takes at once comes to its end too', async () => {
  const content = randomBytes(60_000);
  const server = await serve({
    '/a': { body: coded(content, 'gzip'), headers: { 'content-encoding': 'gzip' } },
    '/b': {
      body: coded(content, 'deflate, br'),
      headers: { 'content-encoding': 'deflate, br' },
      noLength: true,
    },
  });
  for (const name of ['a', 'b']) {
    const { result, files } = await get(server.url(`/${name}`), { maxTime: 5000, retries: 0 });
    expect([result.error, files[name]?.equals(content)]).toEqual([null, true]);
  }
});

describe('checksums', () => {
  const body = coded(CONTENT, 'gzip');

  it('the list speaks of the file', async () => {
    const server = await serve({ '/a': gzipped() });
    const source = (hex: string) => [
      { url: server.url('/a'), checksum: { algorithm: 'sha256' as const, hex } },
    ];
    const { downloadAll } = await import('../../src/index.js');
    const out = await temporaryFolder();
    const options = { out, state: false, decode: true, retries: 0 };
    expect(await downloadAll(source(digest(CONTENT)), options)).toMatchObject({ saved: 1 });
    const wrong = await downloadAll(source(digest(body)), { ...options, existing: 'overwrite' });
    expect(wrong.results[0]?.error?.code).toBe('ERR_CHECKSUM');
  });

  it.each(['repr-digest', 'content-digest'])('%s speaks of what was sent', async (name) => {
    const field = (bytes: Uint8Array) => ({ [name]: `sha-256=:${digest(bytes, 'base64')}:` });
    const server = await serve({ '/right': gzipped({}, field(body)), '/wrong': gzipped({}, field(CONTENT)) });
    expect((await get(server.url('/right'))).files).toEqual({ right: CONTENT });
    const { result, files } = await get(server.url('/wrong'), { retries: 0 });
    expect([result.error?.code, files]).toEqual(['ERR_CHECKSUM', {}]);
  });
});

describe('another run', () => {
  it('--existing update: the ETag of the coded answer is asked with', async () => {
    const etag = 'W/"1-gzip"';
    const server = await serve(({ headers }) =>
      headers['if-none-match'] === etag ? { status: 304, headers: { etag } } : gzipped({}, { etag }),
    );
    const out = await temporaryFolder();
    const options: DownloadOptions = { out, state: true, existing: 'update' };
    expect((await get(server.url('/a'), options)).result).toMatchObject({ outcome: 'saved', reason: 'new' });
    const { result, files } = await get(server.url('/a'), options);
    expect(result).toMatchObject({ outcome: 'skipped', reason: 'unchanged' });
    expect(files).toEqual({ a: CONTENT });
    expect((await get(server.url('/a'), { out, state: true })).result.reason).toBe('complete');
  });

  it('nothing of a coded body is left to be gone on with', async () => {
    const etag = '"1"';
    const large = coded(Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * at) >> 7)), 'gzip');
    const headers = { 'content-encoding': 'gzip', etag };
    const server = await serve({
      '/a': {
        times: [
          { body: large, headers, truncateAt: large.length >> 1 },
          { body: large, headers },
        ],
      },
    });
    const out = await temporaryFolder();
    const cut = await get(server.url('/a'), { out, state: true, retries: 0 });
    expect([cut.result.error?.code, Object.keys(cut.files)]).toEqual(['ERR_TRUNCATED', []]);
    const { result } = await get(server.url('/a'), { out, state: true });
    expect(result).toMatchObject({ outcome: 'saved', size: 3_000_000, resumed: false });
    expect(server.requests.map((request) => request.headers['range'])).toEqual([undefined, undefined]);
  });
});

describe('a gzip bomb: 1 GB in 1 MB', () => {
  const body = bomb(64);
  const answer: Answer = { body, headers: { 'content-encoding': 'gzip' } };

  it.each([
    ['--max-size 10M', '10M', 10_485_760],
    ['no --max-size', undefined, 200 * body.length],
  ])('%s: ERR_TOO_LARGE, nothing in the folder, little in memory', async (_, maxSize, most) => {
    const server = await serve({ '/a': answer });
    const before = process.memoryUsage().rss;
    let highest = 0;
    let written = 0;
    const onChunk = (bytes: Uint8Array): void => {
      written += bytes.length;
      highest = Math.max(highest, process.memoryUsage().rss);
    };
    const { result, files } = await get(server.url('/a'), { maxSize, onChunk, chunkSize: '1M', retries: 3 });
    expect(result).toMatchObject({ outcome: 'failed', attempts: 1, error: { code: 'ERR_TOO_LARGE' } });
    expect(files).toEqual({});
    expect(written).toBeLessThanOrEqual(most);
    expect(highest - before).toBeLessThan(100 * 1_048_576);
  });

  it('within its limits is a file', async () => {
    const large = Buffer.alloc(9 * 1_048_576, 'ab');
    const server = await serve({
      '/a': { body: coded(large, 'gzip'), headers: { 'content-encoding': 'gzip' } },
    });
    const { result, files } = await get(server.url('/a'), { maxSize: '9M' });
    expect([result.error, files['a']?.equals(large)]).toEqual([null, true]);
  });
});
