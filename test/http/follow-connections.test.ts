// What redirects do to connections, over real sockets.

import { expect, it, onTestFinished } from 'vitest';
import { follow } from '../../src/http/follow.js';
import type { Exchange, Transport } from '../../src/http/transport.js';
import { startRawServer } from '../support/raw-server.js';
import { serve } from '../support/servers.js';
import { GUARD, openTransport, Recorder } from './recorder.js';

function ask(
  transport: Transport,
  url: string,
  allowDowngrade = false,
): { recorder: Recorder; exchange: Exchange } {
  const recorder = new Recorder();
  const policy = { maxRedirects: 20, allowDowngrade, ...GUARD };
  const question = { url: new URL(url), header: [], userAgent: 'fetchall/1', credentials: null, policy };
  return { recorder, exchange: follow(transport, question, recorder) };
}

it.each([301, 302, 303, 307, 308])('%i: the next hop is a GET over the same connection', async (status) => {
  const server = await serve({
    '/a': { status, location: '/b', body: 'moved' },
    '/b': { status, location: '?q', body: Buffer.alloc(10_000), chunked: true, writeSizes: 1000 },
  });
  const { recorder } = ask(openTransport(), server.url('/a'));
  const seen = (): string[] => server.requests.map(({ method, url }) => `${method} ${url}`);
  // `?q` is answered by the same route: it leads to itself, which ends the way.
  expect((await recorder.over()).calls).toEqual([`refused ${status} ERR_REDIRECT`]);
  expect(seen()).toEqual(['GET /a', 'GET /b', 'GET /b?q']);
  expect(server.connections).toBe(1);
});

it('gives a huge redirect body up, and goes on', async () => {
  const server = await serve({
    '/a': { location: '/b', body: Buffer.alloc(50_000_000) },
    '/b': { body: 'here' },
  });
  const { recorder } = ask(openTransport(), server.url('/a'));
  expect((await recorder.over()).body.toString()).toBe('here');
  await server.traffic.until(() => server.inFlight === 0);
});

it('gives an endless redirect body up', async () => {
  const piece = Buffer.alloc(10_000);
  let sent = 0;
  let closed = (): void => {};
  const gone = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const server = await startRawServer(async (connection) => {
    if (connection.index > 0) {
      await connection.request();
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere');
      return;
    }
    await connection.request();
    await connection.send('HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n');
    try {
      for (;;) {
        await connection.send(piece);
        sent += piece.length;
      }
    } finally {
      closed();
    }
  });
  onTestFinished(() => server.close());
  const { recorder } = ask(openTransport(), server.url('/a'));
  expect((await recorder.over()).body.toString()).toBe('here');
  await gone;
  // What sockets buffer, not more.
  expect(sent).toBeLessThan(50_000_000);
});

it.each([
  ['cut short', { truncateAt: 100 }],
  ['reset', { resetAt: 100 }],
])('follows a redirect whose body is %s', async (_, broken) => {
  const server = await serve({
    '/a': { location: '/b', body: Buffer.alloc(1000), ...broken },
    '/b': { body: 'here' },
  });
  const { recorder } = ask(openTransport(), server.url('/a'));
  expect((await recorder.over()).calls).toEqual(['head 200', 'data 4', 'end']);
});

it('follows a redirect whose body stalls, after the idle timeout', async () => {
  const server = await serve({
    '/a': { location: '/b', body: Buffer.alloc(1000), stallAt: 100 },
    '/b': { body: 'here' },
  });
  const { recorder } = ask(openTransport({ idleTimeout: 200 }), server.url('/a'));
  expect((await recorder.over()).calls).toEqual(['head 200', 'data 4', 'end']);
});

it('can be given up at the first hop, in the body of a redirect, and at the last hop', async () => {
  const server = await serve({
    '/wait': { delay: 60_000 },
    '/stall': { location: '/never', body: Buffer.alloc(1000), stallAt: 100 },
    '/to-wait': { location: '/wait' },
  });
  const transport = openTransport();
  for (const path of ['/wait', '/stall', '/to-wait']) {
    const before = server.requests.length;
    const { recorder, exchange } = ask(transport, server.url(path));
    const hops = path === '/to-wait' ? 2 : 1;
    await server.traffic.until(() => server.requests.length === before + hops && server.inFlight > 0);
    exchange.abort();
    await server.traffic.until(() => server.inFlight === 0);
    expect(recorder.calls).toEqual([]);
  }
  expect(server.requests.some(({ url }) => url === '/never')).toBe(false);
});

it('given up from within a call of the receiver, it says nothing more', async () => {
  const server = await serve({ '/a': { location: '/b' }, '/b': { body: Buffer.alloc(1_000_000) } });
  const { recorder, exchange } = ask(openTransport(), server.url('/a'));
  recorder.react.head = () => exchange.abort();
  await recorder.until(() => recorder.head !== null);
  await server.traffic.until(() => server.inFlight === 0);
  expect(recorder.calls).toEqual(['head 200']);
});

it('pause and resume reach the last hop', async () => {
  const server = await serve({ '/a': { location: '/b' }, '/b': { body: Buffer.alloc(5_000_000, 'x') } });
  const { recorder, exchange } = ask(openTransport(), server.url('/a'));
  recorder.react.data = () => {
    exchange.pause();
    setImmediate(() => exchange.resume());
  };
  await recorder.over();
  expect(recorder.received).toBe(5_000_000);
});

it('goes between http and https, and to another port', async () => {
  const plain = await serve({ '/end': { body: 'here' } });
  const secure = await serve({ '/a': { location: plain.url('/end') } }, { tls: 'valid' });
  const start = await serve({ '/a': { location: secure.url('/a') } });
  const transport = openTransport({ insecure: true });
  expect((await ask(transport, start.url('/a')).recorder.over()).code).toBe('ERR_BLOCKED');
  const allowed = await ask(transport, start.url('/a'), true).recorder.over();
  expect(allowed.body.toString()).toBe('here');
  expect(allowed.head?.url.href).toBe(plain.url('/end'));
});

it('asks for paths as they stand in the Location', async () => {
  const seen: string[] = [];
  const server = await startRawServer(async (connection) => {
    for (;;) {
      seen.push((await connection.request()).split('\r\n', 1)[0] ?? '');
      const at = seen.length;
      const location = ['/x', 'caf\xc3\xa9 au lait', '/%2F/%zz?a=%20 b', '/.//evil'][at - 1];
      const head = location === undefined ? '200 OK' : `302 Found\r\nLocation: ${location}`;
      await connection.send(`HTTP/1.1 ${head}\r\nContent-Length: 0\r\n\r\n`);
    }
  });
  onTestFinished(() => server.close());
  const { recorder } = ask(openTransport(), server.url('/dir/a'));
  expect((await recorder.over()).calls).toEqual(['head 200', 'end']);
  expect(seen.map((line) => line.split(' ')[1])).toEqual([
    '/dir/a',
    '/x',
    '/caf%C3%A9%20au%20lait',
    '/%2F/%zz?a=%20%20b',
    '//evil',
  ]);
});
