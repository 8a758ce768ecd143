// The library as its users see it.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type DownloadOptions,
  download,
  downloadAll,
  downloadEach,
  type FetchallEvent,
  type Source,
  UsageError,
} from '../src/index.js';
import { StubTransport } from './support/stub-transport.js';
import { temporaryFolder } from './support/temp-folder.js';
import { startTestServer } from './support/test-server.js';

let out: string;

beforeEach(async () => {
  out = await temporaryFolder();
});

function stub(): StubTransport {
  return new StubTransport(({ url }) =>
    url.pathname === '/missing' ? { status: 404 } : { body: url.pathname },
  );
}

const RESULT_KEYS = [
  'greenlet',
  'url',
  'finalUrl',
  'outcome',
  'reason',
  'status',
  'bytes',
  'size',
  'chunks',
  'seconds',
  'attempts',
  'resumed',
  'lengthKnown',
  'file',
  'line',
  'error',
];
const SUMMARY_KEYS = [
  'mode',
  'concurrency',
  'total',
  'saved',
  'skipped',
  'failed',
  'bytes',
  'chunks',
  'seconds',
  'baseline',
  'speedup',
];

describe('sources', () => {
  it('may be the path of a list', async () => {
    const list = join(out, 'list.txt');
    await writeFile(
      list,
      '\uFEFF# a list\r\n\r\nhttp://a.test/a name=b%20c.txt\r\nbad line\nhttp://a.test/d',
    );
    const { results } = await downloadAll(list, { out: join(out, 'files'), transport: stub() });
    const byLine = results.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
    expect(byLine.map(({ line, file, outcome }) => [line, file, outcome])).toEqual([
      [3, 'b c.txt', 'saved'],
      [4, null, 'failed'],
      [5, 'd', 'saved'],
    ]);
    expect(byLine[1]).toMatchObject({ url: 'bad line', greenlet: null, error: { code: 'ERR_INPUT' } });
  });

  it('may be a URL', async () => {
    const { results } = await downloadAll('http://a.test/x', { out, transport: stub() });
    expect(results[0]).toMatchObject({ file: 'x', line: null, outcome: 'saved' });
  });

  it('may be an iterable or an async iterable of lines and Sources', async () => {
    const items: (string | Source)[] = [
      'http://a.test/a md5=d41d8cd98f00b204e9800998ecf8427e',
      { url: 'http://a.test/b', name: 'c' },
      '# nothing',
    ];
    const lazily = (async function* each() {
      yield* items;
    })();
    for (const sources of [items, new Set(items), lazily]) {
      const options = { out, transport: stub(), existing: 'overwrite', retries: 0 } as const;
      const { results } = await downloadAll(sources, options);
      const told = results.map(({ file, outcome, error }) => [file, outcome, error?.code]).sort();
      expect(told).toEqual([
        ['a', 'failed', 'ERR_CHECKSUM'],
        ['c', 'saved', undefined],
      ]);
    }
    expect((await readdir(out)).sort()).toEqual(['.fetchall', 'c']);
  });

  it('that cannot be opened reject before anything is fetched', async () => {
    const transport = stub();
    const missing = downloadAll(join(out, 'missing.txt'), { out, transport });
    await expect(missing).rejects.toMatchObject({ code: 'ERR_DISK' });
    await expect(downloadAll(5 as unknown as string, { out, transport })).rejects.toThrow(UsageError);
    expect(transport.sent).toBe(0);
  });
});

describe('download', () => {
  it('resolves to one result', async () => {
    const result = await download('http://a.test/x', { out, transport: stub() });
    expect(Object.keys(result)).toEqual(RESULT_KEYS);
    expect(result).toMatchObject({ outcome: 'saved', size: 2, file: 'x' });
    expect(await readFile(join(out, 'x'), 'utf8')).toBe('/x');
    const source: Source = { url: 'http://a.test/missing', name: 'y' };
    expect(await download(source, { out, transport: stub() })).toMatchObject({
      outcome: 'failed',
      status: 404,
      file: 'y',
      error: { code: 'ERR_STATUS' },
    });
  });

  it('of nothing is a usage error', async () => {
    await expect(download('', { out, transport: stub() })).rejects.toThrow(UsageError);
  });
});

describe('downloadEach', () => {
  it('begins before a list of a million is read through', async () => {
    let pulled = 0;
    let atFirst = 0;
    const lines = (function* million() {
      for (; pulled < 1_000_000; pulled++) yield `http://a.test/${pulled}`;
    })();
    const transport = new StubTransport(() => {
      atFirst ||= pulled;
      return { body: '' };
    });
    for await (const { outcome } of downloadEach(lines, { out, transport })) {
      expect(outcome).toBe('saved');
      break;
    }
    expect(atFirst).toBeGreaterThan(0);
    expect(atFirst).toBeLessThanOrEqual(500);
    expect(pulled).toBeLessThanOrEqual(1_200);
    expect(transport.inFlight).toBe(0);
    // The list was given back as well.
    expect(lines.next().done).toBe(true);
  });
});

describe('options', () => {
  it.each<[keyof DownloadOptions, unknown]>([
    ['concurrency', 0],
    ['concurrency', 1025],
    ['chunkSize', '0'],
    ['retries', -1],
    ['retryWait', '1 parsec'],
    ['maxTime', 0],
    ['existing', 'refresh'],
    ['header', 'no colon'],
    ['header', 'Range: bytes=0-'],
    ['userAgent', 'a\nb'],
    ['out', ''],
    ['limitRate', 0],
    ['sequential', 'yes'],
  ])('%s: %j is a usage error that names it', async (option, value) => {
    const transport = stub();
    const options = { out, transport, [option]: value } as DownloadOptions;
    await expect(downloadAll(['http://a.test/x'], options)).rejects.toMatchObject({
      name: 'UsageError',
      code: 'ERR_INPUT',
      option,
      message: expect.stringContaining(option),
    });
    await expect(download('http://a.test/x', options)).rejects.toThrow(UsageError);
    expect(transport.sent).toBe(0);
  });

  it('take units, and numbers in ms and bytes', async () => {
    const units = {
      maxTime: '2s',
      chunkSize: '64k',
      limitRate: 1_000_000,
      retryWait: 5,
      maxSize: '1MiB',
    } as const;
    expect(await download('http://a.test/x', { out, transport: stub(), ...units })).toMatchObject({
      chunks: 1,
    });
  });

  it('of which two contradict each other are a usage error', async () => {
    const both = { out, sequential: true, compare: true };
    await expect(downloadAll([], both)).rejects.toMatchObject({ option: 'compare' });
  });
});

describe('what a run says', () => {
  it('are exactly the objects of the contract', async () => {
    const events: FetchallEvent[] = [];
    let tries = 0;
    const transport = new StubTransport(() => (++tries === 1 ? { status: 503 } : { body: 'x' }));
    const onEvent = (event: FetchallEvent): void => void events.push(event);
    const report = await downloadAll(['http://a.test/x'], { out, transport, onEvent, retryWait: 0 });
    expect(events.map((event) => Object.keys(event))).toEqual([
      ['event', 'greenlet', 'url'],
      ['event', 'greenlet', 'url', 'attempt', 'wait', 'error'],
      ['event', ...RESULT_KEYS],
      ['event', ...SUMMARY_KEYS],
    ]);
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
    const [, , finished, summary] = events;
    expect({ event: 'finished', ...report.results[0] }).toEqual(finished);
    const { results, ...facts } = report;
    expect({ event: 'summary', ...facts }).toEqual(summary);
    expect(results).toHaveLength(1);
    expect(report.baseline).toEqual({ seconds: results[0]?.seconds, source: 'estimated' });
  });

  it('of a dry run are plans, and nothing is sent or written', async () => {
    const events: FetchallEvent[] = [];
    const transport = stub();
    const onEvent = (event: FetchallEvent): void => void events.push(event);
    const folder = join(out, 'not-made');
    const options = { out: folder, transport, onEvent, dryRun: true };
    const report = await downloadAll(['http://a.test/x', 'nonsense'], options);
    expect(events[0]).toEqual({ event: 'planned', line: 1, url: 'http://a.test/x', file: 'x' });
    expect(report).toMatchObject({ total: 1, failed: 1, baseline: null, results: [{ line: 2 }] });
    expect([transport.sent, await readdir(out)]).toEqual([0, []]);
  });
});

it('the same list gives the same names under 20 shuffled timings of a server', async () => {
  let order = 1;
  const server = await startTestServer(async ({ url }) => {
    order = (Math.imul(order, 1_664_525) + 1_013_904_223) >>> 0;
    for (let turn = order % 40; turn > 0; turn--) await nextTurn();
    return { body: url };
  });
  onTestFinished(() => server.close());
  const paths = [
    'a/x.bin',
    'b/x.bin',
    'b/X.BIN',
    'c/x.bin?q=1',
    'c/x.bin?q=2',
    'x.bin.part',
    '',
    'a/',
    'y',
    'y',
  ];
  const names = new Set<string>();
  for (let round = 0; round < 20; round++) {
    const folder = join(out, String(round));
    const { results } = await downloadAll(
      paths.map((path) => server.url(`/${path}`)),
      { out: folder },
    );
    const byLine = results.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
    names.add(JSON.stringify(byLine.map(({ file, outcome }) => [file, outcome])));
    for (const { file, outcome, url } of byLine) {
      if (outcome !== 'saved') continue;
      expect(server.url(await readFile(join(folder, file ?? ''), 'utf8'))).toBe(url);
    }
  }
  expect(names.size).toBe(1);
});

it('a current folder that is gone is an error of the disk', async () => {
  const cwd = vi.spyOn(process, 'cwd').mockImplementation(() => {
    throw Object.assign(new Error('uv_cwd'), { code: 'ENOENT' });
  });
  onTestFinished(() => cwd.mockRestore());
  for (const dryRun of [false, true]) {
    const running = downloadAll(['http://a.test/x'], { out: 'out', transport: stub(), dryRun });
    await expect(running).rejects.toMatchObject({ code: 'ERR_DISK', systemCode: 'ENOENT' });
  }
});

it('a transport of the caller stays the callers', async () => {
  const transport = stub();
  await downloadAll(['http://a.test/x'], { out, transport });
  expect(transport.isClosed).toBe(false);
});
