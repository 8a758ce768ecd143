// The test server must be what it says: other tests lean on it.

import { type IncomingMessage, request } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Answer } from './answer.js';
import { hugeHead, resetAfter } from './raw-scripts.js';
import { startRawServer } from './raw-server.js';
import { serve } from './servers.js';
import { type TestServerOptions, testCa } from './test-server.js';

interface Received {
  readonly head: IncomingMessage;
  readonly body: Buffer;
  readonly pieces: readonly number[];
  readonly error: NodeJS.ErrnoException | null;
}

/** A GET that keeps every piece as it came. */
function get(url: string, onPiece: () => void = () => {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sent = url.startsWith('https')
      ? tlsRequest(url, { ca: testCa(), agent: false })
      : request(url, { agent: false });
    // Once there is a response, a broken connection is told to it as well.
    let hasHead = false;
    sent.on('error', (error) => {
      if (!hasHead) reject(error);
    });
    sent.on('response', (head) => {
      hasHead = true;
      const pieces: Buffer[] = [];
      const done = (error: NodeJS.ErrnoException | null): void =>
        resolve({ head, body: Buffer.concat(pieces), pieces: pieces.map((piece) => piece.length), error });
      head.on('data', (piece: Buffer) => {
        pieces.push(piece);
        onPiece();
      });
      head.on('end', () => done(null));
      head.on('error', done);
    });
    sent.end();
  });
}

async function ask(answer: Answer, options?: TestServerOptions): Promise<Received> {
  const server = await serve({ '/a': answer }, options);
  return get(server.url('/a'));
}

const body = Buffer.alloc(200_000, 'abcdefghij');

test.each([1023, 1024, 65_537, 'all'] as const)('writes of %s give the same body', async (writeSizes) => {
  const received = await ask({ body, writeSizes });
  expect(received.body.equals(body)).toBe(true);
  expect(received.head.headers['content-length']).toBe('200000');
});

test('one byte a write reaches the client one byte at a time', async () => {
  expect((await ask({ body: 'hello', writeSizes: 1 })).pieces).toEqual([1, 1, 1, 1, 1]);
});

test('a body can be chunked, or ended by the connection', async () => {
  const chunked = await ask({ body, chunked: true, writeSizes: 1000 });
  expect(chunked.head.headers).toMatchObject({ 'transfer-encoding': 'chunked' });
  expect(chunked.body.equals(body)).toBe(true);
  const open = await ask({ body, noLength: true });
  expect(open.head.headers['transfer-encoding'] ?? open.head.headers['content-length']).toBeUndefined();
  expect(open.body.equals(body)).toBe(true);
});

test.each([undefined, 'valid'] as const)('answers break off where they are told to, tls %s', async (tls) => {
  const options = tls === undefined ? {} : { tls };
  const truncated = await ask({ body, truncateAt: 150_000 }, options);
  expect([truncated.body.length, truncated.error?.code]).toEqual([150_000, 'ECONNRESET']);
  const reset = await ask({ body, resetAt: 1000 }, options);
  expect([reset.body.length, reset.error?.code]).toEqual([1000, 'ECONNRESET']);
});

test('a stalled answer stays open until the server closes', async () => {
  const server = await serve({ '/a': { body, stallAt: 10 } });
  let close = Promise.resolve();
  const received = await get(server.url('/a'), () => {
    close = server.close();
  });
  await close;
  expect([received.body.length, received.error?.code]).toEqual([10, 'ECONNRESET']);
});

test('answers come in turn, and what no route knows is a 404', async () => {
  const server = await serve({ '/a': { times: [{ status: 503 }, { body: 'now' }] } });
  const statuses = [];
  for (const path of ['/a', '/a?x', '/a', '/a', '/none']) {
    statuses.push((await get(server.url(path))).head.statusCode);
  }
  // A query makes another target, with a count of its own.
  expect(statuses).toEqual([503, 503, 200, 200, 404]);
  expect(server.requests.map(({ url }) => url)).toEqual(['/a', '/a?x', '/a', '/a', '/none']);
});

test('it counts what is in flight', async () => {
  let release = (): void => {};
  const hold = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = await serve({ '/a': { hold } });
  const answers = Array.from({ length: 5 }, () => get(server.url('/a')));
  await server.traffic.until(() => server.inFlight === 5);
  release();
  await Promise.all(answers);
  await get(server.url('/b'));
  expect([server.maxInFlight, server.inFlight, server.connections]).toEqual([5, 0, 6]);
  expect(server.traffic.maxInFlightOf(server.host)).toBe(5);
  expect(server.traffic.gaps()).toHaveLength(5);
});

test('a client that goes away is no longer in flight', async () => {
  const server = await serve({ '/a': { delay: 60_000 } });
  const socket = connect(server.port, '127.0.0.1');
  socket.write('GET /a HTTP/1.1\r\nHost: x\r\n\r\n');
  await server.traffic.until(() => server.inFlight === 1);
  socket.destroy();
  await server.traffic.until(() => server.inFlight === 0);
});

test.each([
  ['expired', 'CERT_HAS_EXPIRED'],
  ['other-host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
] as const)('the %s certificate is refused', async (tls, code) => {
  const server = await serve({}, { tls });
  await expect(get(server.url())).rejects.toMatchObject({ code });
});

test('the raw server sends exact bytes, resets and huge heads', async () => {
  const reset = await startRawServer(resetAfter('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc'));
  const huge = await startRawServer(hugeHead());
  onTestFinished(async () => {
    await Promise.all([reset.close(), huge.close()]);
  });
  const received = await get(reset.url());
  expect([received.body.toString(), received.error?.code]).toEqual(['abc', 'ECONNRESET']);
  await expect(get(huge.url())).rejects.toMatchObject({ code: 'HPE_HEADER_OVERFLOW' });
});
