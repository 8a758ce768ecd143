// Every time-out and every end from outside, in every state that a URL can be in: each ends it, with its code, and soon. Real
// sockets and real time: limits are short, bounds are wide.

import { describe, expect, it } from 'vitest';
import { type DownloadOptions, downloadAll, type ErrorCode, type Report } from '../../src/index.js';
import { eventually, turnsOfTheLoop } from '../support/drive.js';
import { fullBacklog } from '../support/full-backlog.js';
import { answerWith, saysNothing, stallAfter } from '../support/raw-scripts.js';
import type { RawScript } from '../support/raw-server.js';
import { serveRaw } from '../support/servers.js';
import { temporaryFolder } from '../support/temp-folder.js';

const OK = 'HTTP/1.1 200 OK\r\n';
const BODY = `${OK}Content-Length: 100000\r\n\r\nbegun`;

/** A state in which the last of the URLs stays. */
interface State {
  readonly urls: readonly string[];
  readonly options: DownloadOptions;
  /** Whether it has been reached. */
  readonly reached: () => boolean;
}

/** Which limits fire in a state; all others are much longer. */
interface Row {
  readonly state: string;
  readonly fires: readonly Limit[];
  /** What a limit ends it with, where that is not the limit's own. */
  readonly endsWith?: Partial<Record<Limit, ErrorCode>>;
  readonly begin: () => Promise<State | null>;
}

/** How long a limit is, in ms, and what it ends with. */
const LIMIT = 300;
const LIMITS = {
  connectTimeout: 'ERR_TIMEOUT',
  headersTimeout: 'ERR_TIMEOUT',
  idleTimeout: 'ERR_TIMEOUT',
  maxTime: 'ERR_TIMEOUT',
  minSpeed: 'ERR_TIMEOUT',
  deadline: 'ERR_DEADLINE',
} as const;

type Limit = keyof typeof LIMITS;

/** undici looks at its timers twice a second at most. */
const LATE = 6_000;

/** What Ctrl-C may take, and what a busy machine may add to it. */
const SOON = 1_000;

/** Counts what the server has been asked. */
async function asked(script: (request: string, send: (text: string) => Promise<void>) => Promise<void>) {
  const seen: string[] = [];
  const server = await serveRaw(async (connection) => {
    for (;;) {
      const request = await connection.request();
      seen.push(request.split(' ')[1] ?? '');
      await script(request, (text) => connection.send(text));
    }
  });
  return { server, seen };
}

/** Behind what the script has said, however it goes on. */
async function stateOf(script: RawScript, scheme = 'http'): Promise<State> {
  let hasSpoken = false;
  const server = await serveRaw(async (connection) => {
    await script(connection);
    hasSpoken = true;
  });
  return { urls: [server.url('/a').replace('http', scheme)], options: {}, reached: () => hasSpoken };
}

const ROWS: readonly Row[] = [
  {
    state: 'waiting for a slot',
    fires: ['deadline'],
    begin: async () => {
      const { server, seen } = await asked(async () => {});
      const urls = [server.url('/a'), server.url('/b')];
      return { urls, options: { concurrency: 1 }, reached: () => seen.length > 0 };
    },
  },
  {
    state: 'waiting for its host',
    fires: ['deadline'],
    begin: async () => {
      const { server, seen } = await asked(async () => {});
      const urls = [server.url('/a'), server.url('/b')];
      return { urls, options: { perHost: 1 }, reached: () => seen.length > 0 };
    },
  },
  {
    state: 'connecting',
    fires: ['connectTimeout', 'maxTime', 'deadline'],
    begin: async () => {
      const port = await fullBacklog();
      return port === null
        ? null
        : { urls: [`http://127.0.0.1:${port}/a`], options: {}, reached: () => true };
    },
  },
  {
    state: 'in a TLS handshake',
    fires: ['connectTimeout', 'maxTime', 'deadline'],
    begin: () => stateOf(saysNothing, 'https'),
  },
  {
    state: 'waiting for the head',
    fires: ['headersTimeout', 'maxTime', 'deadline'],
    begin: () => stateOf(saysNothing),
  },
  {
    state: 'in the middle of the head',
    fires: ['headersTimeout', 'maxTime', 'deadline'],
    begin: () => stateOf(stallAfter(`${OK}Content-Le`)),
  },
  {
    state: 'among interim responses',
    fires: ['headersTimeout', 'maxTime', 'deadline'],
    begin: () => stateOf(stallAfter('HTTP/1.1 102 Processing\r\n\r\n'.repeat(3))),
  },
  {
    state: 'at the second hop of a redirect',
    fires: ['headersTimeout', 'maxTime', 'deadline'],
    begin: async () => {
      const { server, seen } = await asked(async (request, send) => {
        if (request.startsWith('GET /a '))
          await send('HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n');
      });
      return { urls: [server.url('/a')], options: {}, reached: () => seen.includes('/b') };
    },
  },
  {
    state: 'in the body of a redirect',
    fires: ['idleTimeout', 'maxTime', 'deadline'],
    // It has been understood all the same, and leads to itself.
    endsWith: { idleTimeout: 'ERR_REDIRECT' },
    begin: () => stateOf(stallAfter('HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 10\r\n\r\nbe')),
  },
  {
    state: 'connecting to the second hop',
    fires: ['connectTimeout', 'maxTime', 'deadline'],
    begin: async () => {
      const silent = await serveRaw(saysNothing);
      const location = silent.url('/b').replace('http', 'https');
      const first = await serveRaw(
        answerWith(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`),
      );
      return { urls: [first.url('/a')], options: {}, reached: () => silent.connections > 0 };
    },
  },
  {
    state: 'in a body',
    fires: ['idleTimeout', 'minSpeed', 'maxTime', 'deadline'],
    begin: () => stateOf(stallAfter(BODY)),
  },
  {
    state: 'in a body that drips',
    fires: ['minSpeed', 'maxTime', 'deadline'],
    begin: async () => {
      let sent = 0;
      const server = await serveRaw(async (connection) => {
        await connection.request();
        await connection.send(BODY);
        for (; ; sent++) {
          await connection.wait(20);
          await connection.send('x');
        }
      });
      return { urls: [server.url('/a')], options: {}, reached: () => sent > 2 };
    },
  },
  {
    state: 'in a chunk that does not end',
    fires: ['idleTimeout', 'minSpeed', 'maxTime', 'deadline'],
    begin: () => stateOf(stallAfter(`${OK}Transfer-Encoding: chunked\r\n\r\n100\r\nbegun`)),
  },
  {
    state: 'in a body that --limit-rate holds back',
    fires: ['maxTime', 'deadline'],
    begin: async () => {
      const state = await stateOf(stallAfter(`${OK}Content-Length: 100000\r\n\r\n${'x'.repeat(50_000)}`));
      return { ...state, options: { limitRate: 10 } };
    },
  },
  {
    state: 'in the body of an error',
    fires: ['idleTimeout', 'maxTime', 'deadline'],
    endsWith: { idleTimeout: 'ERR_STATUS' },
    begin: () => stateOf(stallAfter('HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\nbe')),
  },
  {
    state: 'in back-off',
    fires: ['deadline'],
    begin: async () => {
      const { server, seen } = await asked((_, send) =>
        send('HTTP/1.1 503 Busy\r\nRetry-After: 500\r\nContent-Length: 0\r\n\r\n'),
      );
      return { urls: [server.url('/a')], options: { retries: 3 }, reached: () => seen.length > 0 };
    },
  },
];

async function run(
  { urls, options }: State,
  more: DownloadOptions,
): Promise<{ report: Report; took: number }> {
  const out = await temporaryFolder();
  const began = performance.now();
  const report = await downloadAll(urls, {
    out,
    state: false,
    retries: 0,
    insecure: true,
    connectTimeout: '60s',
    headersTimeout: '60s',
    idleTimeout: '60s',
    ...options,
    ...more,
  });
  return { report, took: performance.now() - began };
}

describe.each(ROWS)('$state', ({ begin, fires, endsWith }) => {
  it.for(fires)('%s ends it', async (limit, { skip }) => {
    const state = (await begin()) ?? skip('here connections do not wait for a full backlog');
    const option = limit === 'minSpeed' ? { minSpeed: '1m', speedTime: LIMIT } : { [limit]: LIMIT };
    const { report, took } = await run(state, option);
    expect(report.results.at(-1)?.error?.code).toBe(endsWith?.[limit] ?? LIMITS[limit]);
    expect(report.saved).toBe(0);
    expect(took).toBeGreaterThan(LIMIT * 0.9);
    expect(took).toBeLessThan(LATE);
  });

  it('an abort ends it within a second', async ({ skip }) => {
    const state = (await begin()) ?? skip('here connections do not wait for a full backlog');
    const controller = new AbortController();
    let isStarted = false;
    const onEvent: DownloadOptions['onEvent'] = ({ event }) => {
      isStarted ||= event === 'started';
    };
    const running = run(state, { signal: controller.signal, onEvent });
    await eventually(() => isStarted && state.reached());
    // What has been sent is read.
    await turnsOfTheLoop();
    const began = performance.now();
    controller.abort();
    const { report } = await running;
    expect(performance.now() - began).toBeLessThan(SOON);
    expect(report).toMatchObject({ saved: 0, skipped: 0 });
    expect(report.failed).toBeGreaterThan(0);
    for (const { error } of report.results) expect(error?.code).toBe('ERR_CANCELLED');
  });
});

describe('--max-time', () => {
  it('leaves no time for a back-off that is longer', async () => {
    const { server, seen } = await asked((_, send) =>
      send('HTTP/1.1 503 Busy\r\nRetry-After: 500\r\nContent-Length: 0\r\n\r\n'),
    );
    const { report, took } = await run(
      { urls: [server.url('/a')], options: { retries: 3 }, reached: () => true },
      { maxTime: 500 },
    );
    expect(report.results[0]).toMatchObject({ attempts: 1, error: { code: 'ERR_STATUS' } });
    expect(seen).toHaveLength(1);
    expect(took).toBeLessThan(LATE);
  });

  it('is for all tries and their back-offs together', async () => {
    const { server, seen } = await asked(async (_, send) => {
      await send('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
    });
    const { report, took } = await run(
      {
        urls: [server.url('/a')],
        options: { retries: 1000, retryWait: '50ms', retryMaxWait: '50ms' },
        reached: () => true,
      },
      { maxTime: 1000 },
    );
    expect(report.failed).toBe(1);
    expect(seen.length).toBeGreaterThan(1);
    expect(took).toBeLessThan(LATE);
  });

  it('is no matter of the queue: a URL has all of it when its turn comes', async () => {
    const { server } = await asked(async (_, send) => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await send(`${OK}Content-Length: 2\r\n\r\nok`);
    });
    const urls = Array.from({ length: 8 }, (_, at) => server.url(`/${at}`));
    const { report, took } = await run(
      { urls, options: { concurrency: 1 }, reached: () => true },
      { maxTime: 1000 },
    );
    expect(report.saved).toBe(8);
    expect(took).toBeGreaterThan(1000);
  });
});
