// Politeness and the time of a whole run, measured at the server. Times are lower bounds only.

import { expect, test } from 'vitest';
import { fetchall, startFetchall } from '../support/command-line.js';
import { eventOf, eventsOf, expectOneLine, folderWith, serve } from './stage.js';

test('--delay: no two requests to the host are closer', async () => {
  const times: number[] = [];
  const server = await serve(() => {
    times.push(performance.now());
    return { body: 'x' };
  });
  const urls = [1, 2, 3, 4].map((name) => server.url(`/${name}`));
  const result = await fetchall([...urls, '--delay', '150ms', '-o', 'out'], { cwd: await folderWith() });
  expect(result.code).toBe(0);
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
  expect(gaps).toHaveLength(3);
  // The server's clock starts a moment after the client's.
  for (const gap of gaps) expect(gap).toBeGreaterThan(130);
});

test('Retry-After is for the whole host: nothing is asked for before', async () => {
  const times: number[] = [];
  const server = await serve(({ url }) => {
    times.push(performance.now());
    return times.length === 1 ? { status: 429, headers: { 'retry-after': '1' } } : { body: url ?? '' };
  });
  const urls = [1, 2, 3].map((name) => server.url(`/${name}`));
  const result = await fetchall([...urls, '-c', '1', '-o', 'out', '--json'], { cwd: await folderWith() });
  expect(eventOf(result, 'summary')).toMatchObject({ saved: 3, failed: 0 });
  expect(times).toHaveLength(4);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(980);
});

test('a host that asks for more patience than ten minutes is parked: its URLs are not asked for', async () => {
  const server = await serve(() => ({ status: 503, headers: { 'retry-after': '7200' } }));
  const other = await serve(() => ({ body: 'x' }));
  const urls = [1, 2, 3, 4].map((name) => server.url(`/${name}`));
  const args = ['-c', '1', '-o', 'out', '--json'];
  const result = await fetchall([...urls, other.url('/a'), ...args], { cwd: await folderWith() });
  expect(result.code).toBe(8);
  expect(server.requests).toHaveLength(1);
  const [parked, ...more] = eventsOf(result, 'parked');
  expect(more).toEqual([]);
  const host = new URL(server.url('/')).host;
  const message = 'host parked: 503, Retry-After 7200 s';
  expect(parked).toMatchObject({ host, wait: 7200, error: { code: 'ERR_STATUS', message } });
  const errors = eventsOf(result, 'finished').map(({ error }) => error?.message ?? null);
  expect(errors.filter((text) => text === message)).toHaveLength(3);
  expect(eventOf(result, 'summary')).toMatchObject({ total: 5, saved: 1, failed: 4 });
});

test('a host that says nothing is parked after five time-outs', async () => {
  const silent = await serve(() => ({ hold: new Promise<void>(() => {}) }));
  const urls = Array.from({ length: 40 }, (_, name) => silent.url(`/${name}`));
  const args = ['--headers-timeout', '100ms', '--retries', '0', '-c', '8', '-o', 'out', '--json', '-v'];
  const result = await fetchall([...urls, ...args], { cwd: await folderWith() });
  expect(result.code).toBe(4);
  // Eight at once; of these four have left their slots to others before the fifth.
  expect(silent.requests.length).toBeLessThanOrEqual(12);
  const codes = eventsOf(result, 'finished').map(({ error }) => error?.code);
  expect(codes.filter((code) => code === 'ERR_CONNECT').length).toBeGreaterThanOrEqual(28);
  expect(eventOf(result, 'parked').error.message).toBe('host parked: 5 time-outs in a row');
  expect(result.stderr).toContain('left alone for 30');
});

test('--deadline: what is under way ends as ERR_DEADLINE, exit 13', async () => {
  const server = await serve(({ url }) => (url === '/a' ? { body: 'a' } : { body: 'xx', stallAt: 1 }));
  const args = [
    server.url('/a'),
    server.url('/b'),
    server.url('/c'),
    '-c',
    '2',
    '--deadline',
    '700ms',
    '--json',
  ];
  const result = await fetchall([...args, '-o', 'out'], { cwd: await folderWith() });
  expect(result.code).toBe(13);
  const failed = eventsOf(result, 'finished').filter(({ outcome }) => outcome === 'failed');
  expect(failed.map(({ error }) => error?.code)).toEqual(['ERR_DEADLINE', 'ERR_DEADLINE']);
  expect(eventOf(result, 'summary')).toMatchObject({ total: 3, saved: 1, failed: 2 });
});

test('--deadline: a list that does not come to its end', async () => {
  const server = await serve(() => ({ body: 'a' }));
  const { Readable } = await import('node:stream');
  const stdin = new Readable({ read() {} });
  stdin.push(`${server.url('/a')}\n`);
  const run = startFetchall(['-', '--deadline', '1s', '-q', '-o', 'out'], { cwd: await folderWith(), stdin });
  const result = await run.result;
  stdin.push(null);
  expect(result.code).toBe(13);
  expectOneLine(result, /not done within --deadline 1000ms/);
});

test('--deadline that is not reached changes nothing, and keeps nobody waiting', async () => {
  const server = await serve(() => ({ body: 'a' }));
  const began = performance.now();
  const result = await fetchall([server.url('/a'), '--deadline', '1h', '-o', 'out'], {
    cwd: await folderWith(),
  });
  expect(result.code).toBe(0);
  expect(performance.now() - began).toBeLessThan(14_000);
});
