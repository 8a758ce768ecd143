// How URLs and runs go wrong, beyond bad-endings.test.ts: which code, which exit, what is left.

import { describe, expect, test } from 'vitest';
import { fetchall } from '../support/command-line.js';
import {
  closesAtOnce,
  conflictingLengths,
  noHttp,
  saysNothing,
  unfinishedChunks,
} from '../support/raw-scripts.js';
import { unusedPort } from '../support/raw-server.js';
import { type Route, testCaFile } from '../support/test-server.js';
import { eventOf, eventsOf, folderWith, namesIn, serve, serveRaw } from './stage.js';

/** Fetches one URL without retries, in vain. */
async function ending(url: string, ...more: readonly string[]) {
  const cwd = await folderWith();
  const result = await fetchall([url, '-o', 'out', '--retries', '0', '--json', ...more], { cwd });
  expect(result.stderr).toBe('');
  const { error, ...finished } = eventOf(result, 'finished');
  expect(finished.outcome).toBe('failed');
  expect(error?.message).toMatch(/^[^\n]+$/);
  // No file under its final name; what is left of it is a part.
  expect((await namesIn(cwd, 'out')).filter((name) => !name.endsWith('.part'))).toEqual([]);
  return { exit: result.code, code: error?.code, message: error?.message ?? '', finished };
}

async function served(route: Route, ...more: readonly string[]) {
  const server = await serve({ '/a': route });
  return { server, ...(await ending(server.url('/a'), ...more)) };
}

describe('statuses', () => {
  test.each([
    [400, 8],
    [404, 8],
    [410, 8],
    [429, 8],
    [500, 8],
    [304, 8],
    [401, 6],
    [407, 6],
  ])('%i: exit %i', async (status, exit) => {
    const result = await served({ status, body: status === 304 ? '' : 'sorry' });
    expect(result).toMatchObject({ exit, code: 'ERR_STATUS', finished: { status } });
    expect(result.message).toContain(String(status));
  });

  test('a 206 that nobody asked for is no whole file', async () => {
    const headers = { 'Content-Range': 'bytes 0-1/10' };
    const { exit, code } = await served({ status: 206, body: 'ab', headers });
    expect([exit, code]).toEqual([7, 'ERR_PROTOCOL']);
  });
});

describe('protocol: exit 7', () => {
  test('too many redirects, and a loop', async () => {
    const endless = await serve(({ url }) => ({ location: `${url}x` }));
    const result = await ending(endless.url('/'), '--max-redirects', '3');
    expect(result).toMatchObject({ exit: 7, code: 'ERR_REDIRECT' });
    expect(result.message).toMatch(/3.*--max-redirects/);
    expect(endless.requests).toHaveLength(4);
    expect(await served({ location: '/a' })).toMatchObject({ exit: 7, code: 'ERR_REDIRECT' });
  });

  test('a redirect without or with a broken Location, or to another scheme', async () => {
    expect(await served({ status: 302 })).toMatchObject({ exit: 7, code: 'ERR_REDIRECT' });
    expect(await served({ location: 'http://[broken/' })).toMatchObject({ exit: 7, code: 'ERR_REDIRECT' });
    expect(await served({ location: 'file:///etc/passwd' })).toMatchObject({ exit: 7 });
  });

  test('from https to http: refused, unless --allow-downgrade', async () => {
    const plain = await serve({ '/a': { body: 'a' } });
    const secure = await serve({ '/a': { location: plain.url('/a') } }, { tls: 'valid' });
    const result = await ending(secure.url('/a'), '-k');
    expect(result).toMatchObject({ exit: 7, code: 'ERR_BLOCKED' });
    expect(result.message).toContain('--allow-downgrade');
    expect(plain.requests).toHaveLength(0);
    const allowed = await fetchall([secure.url('/a'), '-k', '--allow-downgrade'], {
      cwd: await folderWith(),
    });
    expect(allowed.code).toBe(0);
  });

  test('an address that is not public, with --deny-private', async () => {
    const server = await serve({ '/a': { body: 'a' } });
    const result = await ending(server.url('/a'), '--deny-private');
    expect(result).toMatchObject({ exit: 7, code: 'ERR_BLOCKED', finished: { status: null, attempts: 1 } });
    expect(result.message).toContain('--deny-private');
    expect(server.connections).toBe(0);
  });

  test.each([
    ['with its length', {}],
    ['chunked', { chunked: true, writeSizes: 100 }],
  ])('larger than --max-size, %s', async (_, how) => {
    const { exit, code, message } = await served({ body: 'x'.repeat(5000), ...how }, '--max-size', '4k');
    expect([exit, code]).toEqual([7, 'ERR_TOO_LARGE']);
    expect(message).toMatch(/4,?096|--max-size/);
  });

  test('--max-size lets pass what is just as large', async () => {
    const server = await serve({ '/a': { body: 'x'.repeat(4096) } });
    expect((await fetchall([server.url('/a'), '--max-size', '4k'], { cwd: await folderWith() })).code).toBe(
      0,
    );
  });

  test.each([
    ['no HTTP', noHttp],
    ['two lengths', conflictingLengths],
  ])('%s', async (_, script) => {
    const server = await serveRaw(script);
    expect(await ending(server.url('/a'))).toMatchObject({ exit: 7, code: 'ERR_PROTOCOL' });
  });
});

describe('network: exit 4', () => {
  test.each([
    ['http://nonexistent.invalid/a', 'ERR_DNS', /nonexistent\.invalid/],
    ['https://nonexistent.invalid/a', 'ERR_DNS', /nonexistent\.invalid/],
  ])('%s', async (url, code, says) => {
    const result = await ending(url);
    expect(result).toMatchObject({ exit: 4, code, finished: { status: null, finalUrl: null } });
    expect(result.message).toMatch(says);
  });

  test('refused: the address is named', async () => {
    const port = await unusedPort();
    const result = await ending(`http://127.0.0.1:${port}/a`);
    expect(result).toMatchObject({ exit: 4, code: 'ERR_CONNECT', finished: { status: null, attempts: 1 } });
    expect(result.message).toContain(`127.0.0.1:${port}`);
  });

  test('closed without an answer', async () => {
    const server = await serveRaw(closesAtOnce);
    expect(await ending(server.url('/a'))).toMatchObject({ exit: 4, finished: { status: null, bytes: 0 } });
  });

  test('truncated: what came is counted', async () => {
    const result = await served({ body: 'x'.repeat(3000), truncateAt: 1500 });
    expect(result).toMatchObject({ exit: 4, code: 'ERR_TRUNCATED', finished: { status: 200, bytes: 1500 } });
  });

  test('chunks that do not end, a reset in the middle', async () => {
    const server = await serveRaw(unfinishedChunks);
    expect(await ending(server.url('/a'))).toMatchObject({ exit: 4, code: 'ERR_TRUNCATED' });
    const reset = await served({ body: 'x'.repeat(200_000), resetAt: 100_000 });
    expect(reset).toMatchObject({ exit: 4, code: 'ERR_TRUNCATED', finished: { status: 200 } });
  });

  test.each([
    ['--headers-timeout', 'http', 'a silent server'],
    ['--max-time', 'http', 'the whole URL'],
    ['--connect-timeout', 'https', 'a handshake that never ends'],
  ])('%s (%s): %s', async (option, scheme) => {
    const server = await serveRaw(saysNothing);
    const result = await ending(server.url('/a').replace('http', scheme), option, '200ms');
    expect(result).toMatchObject({ exit: 4, code: 'ERR_TIMEOUT' });
    expect(result.message).toContain(option);
  });

  test('--idle-timeout', async () => {
    const { exit, code, message } = await served({ body: 'xxxx', stallAt: 2 }, '--idle-timeout', '200ms');
    expect([exit, code]).toEqual([4, 'ERR_TIMEOUT']);
    expect(message).toContain('--idle-timeout');
  });
});

test.each(['self-signed', 'expired', 'other-host'] as const)(
  'TLS, %s: exit 5, and -k takes it',
  async (tls) => {
    const server = await serve({ '/a': { body: 'a' } }, { tls });
    const env = { NODE_EXTRA_CA_CERTS: testCaFile };
    const refused = await fetchall([server.url('/a'), '--json'], { cwd: await folderWith(), env });
    expect(refused.code).toBe(5);
    // A certificate does not get better by asking again.
    expect(eventOf(refused, 'finished')).toMatchObject({ attempts: 1, error: { code: 'ERR_TLS' } });
    expect(server.requests).toHaveLength(0);
    const taken = await fetchall([server.url('/a'), '-k'], { cwd: await folderWith(), env });
    expect({ code: taken.code, stderr: taken.stderr }).toEqual({ code: 0, stderr: '' });
  },
);

test('the gravest of several failures names the exit: 3, 9, 5, 6, 4, 7, 8, 10', async () => {
  const server = await serve({
    '/404': { status: 404 },
    '/loop': { location: '/loop' },
    '/401': { status: 401 },
    '/sum': { body: 'x' },
    '/there': { body: 'x' },
  });
  const secure = await serve({}, { tls: 'self-signed' });
  const gravestLast = [
    ['no url', 10],
    [server.url('/404'), 8],
    [server.url('/loop'), 7],
    [`http://127.0.0.1:${await unusedPort()}/`, 4],
    [server.url('/401'), 6],
    [secure.url('/'), 5],
    [`${server.url('/sum')} sha256=${'0'.repeat(64)}`, 9],
    [server.url('/there'), 3],
  ] as const;
  for (const [at, [, exit]] of gravestLast.entries()) {
    const cwd = await folderWith({ 'out/there': '' });
    const stdin = gravestLast.slice(0, at + 1).map(([line]) => line);
    // In both orders: the exit does not depend on which comes first.
    const list = (at % 2 === 0 ? stdin : stdin.reverse()).join('\n');
    const args = ['-', '-o', 'out', '--retries', '0', '--existing', 'fail', '--json'];
    const result = await fetchall(args, { cwd, stdin: list });
    expect(result.code).toBe(exit);
    expect(eventOf(result, 'summary')).toMatchObject({ total: at + 1, failed: at + 1 });
  }
});

describe('another try', () => {
  test('as often as --retries says, and the last error is the result', async () => {
    const server = await serve({ '/a': { status: 503 } });
    const args = [server.url('/a'), '--json', '--retries', '2', '--retry-wait', '1ms'];
    const result = await fetchall(args, { cwd: await folderWith() });
    expect(result.code).toBe(8);
    expect(eventsOf(result, 'retry').map(({ attempt }) => attempt)).toEqual([2, 3]);
    expect(eventOf(result, 'finished')).toMatchObject({ attempts: 3, status: 503 });
    expect(server.requests).toHaveLength(3);
  });

  test('not for what will be the same: 404, 401, a checksum is tried again only where it may help', async () => {
    const server = await serve({ '/404': { status: 404 }, '/401': { status: 401 } });
    const stdin = `${server.url('/404')}\n${server.url('/401')}\n`;
    const result = await fetchall(['-', '--json', '--retry-wait', '1ms'], { cwd: await folderWith(), stdin });
    expect(eventsOf(result, 'retry')).toEqual([]);
    expect(server.requests).toHaveLength(2);
  });

  test('Retry-After is kept, and --retry-max-wait does not shorten it', async () => {
    const headers = { 'Retry-After': '1' };
    const server = await serve({ '/a': { times: [{ status: 429, headers }, { body: 'a' }] } });
    const args = [server.url('/a'), '--json', '--retry-wait', '1ms', '--retry-max-wait', '1ms'];
    const result = await fetchall(args, { cwd: await folderWith() });
    expect(result.code).toBe(0);
    expect(eventOf(result, 'retry').wait).toBeGreaterThanOrEqual(1);
    expect(server.traffic.gaps()[0]).toBeGreaterThanOrEqual(990);
    // A greenlet's own time holds no back-off.
    expect(eventOf(result, 'finished').seconds).toBeLessThan(eventOf(result, 'summary').seconds - 0.5);
  });
});
