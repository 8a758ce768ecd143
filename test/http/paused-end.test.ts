// A connection that ends while its response is paused: what came is the body, and it has an end.

import { expect, it } from 'vitest';
import type { Exchange, Receiver } from '../../src/http/transport.js';
import { eventually, turnsOfTheLoop } from '../support/drive.js';
import { serve, serveRaw } from '../support/servers.js';
import { openTransport } from './recorder.js';

const OK = 'HTTP/1.1 200 OK\r\n';

it.each([
  ['without length', `${OK}\r\nhello`],
  ['with a length', `${OK}Connection: close\r\nContent-Length: 5\r\n\r\nhello`],
  ['with a length, HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
  ['in chunks', `${OK}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
])('%s', async (_, answer) => {
  let hasEnded = false;
  const server = await serveRaw(async (connection) => {
    await connection.request();
    await connection.send(answer);
    connection.end();
    hasEnded = true;
  });
  const calls: string[] = [];
  let exchange: Exchange | null = null;
  const receiver: Receiver = {
    onHead: () => calls.push('head'),
    onData(bytes) {
      calls.push(`data ${bytes.length}`);
      exchange?.pause();
    },
    onEnd: () => calls.push('end'),
    onError: ({ code }) => calls.push(code),
  };
  exchange = openTransport().send({ url: new URL(server.url()), headers: [] }, receiver);
  await eventually(() => hasEnded && calls.length > 1);
  await turnsOfTheLoop(100);
  exchange.resume();
  await eventually(() => calls.length > 2);
  expect(calls).toEqual(['head', 'data 5', 'end']);
});

it('a pause on one connection outlasts the end of another', async () => {
  const server = await serve({
    '/long': { body: 'x'.repeat(8_000_000) },
    '/short': { body: 'x', noLength: true },
  });
  const transport = openTransport();
  let exchange: Exchange | null = null;
  let received = 0;
  const long: Receiver = {
    onHead() {},
    onData(bytes) {
      received += bytes.length;
      exchange?.pause();
    },
    onEnd() {},
    onError() {},
  };
  exchange = transport.send({ url: new URL(server.url('/long')), headers: [] }, long);
  await eventually(() => received > 0);
  await turnsOfTheLoop(100);
  const before = received;
  for (let round = 0; round < 5; round++) {
    await new Promise<void>((resolve) => {
      const short: Receiver = { onHead() {}, onData() {}, onEnd: resolve, onError: () => resolve() };
      transport.send({ url: new URL(server.url('/short')), headers: [] }, short);
    });
  }
  expect(received).toBe(before);
  exchange.abort();
});
