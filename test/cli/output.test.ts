// What is said, and where: text or NDJSON on standard output, everything else on standard error.

import { describe, expect, test } from 'vitest';
import { fetchall } from '../support/command-line.js';
import { eventOf, eventsOf, folderWith, namesIn, serve } from './stage.js';

const RESULT = {
  event: 'finished',
  greenlet: expect.any(Number),
  url: expect.any(String),
  finalUrl: expect.any(String),
  outcome: 'saved',
  reason: null,
  status: 200,
  bytes: 2500,
  size: 2500,
  chunks: 3,
  seconds: expect.any(Number),
  attempts: 1,
  resumed: false,
  lengthKnown: true,
  file: 'a.bin',
  line: 1,
  error: null,
};

const NOTHING_DONE = {
  ...RESULT,
  greenlet: null,
  finalUrl: null,
  status: null,
  bytes: 0,
  size: null,
  chunks: 0,
  seconds: 0,
  attempts: 0,
  lengthKnown: null,
};

const site = {
  '/a.bin': { body: 'x'.repeat(2500) },
  '/moved': { location: '/a.bin' },
  '/gone': { status: 410, body: 'gone for good' },
  '/busy': { times: [{ status: 503 }, { status: 503 }, { body: 'ok' }] },
};

describe('--json: exactly the promised fields', () => {
  test('saved, after a redirect: url is what was asked for, finalUrl where it was', async () => {
    const server = await serve(site);
    const result = await fetchall(['-', '--json'], {
      cwd: await folderWith(),
      stdin: `${server.url('/moved')}#x`,
    });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.lines.map(({ event }) => event)).toEqual(['started', 'finished', 'summary']);
    expect(eventOf(result, 'started')).toEqual({ event: 'started', greenlet: 1, url: server.url('/moved') });
    const urls = { url: server.url('/moved'), finalUrl: server.url('/a.bin') };
    expect(eventOf(result, 'finished')).toEqual({ ...RESULT, ...urls, greenlet: 1, file: 'moved' });
    expect(eventOf(result, 'summary')).toEqual({
      event: 'summary',
      mode: 'concurrent',
      concurrency: 1,
      total: 1,
      saved: 1,
      skipped: 0,
      failed: 0,
      bytes: 2500,
      chunks: 3,
      seconds: expect.any(Number),
      baseline: { seconds: expect.any(Number), source: 'estimated' },
      speedup: expect.any(Number),
    });
  });

  test('failed by status: the body of the answer is no file', async () => {
    const server = await serve(site);
    const cwd = await folderWith();
    const result = await fetchall([server.url('/gone'), '--json'], { cwd });
    expect(result.code).toBe(8);
    const url = server.url('/gone');
    const error = { code: 'ERR_STATUS', message: expect.stringContaining('410') };
    const finished = eventOf(result, 'finished');
    expect(finished).toEqual({
      ...RESULT,
      lengthKnown: null,
      url,
      finalUrl: url,
      outcome: 'failed',
      status: 410,
      bytes: expect.any(Number),
      size: null,
      chunks: 0,
      file: 'gone',
      line: null,
      error,
    });
    expect(eventOf(result, 'summary')).toMatchObject({ baseline: null, speedup: null });
    expect(await namesIn(cwd, 'downloads')).toEqual([]);
  });

  test('skipped and bad lines never had a greenlet', async () => {
    const server = await serve(site);
    const cwd = await folderWith({ 'downloads/a.bin': 'here' });
    const url = server.url('/a.bin');
    const result = await fetchall(['-', '--json'], { cwd, stdin: `${url}\nbad line\n${url}#again\n` });
    expect(result.code).toBe(10);
    expect(eventsOf(result, 'started')).toEqual([]);
    const finished = [...eventsOf(result, 'finished')].sort(
      (one, other) => (one.line ?? 0) - (other.line ?? 0),
    );
    const error = { code: 'ERR_INPUT', message: expect.any(String) };
    expect(finished).toEqual([
      { ...NOTHING_DONE, url, outcome: 'skipped', reason: 'exists', line: 1 },
      { ...NOTHING_DONE, url: 'bad line', outcome: 'failed', file: null, line: 2, error },
      { ...NOTHING_DONE, url, outcome: 'skipped', reason: 'duplicate', line: 3 },
    ]);
    expect(eventOf(result, 'summary')).toMatchObject({
      total: 3,
      saved: 0,
      skipped: 2,
      failed: 1,
      baseline: null,
    });
    expect(server.connections).toBe(0);
  });

  test('retry: the try to come, the wait in seconds, why; one greenlet for all tries', async () => {
    const server = await serve(site);
    const args = [server.url('/busy'), '--json', '--retry-wait', '1ms'];
    const result = await fetchall(args, { cwd: await folderWith() });
    expect(result.code).toBe(0);
    const error = { code: 'ERR_STATUS', message: expect.stringContaining('503') };
    const retry = { event: 'retry', greenlet: 1, url: server.url('/busy'), wait: expect.any(Number), error };
    const retries = eventsOf(result, 'retry');
    expect(retries).toEqual([
      { ...retry, attempt: 2 },
      { ...retry, attempt: 3 },
    ]);
    for (const { wait } of retries) expect(wait).toBeLessThanOrEqual(0.004);
    expect(eventOf(result, 'finished')).toMatchObject({
      greenlet: 1,
      attempts: 3,
      outcome: 'saved',
      size: 2,
    });
    expect(server.requests).toHaveLength(3);
  });

  test('planned: --dry-run only', async () => {
    const server = await serve(site);
    const stdin = `\n${server.url('/a.bin')} name=other.bin\nbad\n${server.url('/a.bin')} name=other.bin\n`;
    const cwd = await folderWith();
    const result = await fetchall(['-', '--json', '--dry-run'], { cwd, stdin });
    expect(result).toMatchObject({ code: 10, stderr: '' });
    const url = server.url('/a.bin');
    expect(eventOf(result, 'planned')).toEqual({ event: 'planned', line: 2, url, file: 'other.bin' });
    expect(eventsOf(result, 'finished').map(({ reason, line }) => [line, reason])).toEqual([
      [3, null],
      [4, 'duplicate'],
    ]);
    const totals = { total: 2, saved: 0, seconds: 0, baseline: null };
    expect(eventOf(result, 'summary')).toMatchObject({ ...totals, concurrency: 0 });
    const fixed = await fetchall(['-', '--json', '--dry-run', '-c', '3'], { cwd, stdin });
    expect(eventOf(fixed, 'summary')).toMatchObject({ ...totals, concurrency: 3 });
    expect(server.connections).toBe(0);
    expect(await namesIn(cwd)).toEqual([]);
  });
});

test('greenlets are numbered from 1 in the order of their starts, and no number comes again', async () => {
  const server = await serve(() => ({ body: 'x' }));
  const stdin = Array.from({ length: 40 }, (_, at) => server.url(`/${at}`)).join('\n');
  const result = await fetchall(['-', '--json', '-c', '4'], { cwd: await folderWith(), stdin });
  const ordinals = Array.from({ length: 40 }, (_, at) => at + 1);
  expect(eventsOf(result, 'started').map(({ greenlet }) => greenlet)).toEqual(ordinals);
  const ended = eventsOf(result, 'finished').map(({ greenlet }) => greenlet ?? 0);
  expect(ended.sort((one, other) => one - other)).toEqual(ordinals);
});

test('-q, -v and --progress never change what --json writes', async () => {
  const server = await serve(site);
  const stdin = `${server.url('/a.bin')}\n${server.url('/gone')}\nbad\n`;
  const shapes = [];
  for (const more of [[], ['-q'], ['-v'], ['--progress', 'lines'], ['--progress', 'bars'], ['--no-color']]) {
    const { lines } = await fetchall(['-', '--json', '--sequential', ...more], {
      cwd: await folderWith(),
      stdin,
    });
    const timeless = lines.map((line) => ({ ...line, seconds: 0, baseline: null, speedup: null }));
    shapes.push(timeless.map((line) => JSON.stringify(line)).sort());
  }
  for (const shape of shapes) expect(shape).toEqual(shapes[0]);
});

describe('-q: errors only', () => {
  test('nothing at all when nothing fails', async () => {
    const server = await serve(site);
    const result = await fetchall([server.url('/a.bin'), '-q'], { cwd: await folderWith() });
    expect(result).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const empty = await fetchall(['-', '-q'], { cwd: await folderWith(), stdin: '' });
    expect(empty).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  test('a line for each failure, on standard error', async () => {
    const server = await serve(site);
    const stdin = `${server.url('/a.bin')}\n${server.url('/gone')}\nbad\n`;
    const { code, stdout, stderr } = await fetchall(['-', '-q'], { cwd: await folderWith(), stdin });
    expect({ code, stdout }).toEqual({ code: 8, stdout: '' });
    const lines = stderr.trimEnd().split('\n').sort();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/line 3 {2}failed {2}ERR_INPUT: .* {2}bad$/);
    expect(lines[1]).toContain(`410`);
    expect(lines[1]).toContain(server.url('/gone'));
  });
});

describe('the text log', () => {
  test('a line a greenlet with its facts, then the summary', async () => {
    const server = await serve(site);
    const stdin = `${server.url('/a.bin')}\n${server.url('/busy')}\n${server.url('/a.bin')}\n${server.url('/gone')}\n`;
    const args = ['-', '--sequential', '--retry-wait', '1ms'];
    const { code, stdout, stderr } = await fetchall(args, { cwd: await folderWith(), stdin });
    expect({ code, stderr }).toEqual({ code: 8, stderr: '' });
    const time = '[\\d.,]+ m?s';
    const url = (path: string) => server.url(path).replaceAll('.', '\\.');
    const expected = [
      `greenlet-1  200  2,500 B  3 chunks  ${time}  ${url('/a.bin')} -> a\\.bin`,
      `greenlet-2  200  2 B  1 chunk  ${time}  3 attempts  ${url('/busy')} -> busy`,
      `-  skipped \\(duplicate\\)  ${url('/a.bin')} -> a\\.bin`,
      `greenlet-3  410  [\\d,]+ B  0 chunks  ${time}  failed  ERR_STATUS: .*410.*  ${url('/gone')}`,
      '2 saved, 1 skipped, 1 failed; 2\\.4 KiB in 4 chunks by 3 greenlets',
      `elapsed ${time}; this run is the sequential baseline.*`,
    ];
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(expected.length);
    // A skip need not wait for the downloads before it.
    for (const pattern of expected.slice(0, 4)) {
      expect(lines.slice(0, 4).filter((line) => new RegExp(`^${pattern}$`).test(line))).toHaveLength(1);
    }
    expect(lines[4]).toMatch(new RegExp(`^${expected[4]}$`));
    expect(lines[5]).toMatch(new RegExp(`^${expected[5]}$`));
  });

  test('-v adds retries and causes, on standard error', async () => {
    const server = await serve(site);
    const stdin = `${server.url('/busy')}\n${server.url('/gone')}\n`;
    const args = ['-', '-v', '--retry-wait', '1ms'];
    const { stdout, stderr } = await fetchall(args, { cwd: await folderWith(), stdin });
    expect(stderr).toMatch(/^greenlet-1 {2}attempt 2 in .* {2}ERR_STATUS: .*503.* {2}http:.*\/busy$/m);
    expect(stderr).toMatch(/^greenlet-2 {2}http:.*\/gone\n +StatusError: .*\n +at /m);
    expect(stdout).not.toMatch(/attempt 2 in|\n\s+at /);
  });

  test('--dry-run: URL and name, then the totals; no warning, nothing sent', async () => {
    const server = await serve(site);
    const { code, stdout, stderr } = await fetchall([server.url('/a.bin'), '--dry-run'], {
      cwd: await folderWith(),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^${server.url('/a.bin')} -> a\\.bin\n0 saved, 0 skipped, 0 failed`));
    expect(server.connections).toBe(0);
  });
});
