// Large files in runs of several event loops: in several ranges they are fetched by the main thread. Threads run what was built.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSources } from '../../src/input/sources.js';
import type { FetchallEvent } from '../../src/model/events.js';
import type { Result } from '../../src/model/result.js';
import type { RunSeams } from '../../src/run/live.js';
import { type DownloadOptions, resolveSettings } from '../../src/run/options.js';
import { run } from '../../src/run/run.js';
import { type RangeFault, type RangeRequest, type RangeSite, rangeServer } from '../support/range-server.js';
import { TASK_WORKER, threadProgram } from '../support/task-worker.js';
import { temporaryFolder } from '../support/temp-folder.js';

const SIZE = 4 * 1_048_576;
const content = randomBytes(SIZE);

async function site(faultOf?: (request: RangeRequest, site: RangeSite) => RangeFault | undefined) {
  const server = await rangeServer(content, faultOf);
  onTestFinished(() => server.close());
  return server;
}

interface Fetched {
  readonly results: Result[];
  readonly events: FetchallEvent['event'][];
}

async function fetched(
  urls: readonly string[],
  options: Omit<DownloadOptions, keyof RunSeams>,
  file = TASK_WORKER,
): Promise<Fetched> {
  const settings = resolveSettings({ workers: 2, concurrency: 8, retryWait: 1, ...options });
  const events: FetchallEvent['event'][] = [];
  const seams: RunSeams = {
    splitFrom: 1_048_576,
    threads: { file, isAlways: true },
    onEvent: ({ event }) => void events.push(event),
  };
  const results: Result[] = [];
  for await (const endings of run(await openSources([...urls], null), settings, seams))
    results.push(...endings.map(({ result }) => result));
  return { results, events };
}

/** Of one try that nothing has happened to. */
const WHOLE = {
  outcome: 'saved',
  status: 200,
  size: SIZE,
  bytes: SIZE,
  chunks: SIZE / 1024,
  attempts: 1,
  resumed: false,
} as const;

function holdUntil(isDue: () => boolean): Promise<void> {
  return expect.poll(isDue, { timeout: 10_000, interval: 5 }).toBe(true) as unknown as Promise<void>;
}

test('with --split, a file that turns out to be large comes back from its thread, and is fetched in ranges', async () => {
  // The thread's request, then the front and three others.
  const server = await site((_, { seen }) => ({ hold: holdUntil(() => seen.length >= 5) }));
  const out = await temporaryFolder();
  const { results, events } = await fetched([server.url], { out, split: 4 });
  expect(results).toMatchObject([WHOLE]);
  expect(events).toEqual(['started', 'finished', 'summary']);
  expect(readFileSync(join(out, 'a.bin')).equals(content)).toBe(true);
});

test('with --split auto, a large file that is slow in its thread is gone on with here', async () => {
  const server = await site(({ index }, { seen }) =>
    index === 0 ? { cut: 300_000, how: 'silent' } : { hold: holdUntil(() => seen.length >= 5) },
  );
  const out = await temporaryFolder();
  const { results, events } = await fetched([server.url], { out });
  expect(results).toMatchObject([WHOLE]);
  expect(events).toEqual(['started', 'finished', 'summary']);
  expect(server.seen[1]).toMatchObject({ range: { start: 300_000 }, ifRange: '"A"' });
  expect(readFileSync(join(out, 'a.bin')).equals(content)).toBe(true);
});

test('what has no slot to spare stays in its thread', async () => {
  let asked = 0;
  const server = await site((_, { seen }) => ({
    hold: (async () => {
      await holdUntil(() => seen.length >= 2);
      // Both heads are there, and with them the wish; later, when one file is there, it may come true.
      await new Promise((resolve) => setTimeout(resolve, 300));
      asked ||= seen.length;
    })(),
  }));
  const urls = [server.url, server.url.replace('a.bin', 'b.bin')];
  const { results } = await fetched(urls, { out: await temporaryFolder(), split: 4, concurrency: 2 });
  expect(results.map(({ outcome }) => outcome)).toEqual(['saved', 'saved']);
  expect(asked).toBe(2);
});

test.each([
  ['the rest of a part at several places', { split: 4 }, true],
  ['what a thread could not leave to another', { split: 4, resume: false }, false],
])('%s is fetched here from the first', async (_, options, resumed) => {
  let isCut = true;
  const server = await site((_, { seen }) =>
    isCut ? { hold: holdUntil(() => seen.length >= 4), cut: 500_000 } : undefined,
  );
  const out = await temporaryFolder();
  const cut = await fetched([server.url], { out, split: 4, retries: 0, workers: 1 });
  expect(cut.results).toMatchObject([{ outcome: 'failed' }]);
  isCut = false;
  const dead = await threadProgram(
    `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(1));`,
  );
  const { results } = await fetched([server.url], { out, ...options }, dead);
  expect(results).toMatchObject([{ outcome: 'saved', size: SIZE, attempts: 1, resumed }]);
  expect(readFileSync(join(out, 'a.bin')).equals(content)).toBe(true);
});
