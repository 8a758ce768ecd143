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
