// Runs over several event loops, over real sockets and a real disk. Threads run what was built: npm test builds first.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSources } from '../../src/input/sources.js';
import type { FetchallEvent, SummaryEvent } from '../../src/model/events.js';
import { resolveOptions } from '../../src/model/option.js';
import { Progress } from '../../src/model/progress.js';
import type { Result } from '../../src/model/result.js';
import { openReporters } from '../../src/report/open-reporters.js';
import { reportOptions } from '../../src/report/options.js';
import type { RunSeams } from '../../src/run/live.js';
import { type DownloadOptions, resolveSettings } from '../../src/run/options.js';
import { run } from '../../src/run/run.js';
import { MemoryStream } from '../report/memory-stream.js';
import { serve } from '../support/servers.js';
import { TASK_WORKER, threadProgram } from '../support/task-worker.js';
import { temporaryFolder } from '../support/temp-folder.js';
import type { Route, TestServer } from '../support/test-server.js';

interface Outcome {
  readonly results: Result[];
  readonly summary: SummaryEvent | undefined;
  readonly events: readonly FetchallEvent[];
  /** What the events say to a user with `-v`. */
  readonly log: string;
  /** Names and contents. */
  readonly files: Readonly<Record<string, string>>;
}

async function fetched(
  urls: readonly string[],
  options: Omit<DownloadOptions, keyof RunSeams>,
  threads: RunSeams['threads'] = { file: TASK_WORKER },
): Promise<Outcome> {
  const out = await temporaryFolder();
  const events: FetchallEvent[] = [];
  const results: Result[] = [];
  const settings = resolveSettings({ retryWait: 0, out, ...options });
  const log = new MemoryStream();
  const reporter = openReporters(resolveOptions(reportOptions, { verbose: true, progress: 'none' }), {
    stdout: log,
    stderr: log,
    environment: {},
    progress: new Progress(),
    concurrency: 6,
  });
  const listener: RunSeams['listener'] = (event, error) => {
    events.push(event);
    reporter.event(event, error);
  };
  const seams = { listener, ...(threads && { threads }) };
  for await (const endings of run(await openSources([...urls], null), settings, seams))
    results.push(...endings.map(({ result }) => result));
  reporter.close();
  const names = (await readdir(out)).filter((name) => name !== '.fetchall').sort();
  const files: Record<string, string> = {};
  for (const name of names) files[name] = sha256(await readFile(join(out, name)));
  const summary = events.find((event) => event.event === 'summary');
  return { results, summary, events, log: log.text, files };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface Comparable {
  readonly told: readonly object[];
  readonly files: Outcome['files'];
  readonly totals: object;
  readonly events: readonly string[];
  readonly log: readonly string[];
}

/** Without what no two runs have in common. */
function comparable({ results, summary, events, log, files }: Outcome): Comparable {
  const told = results.map(({ greenlet: _, seconds: __, ...result }) => result);
  told.sort((one, other) => (one.line ?? 0) - (other.line ?? 0) || one.url.localeCompare(other.url));
  const { total, saved, skipped, failed, bytes } = summary as SummaryEvent;
  return {
    told,
    files,
    totals: { total, saved, skipped, failed, bytes },
    events: events.map(comparableEvent).sort(),
    log: log
      .replace(/greenlet-\d+/g, 'G')
      .replace(/[\d.,]+ m?s\b/g, 'T')
      .split('\n')
      .filter((line) => !/^elapsed|^\s+at /.test(line))
      .sort(),
  };
}

/** A line, of each event but the summary. */
function comparableEvent(event: FetchallEvent): string {
  if (event.event === 'summary') return '';
  const { seconds: _, wait: __, ...facts } = { seconds: 0, wait: 0, ...event };
  return JSON.stringify({ ...facts, greenlet: 0 });
}

const body = Buffer.alloc(300_000, 'abcdefghi');
const etag = { etag: '"1"' };
const ROUTES: Readonly<Record<string, Route>> = {
  '/plain': { body },
  '/small': { body: 'small' },
  '/empty': {},
  '/chunked': { body, chunked: true },
  '/no-length': { body, noLength: true },
  '/to-plain': { location: '/plain' },
  '/missing': { status: 404 },
  '/busy-once': { times: [{ status: 503 }, { body: 'done' }] },
  '/busy': { status: 500 },
  '/cut': { body, truncateAt: 100_000 },
  '/cut-once': {
    times: [
      { body, truncateAt: 100_000, headers: etag },
      { body, headers: etag },
    ],
  },
  '/large': { body, headers: { 'content-length': '900000000' }, truncateAt: 10 },
  '/named': { body: 'named', headers: { 'content-disposition': 'attachment; filename="of the server"' } },
  '/digest': {
    body,
    headers: { 'repr-digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:` },
  },
  '/wrong-digest': { body, headers: { 'repr-digest': `sha-256=:${createHash('sha256').digest('base64')}:` } },
};

test('results, files, sums, events and what -v says are the same with any number of event loops', async () => {
  const options = { contentDisposition: true, maxSize: '800M', retries: 2, concurrency: 6 };
  const outcomes: Comparable[] = [];
  for (const workers of [1, 2, 3]) {
    // What answers in turn shall answer each run alike.
    const server = await serve(ROUTES, {});
    const urls = Object.keys(ROUTES).map((path) => server.url(path));
    const outcome = comparable(await fetched(urls, { ...options, workers }));
    outcomes.push(JSON.parse(JSON.stringify(outcome).replaceAll(new URL(server.url('/')).host, 'HOST')));
  }
  expect(outcomes[1]).toEqual(outcomes[0]);
  expect(outcomes[2]).toEqual(outcomes[0]);
  const [{ events, log, totals } = expect.fail('no outcome')] = outcomes;
  expect(totals).toMatchObject({ total: 15, saved: 10, failed: 5 });
  expect(events.filter((event) => event.includes('"started"'))).toHaveLength(15);
  expect(events.filter((event) => event.includes('"retry"'))).toHaveLength(7);
  expect(log.filter((line) => line.includes('caused by'))).not.toEqual([]);
});

test('the limit of a host holds over all loops', async () => {
  const server: TestServer = await serve(() => ({
    body: 'content',
    hold: server.traffic.until(() => server.traffic.maxInFlight >= 5),
  }));
  const urls = Array.from({ length: 60 }, (_, at) => server.url(`/${at}`));
  const { summary } = await fetched(urls, { workers: 3, concurrency: 12, perHost: 5 });
  expect(summary).toMatchObject({ saved: 60 });
  expect(server.traffic.maxInFlight).toBe(5);
});

test('--max-time counts from when the URL began, on whichever clock', async () => {
  const server = await serve({ '/a': { hold: new Promise<never>(() => {}) } });
  const always = { file: TASK_WORKER, isAlways: true };
  const { results } = await fetched([server.url('/a')], { workers: 2, maxTime: '300ms' }, always);
  expect(results[0]).toMatchObject({ outcome: 'failed', error: { code: 'ERR_TIMEOUT' } });
  expect(results[0]?.seconds).toBeGreaterThan(0.29);
});

describe('a thread that dies', () => {
  test.each([
    [
      'when it gets a task',
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(1));`,
    ],
    ['as it starts', `throw new Error('no');`],
  ])('%s: its tries are made again, in the end without threads', async (_, program) => {
    const server = await serve({ '/a': { body: 'a' }, '/b': { body: 'b' } });
    const threads = { file: await threadProgram(program), isAlways: true };
    const { results } = await fetched(
      [server.url('/a'), server.url('/b')],
      { workers: 2, retries: 5 },
      threads,
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['saved', 'saved']);
    expect(Math.max(...results.map(({ attempts }) => attempts))).toBeGreaterThan(1);
  });

  test('in the middle of a body: what it has written is gone on with, or replaced', async () => {
    const server = await serve({ '/a': { times: [{ body, stallAt: 200_000 }, { body }] } });
    const program = await threadProgram(
      // A message comes in a later turn than the one in which it is first listened for.
      `import { parentPort } from 'node:worker_threads';
       await import(${JSON.stringify(TASK_WORKER.href)});
       parentPort.on('message', (messages) => {
         if (messages.some(({ kind, state }) => kind === 'task' && state.attempts === 0))
           setTimeout(() => process.exit(1), 300);
       });`,
    );
    const { results, files } = await fetched(
      [server.url('/a')],
      { workers: 2 },
      { file: program, isAlways: true },
    );
    expect(results[0]).toMatchObject({ outcome: 'saved', attempts: 2 });
    expect(files).toEqual({ a: sha256(body) });
  });
});

/** A run whose threads leave a mark when they start. */
async function marked(options: Omit<DownloadOptions, keyof RunSeams>, count = 40): Promise<boolean> {
  const mark = join(await temporaryFolder(), 'mark');
  const file = await threadProgram(
    `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(mark)}, '');
     await import(${JSON.stringify(TASK_WORKER.href)});`,
  );
  const server = await serve({}, { fallback: (_, response) => response.end('content') });
  const urls = Array.from({ length: count }, (_, at) => server.url(`/${at}`));
  expect((await fetched(urls, options, { file, most: 2 })).summary).toMatchObject({ saved: count });
  return existsSync(mark);
}

test('a run that is small never starts a thread; whoever asks for one has it, where there is more than one file', async () => {
  expect(await marked({})).toBe(false);
  expect(await marked({ workers: 2 })).toBe(true);
  expect(await marked({ workers: 2 }, 1)).toBe(false);
});

describe('a loop that has too much to do', () => {
  const LENGTH = 70 * 1_048_576;
  const content = Buffer.alloc(LENGTH, 'abcdefghijklm');

  /** Sends two megabytes, and the rest when a rest has been asked for. */
  async function holding(): Promise<{ readonly url: string; readonly ranges: (string | undefined)[] }> {
    const ranges: (string | undefined)[] = [];
    const waiting: (() => void)[] = [];
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
      const { range } = request.headers;
      ranges.push(range);
      response.on('error', () => {});
      const from = Number(/\d+/.exec(range ?? '0')?.[0]);
      const fields = { ...etag, 'content-length': LENGTH - from };
      if (range === undefined) response.writeHead(200, fields).write(content.subarray(0, 2_097_152));
      else
        response
          .writeHead(206, { ...fields, 'content-range': `bytes ${from}-${LENGTH - 1}/${LENGTH}` })
          .end(content.subarray(from));
      if (range === undefined) waiting.push(() => response.end(content.subarray(2_097_152)));
      else for (const goOn of waiting.splice(0)) goOn();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ranges };
  }

  test('gives a large transfer away, of which nothing but the second request tells', async () => {
    const { url, ranges } = await holding();
    const threads = { file: TASK_WORKER, saturation: { look: () => 100 }, most: 2, worth: 0 };
    const { results, files } = await fetched([`${url}/a`, `${url}/b`], {}, threads);
    for (const result of results)
      expect(result).toMatchObject({
        outcome: 'saved',
        status: 200,
        attempts: 1,
        resumed: false,
        bytes: LENGTH,
        size: LENGTH,
        chunks: LENGTH / 1024,
      });
    expect(files).toEqual({ a: sha256(content), b: sha256(content) });
    expect(ranges).toHaveLength(3);
    expect(ranges[2]).toMatch(/^bytes=\d+-$/);
  });
});
