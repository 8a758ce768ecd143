// How many at once. The server holds its answers back, so that nothing here depends on speed.

import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { startFetchall } from '../support/command-line.js';
import { barrier, eventOf, folderWith, serve } from './stage.js';

function list(count: number, url: (path: string) => string): string {
  return Array.from({ length: count }, (_, at) => url(`/${at}.bin`)).join('\n');
}

/** Runs 60 URLs against a server that answers nothing before `expected` requests are in flight. */
async function reaches(expected: number, ...args: readonly string[]) {
  const { hold, release } = barrier();
  const server = await serve(({ url }) => ({ body: url, hold }));
  const command = startFetchall(['-', '--json', ...args], {
    cwd: await folderWith(),
    stdin: list(60, (path) => server.url(path)),
  });
  // Each of the first requests stays in flight until as many as are expected have come.
  await server.traffic.until(() => server.inFlight === expected);
  release();
  const result = await command.result;
  expect(result.code).toBe(0);
  expect(eventOf(result, 'summary')).toMatchObject({ saved: 60 });
  expect(server.maxInFlight).toBe(expected);
  expect(server.requests).toHaveLength(60);
  return { result, server };
}

test('8 at once to a host before it has answered when nothing is said, and the summary tells the most there were', async () => {
  const { hold, release } = barrier();
  const server = await serve(({ url }) => ({ body: url, hold }));
  const command = startFetchall(['-', '--json'], {
    cwd: await folderWith(),
    stdin: list(60, (path) => server.url(path)),
  });
  await server.traffic.until(() => server.inFlight === 8);
  expect(server.requests).toHaveLength(8);
  release();
  const result = await command.result;
  expect(result.code).toBe(0);
  expect(server.maxInFlight).toBeLessThanOrEqual(64);
  const { mode, concurrency } = eventOf(result, 'summary');
  expect(mode).toBe('concurrent');
  expect(concurrency).toBeGreaterThanOrEqual(server.maxInFlight);
  expect(concurrency).toBeLessThanOrEqual(64);
});

test('one of the two fixed: -c auto --per-host 20 reaches 20, -c 8 --per-host auto 8', async () => {
  await reaches(20, '-c', 'auto', '--per-host', '20');
  const { result, server } = await reaches(8, '-c', '8', '--per-host', 'auto');
  expect(eventOf(result, 'summary').concurrency).toBe(8);
  expect(server.maxInFlight).toBe(8);
});

test('--concurrency 5 reaches 5, and never more', async () => {
  await reaches(5, '--concurrency', '5');
});

test('--concurrency 40 reaches 40, and never more', async () => {
  await reaches(40, '-c', '40');
});

test('--per-host 2: two requests to the one host, whatever -c says', async () => {
  const { result } = await reaches(2, '--per-host', '2');
  expect(eventOf(result, 'summary').concurrency).toBe(2);
});

test('--per-host counts each host by itself', async () => {
  const { hold, release } = barrier();
  const one = await serve(() => ({ hold }));
  const other = await serve(() => ({ hold }));
  const urls = [list(20, (path) => one.url(`/one${path}`)), list(20, (path) => other.url(`/other${path}`))];
  const args = ['-', '--per-host', '2', '-q'];
  const command = startFetchall(args, { cwd: await folderWith(), stdin: urls.join('\n') });
  await Promise.all([
    one.traffic.until(() => one.inFlight === 2),
    other.traffic.until(() => other.inFlight === 2),
  ]);
  release();
  expect((await command.result).code).toBe(0);
  expect([one.maxInFlight, other.maxInFlight]).toEqual([2, 2]);
});

test('--sequential: never more than one, in list order, retries in their place', async () => {
  const server = await serve(({ url, earlier }) =>
    url === '/3.bin' && earlier < 2 ? { status: 503 } : { body: url, pause: 1, writeSizes: 2 },
  );
  const command = startFetchall(['-', '--sequential', '-c', '16', '--json', '--retry-wait', '1ms'], {
    cwd: await folderWith(),
    stdin: list(8, (path) => server.url(path)),
  });
  const result = await command.result;
  expect(result.code).toBe(0);
  expect(server.maxInFlight).toBe(1);
  const paths = [0, 1, 2, 3, 3, 3, 4, 5, 6, 7].map((at) => `/${at}.bin`);
  expect(server.requests.map(({ url }) => url)).toEqual(paths);
  expect(eventOf(result, 'summary')).toMatchObject({ mode: 'sequential', concurrency: 1, speedup: 1 });
});

test('a greenlet in back-off leaves its slot to other hosts', async () => {
  const busy = await serve(() => ({ status: 503, headers: { 'Retry-After': '600' } }));
  const server = await serve(({ url }) => ({ body: url ?? '' }));
  const stdin = `${busy.url('/busy')}\n${list(4, (path) => server.url(path))}`;
  const command = startFetchall(['-', '-c', '1', '--json'], { cwd: await folderWith(), stdin });
  await command.sees(/(?:"saved"[\s\S]*){4}/);
  command.kill('SIGINT');
  const result = await command.result;
  expect(eventOf(result, 'summary')).toMatchObject({ total: 5, saved: 4, failed: 1 });
  expect(busy.requests).toHaveLength(1);
});

test('a long list on standard input begins before it has ended', async () => {
  const stdin = new Readable({ read() {} });
  const server = await serve({ '/first': { body: 'a' }, '/last': { body: 'b' } });
  const command = startFetchall(['-', '--json'], { cwd: await folderWith(), stdin });
  stdin.push(`${server.url('/first')}\n`);
  await command.sees('"saved"');
  stdin.push(server.url('/last'));
  stdin.push(null);
  const result = await command.result;
  expect(result.code).toBe(0);
  expect(eventOf(result, 'summary')).toMatchObject({ total: 2, saved: 2 });
});
