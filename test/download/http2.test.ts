// Whole runs over HTTP/2: what a server does wrong, and what has to come of it.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type DownloadOptions, downloadAll, type ErrorCode } from '../../src/index.js';
import type { Answer } from '../support/answer.js';
import { serve, serveFrames } from '../support/servers.js';
import { temporaryFolder } from '../support/temp-folder.js';
import type { SeenRequest } from '../support/traffic.js';

const SIZE = 300_000;
const MIDDLE = 150_000;
const CONTENT = Buffer.from(Uint8Array.from({ length: SIZE }, (_, at) => (at * 31 + (at >> 8)) % 256));
const STRONG = { etag: '"A"' };
const OPTIONS = { http2: true, insecure: true, state: false, retryWait: 0, retries: 2 };

/** Answers as a server of a file does, with what is wrong. */
function file(request: SeenRequest, wrong: Answer, fields: Record<string, string> = STRONG): Answer {
  const start = Number(/^bytes=(\d+)-$/.exec(String(request.headers.range))?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) return { body: CONTENT, headers: fields, ...wrong };
  const range = { 'content-range': `bytes ${start}-${SIZE - 1}/${SIZE}` };
  return { status: 206, body: CONTENT.subarray(start), headers: { ...fields, ...range }, ...wrong };
}

interface Row {
  readonly name: string;
  /** What is wrong with the first answer, the second ...; the last one stays. */
  readonly wrong: readonly Answer[];
  /** Validators; a strong ETag where nothing is said. */
  readonly fields?: Record<string, string>;
  readonly options?: DownloadOptions;
  /** Of each request. */
  readonly ranges: readonly string[];
  /** Null when the file is whole. */
  readonly code: ErrorCode | null;
}

const ALL = 'all';
const REST = `bytes=${MIDDLE}-`;

const ROWS: readonly Row[] = [
  { name: 'sound', wrong: [{}], ranges: [ALL], code: null },
  { name: 'truncated once', wrong: [{ truncateAt: MIDDLE }, {}], ranges: [ALL, REST], code: null },
  {
    name: 'truncated once, no validator',
    wrong: [{ truncateAt: MIDDLE }, {}],
    fields: {},
    ranges: [ALL, ALL],
    code: null,
  },
  { name: 'truncated always', wrong: [{ truncateAt: 0 }], ranges: [ALL, ALL, ALL], code: 'ERR_TRUNCATED' },
  { name: 'reset once', wrong: [{ resetAt: MIDDLE, pause: 20 }, {}], ranges: [ALL, 'more'], code: null },
  { name: 'reset always', wrong: [{ resetAt: 0 }], ranges: [ALL, ALL, ALL], code: 'ERR_TRUNCATED' },
  {
    name: 'silent once',
    wrong: [{ stallAt: MIDDLE }, {}],
    options: { idleTimeout: 200 },
    ranges: [ALL, REST],
    code: null,
  },
  {
    name: 'no answer once',
    wrong: [{ delay: 60_000 }, {}],
    options: { headersTimeout: 200 },
    ranges: [ALL, ALL],
    code: null,
  },
  {
    name: '429 once',
    wrong: [{ status: 429, headers: { 'retry-after': '0' } }, {}],
    ranges: [ALL, ALL],
    code: null,
  },
  { name: '503 always', wrong: [{ status: 503 }], ranges: [ALL, ALL, ALL], code: 'ERR_STATUS' },
  { name: '404', wrong: [{ status: 404 }], ranges: [ALL], code: 'ERR_STATUS' },
  { name: 'too large', wrong: [{}], options: { maxSize: 1000 }, ranges: [ALL], code: 'ERR_TOO_LARGE' },
  { name: 'to nowhere', wrong: [{ location: 'ftp://host/a' }], ranges: [ALL], code: 'ERR_REDIRECT' },
];

test.each(ROWS)('over HTTP/2: $name', async ({ wrong, fields, options, ranges, code }) => {
  const server = await serve(
    (request) => file(request, wrong[Math.min(request.earlier, wrong.length - 1)] ?? {}, fields),
    { tls: 'valid', http2: true },
  );
  const out = await temporaryFolder();
  const { results } = await downloadAll([server.url('/a.bin')], { ...OPTIONS, ...options, out });
  expect(results.map(({ error }) => error?.code ?? null)).toEqual([code]);
  const asked = server.requests.map(({ headers }) => headers.range ?? ALL);
  expect(asked).toEqual(
    ranges.map((range) => (range === 'more' ? expect.stringMatching(/^bytes=\d+-$/) : range)),
  );
  if (code === null) expect((await readFile(join(out, 'a.bin'))).equals(CONTENT)).toBe(true);
});

test('over HTTP/2: GOAWAY while many files are under way costs no try', async () => {
  let requests = 0;
  const server = await serve(
    async (request) => {
      // As nginx after keepalive_requests: what was begun goes on.
      if (++requests % 10 === 0) for (const session of server.sessions) session.close();
      return file(request, { writeSizes: 100_000, pause: 2 });
    },
    { tls: 'valid', http2: true },
  );
  const out = await temporaryFolder();
  const urls = Array.from({ length: 50 }, (_, n) => server.url(`/${n}.bin`));
  const { results } = await downloadAll(urls, { ...OPTIONS, out, retries: 0, concurrency: 16 });
  expect(results.map(({ outcome }) => outcome)).toEqual(urls.map(() => 'saved'));
  expect(server.connections).toBeGreaterThan(2);
});

test('over HTTP/2: GOAWAY with an error in mid-body is tried again', async () => {
  const server = await serveFrames((stream) => {
    const isSecond = stream.connection > 0;
    stream.head(200, { 'content-length': '8' });
    stream.data(isSecond ? 'complete' : 'half', isSecond);
    if (!isSecond) stream.goAway(2, stream.id);
  });
  const out = await temporaryFolder();
  const { results } = await downloadAll([server.url('/a.bin')], { ...OPTIONS, out });
  expect(results[0]).toMatchObject({ outcome: 'saved', attempts: 2 });
  expect(await readFile(join(out, 'a.bin'), 'utf8')).toBe('complete');
});

test('over HTTP/2: redirects, codings, and the limit of a host counts requests in flight', async () => {
  const server = await serve(
    ({ url }) => {
      const name = url.slice(1);
      if (name.startsWith('from')) return { location: `/to${name.slice(4)}` };
      return { body: name, delay: 20 };
    },
    { tls: 'valid', http2: true },
  );
  const out = await temporaryFolder();
  const urls = Array.from({ length: 20 }, (_, n) => server.url(`/from${n}`));
  const { results } = await downloadAll(urls, { ...OPTIONS, out, concurrency: 16, perHost: 5 });
  expect(results.every(({ outcome }) => outcome === 'saved')).toBe(true);
  expect(await readFile(join(out, 'from7'), 'utf8')).toBe('to7');
  expect(server.maxInFlight).toBe(5);
  expect(server.connections).toBe(1);
});

test('over HTTP/2: a rate limit slows, and breaks nothing', async () => {
  const server = await serve((request) => file(request, {}), { tls: 'valid', http2: true });
  const out = await temporaryFolder();
  const urls = Array.from({ length: 3 }, (_, n) => server.url(`/${n}.bin`));
  const options = { ...OPTIONS, out, retries: 0, limitRate: 900_000, idleTimeout: 300 };
  const { results } = await downloadAll(urls, options);
  expect(results.map(({ outcome, size }) => [outcome, size])).toEqual(urls.map(() => ['saved', SIZE]));
});

test('over HTTP/2: private addresses are refused when asked', async () => {
  const server = await serve({ '/a': {} }, { tls: 'valid', http2: true });
  const out = await temporaryFolder();
  const { results } = await downloadAll([server.url('/a')], { ...OPTIONS, out, denyPrivate: true });
  expect(results[0]?.error?.code).toBe('ERR_BLOCKED');
  expect(server.connections).toBe(0);
});

test('not with an archive', async () => {
  const options = { ...OPTIONS, out: await temporaryFolder(), warc: 'a.warc.gz' };
  await expect(downloadAll(['https://host/a'], options)).rejects.toThrow(/http2/);
});
