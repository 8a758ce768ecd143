// HTTP/2 as servers break it, frame by frame.

import { expect, it, test } from 'vitest';
import type { FrameStream } from '../support/frame-server.js';
import { serveFrames } from '../support/servers.js';
import { get, got, openTransport } from './recorder.js';

const HTTP2 = { http2: true, insecure: true };

/** Error codes of RFC 9113 7. */
const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
const REFUSED_STREAM = 7;
const CANCEL = 8;
const ENHANCE_YOUR_CALM = 11;

const LARGE_HEAD = Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`x-${n}`, 'a'.repeat(10_000)]));

it('hands on status, fields as they came, and bytes', async () => {
  const server = await serveFrames((stream) => {
    stream.head(200, { 'x-a': 'caf\xe9', 'content-range': 'bytes 0-1/2' });
    stream.data('ab');
    stream.data('', true);
  });
  const { calls, head, body } = await got(openTransport(HTTP2), server.url('/a'));
  expect([...calls]).toEqual(['head 200', 'data 2', 'end']);
  expect(head?.headers).toEqual({ 'x-a': 'caf\xe9', 'content-range': 'bytes 0-1/2' });
  expect(head).toMatchObject({ length: null, isEndMarked: true, isPublic: false });
  expect(head?.rawHeaders.map((bytes) => Buffer.from(bytes).toString('latin1'))).toEqual([
    'x-a',
    'caf\xe9',
    'content-range',
    'bytes 0-1/2',
  ]);
  expect(body.toString()).toBe('ab');
});

test.each([
  ['no error', NO_ERROR],
  ['an internal error', INTERNAL_ERROR],
  ['CANCEL', CANCEL],
  ['REFUSED_STREAM', REFUSED_STREAM],
])('a stream that is reset with %s in mid-body is cut short, length or not', async (_, code) => {
  for (const fields of [{}, { 'content-length': '10' }]) {
    const server = await serveFrames((stream) => {
      stream.head(200, fields);
      stream.data('half');
      stream.reset(code);
    });
    const { calls } = await got(openTransport(HTTP2), server.url());
    expect(calls.at(-1)).toBe('error ERR_TRUNCATED');
    expect(calls).not.toContain('end');
    expect(server.requests).toBe(1);
  }
});

test.each([
  ['ends', 'end'],
  ['breaks', 'reset'],
] as const)('a connection that %s in mid-body: cut short', async (_, how) => {
  const server = await serveFrames((stream) => {
    stream.head(200);
    stream.data('half');
    setTimeout(() => stream.close(how), 20);
  });
  expect((await got(openTransport(HTTP2), server.url())).calls.at(-1)).toBe('error ERR_TRUNCATED');
});

test('a body that ends before its length: cut short', async () => {
  const server = await serveFrames((stream) => {
    stream.head(200, { 'content-length': '10' });
    stream.data('half', true);
  });
  expect((await got(openTransport(HTTP2), server.url())).code).toBe('ERR_TRUNCATED');
});

test.each([
  ['no error', NO_ERROR, 'ERR_CONNECT'],
  ['an internal error', INTERNAL_ERROR, 'ERR_CONNECT'],
  ['CANCEL', CANCEL, 'ERR_CONNECT'],
])('a stream that is reset with %s before its head: no connection', async (_, code, expected) => {
  const server = await serveFrames((stream) => stream.reset(code));
  expect((await got(openTransport(HTTP2), server.url())).code).toBe(expected);
  expect(server.requests).toBe(1);
});

test('a refused stream was not looked at: it is asked for once more, at once', async () => {
  const server = await serveFrames((stream) => {
    if (stream.index === 0) stream.reset(REFUSED_STREAM);
    else stream.head(204, {}, true);
  });
  expect((await got(openTransport(HTTP2), server.url())).calls).toEqual(['head 204', 'end']);
});

test('a stream that is refused again and again: no connection', async () => {
  const server = await serveFrames((stream) => stream.reset(REFUSED_STREAM));
  expect((await got(openTransport(HTTP2), server.url())).code).toBe('ERR_CONNECT');
  expect(server.requests).toBe(2);
});

test('a connection that asks for calm has no further streams, and those that it has go on', async () => {
  let goOn = (): void => {};
  const server = await serveFrames((stream) => {
    if (stream.index === 1) return stream.reset(ENHANCE_YOUR_CALM);
    stream.head(200);
    stream.data('a');
    if (stream.index === 0) goOn = () => stream.data('b', true);
    else stream.data(`connection ${stream.connection}`, true);
  });
  const transport = openTransport(HTTP2);
  const { recorder: first } = get(transport, server.url());
  await first.until(() => first.received > 0);
  expect((await got(transport, server.url())).code).toBe('ERR_CONNECT');
  expect((await got(transport, server.url())).body.toString()).toBe('aconnection 1');
  goOn();
  expect((await first.over()).body.toString()).toBe('ab');
  expect(server.requests).toBe(3);
});

test('GOAWAY: what was begun ends, what was not goes over another connection', async () => {
  const held: (() => void)[] = [];
  const server = await serveFrames((stream) => {
    if (stream.connection === 0 && stream.index > 0) return stream.goAway(NO_ERROR, 1);
    stream.head(200);
    if (stream.index > 0) stream.data('new', true);
    else held.push(() => stream.data('late', true));
  });
  const transport = openTransport(HTTP2);
  const { recorder: first } = get(transport, server.url('/1'));
  await first.until(() => first.head !== null);
  expect((await got(transport, server.url('/2'))).body.toString()).toBe('new');
  for (const finish of held) finish();
  expect((await first.over()).body.toString()).toBe('late');
  expect(server.connections).toBe(2);
});

test('GOAWAY with an error ends all that is under way; the next goes over another connection', async () => {
  const server = await serveFrames((stream) => {
    if (stream.connection > 0) return stream.head(204, {}, true);
    stream.head(200);
    stream.data('half');
    if (stream.index === 1) stream.goAway(INTERNAL_ERROR, 3);
  });
  const transport = openTransport(HTTP2);
  const { recorder: first } = get(transport, server.url('/1'));
  await first.until(() => first.received > 0);
  const { recorder: second } = get(transport, server.url('/2'));
  expect((await first.over()).code).toBe('ERR_TRUNCATED');
  expect((await second.over()).code).toMatch(/^ERR_(?:TRUNCATED|CONNECT)$/);
  expect((await got(transport, server.url('/3'))).calls).toEqual(['head 204', 'end']);
});

test('no answer: given up in time, told to the server, and the next goes over another connection', async () => {
  const cancels: Promise<number>[] = [];
  const server = await serveFrames((stream) => {
    cancels.push(stream.cancelled);
    if (stream.connection > 0) stream.head(204, {}, true);
  });
  const transport = openTransport({ ...HTTP2, headersTimeout: 100 });
  const { error } = await got(transport, server.url());
  expect(error?.code).toBe('ERR_TIMEOUT');
  expect(error?.message).toContain('--headers-timeout');
  expect(await cancels[0]).toBe(CANCEL);
  expect((await got(transport, server.url())).calls).toEqual(['head 204', 'end']);
});

test('silence in a body: given up in time, while another stream of the connection lives on', async () => {
  const held: (() => void)[] = [];
  const server = await serveFrames((stream) => {
    stream.head(200);
    stream.data('a');
    if (stream.index === 1) held.push(() => stream.data('b', true));
    if (stream.index === 2) stream.data('', true);
  });
  const transport = openTransport({ ...HTTP2, idleTimeout: 200 });
  const { recorder: silent } = get(transport, server.url('/silent'));
  await silent.until(() => silent.received > 0);
  const { recorder: living, exchange } = get(transport, server.url('/living'));
  await living.until(() => living.received > 0);
  exchange.pause();
  const { error } = await silent.over();
  expect(error?.code).toBe('ERR_TIMEOUT');
  expect(error?.message).toContain('--idle-timeout');
  // Something came on the connection meanwhile: it is used for others.
  held[0]?.();
  exchange.resume();
  expect((await living.over()).body.toString()).toBe('ab');
});

test('interim answers are not handed on, and do not lengthen the wait', async () => {
  const server = await serveFrames(async (stream) => {
    for (let n = 0; n < 3; n++) stream.head(103, { link: '</a>' });
    stream.head(204, {}, true);
  });
  expect((await got(openTransport(HTTP2), server.url())).calls).toEqual(['head 204', 'end']);
  const endless = await serveFrames((stream) => {
    const timer = setInterval(() => stream.head(103), 20);
    void stream.cancelled.then(() => clearInterval(timer));
  });
  const { code } = await got(openTransport({ ...HTTP2, headersTimeout: 150 }), endless.url());
  expect(code).toBe('ERR_TIMEOUT');
  const many = await serveFrames((stream) => {
    for (let n = 0; n < 102; n++) stream.head(103);
  });
  expect((await got(openTransport(HTTP2), many.url())).code).toBe('ERR_PROTOCOL');
});

test('a 304 that tells a length is no broken body; a 200 with a length and no body is', async () => {
  const server = await serveFrames((stream) =>
    stream.head(stream.index === 0 ? 304 : 200, { 'content-length': '5' }, true),
  );
  const transport = openTransport(HTTP2);
  expect((await got(transport, server.url())).calls).toEqual(['head 304', 'end']);
  expect((await got(transport, server.url())).calls.at(-1)).toMatch(/^error ERR_/);
});

test.each([
  ['bytes that are no frames', (stream: FrameStream) => stream.raw(Buffer.alloc(100, 0xff)), 'ERR_TIMEOUT'],
  ['a body before the head', (stream: FrameStream) => stream.data('a', true), 'ERR_TIMEOUT'],
  ['a name in upper case', (stream: FrameStream) => stream.head(200, { 'X-A': 'b' }, true), 'ERR_CONNECT'],
  ['a status that is none', (stream: FrameStream) => stream.head(7, {}, true), 'ERR_CONNECT'],
  ['a head of 80 KB', (stream: FrameStream) => stream.head(200, LARGE_HEAD), 'ERR_PROTOCOL'],
])('%s: an error, and the next goes over another connection', async (_, script, code) => {
  const server = await serveFrames((stream) => {
    if (stream.index === 0) script(stream);
    else stream.head(204, {}, true);
  });
  // node:http2 keeps it to itself that it has given a connection up: then time tells.
  const transport = openTransport({ ...HTTP2, headersTimeout: 200 });
  expect((await got(transport, server.url())).calls).toEqual([`error ${code}`]);
  expect((await got(transport, server.url())).calls).toEqual(['head 204', 'end']);
});

test('an origin that asks for HTTP/1.1 is asked so', async () => {
  const server = await serveFrames((stream) => stream.reset(0xd));
  // This server knows only HTTP/2: the handshake fails.
  expect((await got(openTransport(HTTP2), server.url())).code).toMatch(/^ERR_(?:TLS|CONNECT)$/);
  expect(server.requests).toBe(1);
});

test('no more streams than the server allows, and none is lost by that', async () => {
  const open: Record<number, number> = {};
  let refused = 0;
  const server = await serveFrames(async (stream) => {
    const { connection } = stream;
    open[connection] = (open[connection] ?? 0) + 1;
    // What was sent before the client knew.
    const isTooMany = open[connection] > 2;
    if (isTooMany) refused++;
    else await new Promise((resolve) => setTimeout(resolve, 5));
    open[connection]--;
    if (isTooMany) stream.reset(REFUSED_STREAM);
    else stream.head(204, {}, true);
  }, 2);
  const transport = openTransport(HTTP2);
  const ask = () => Promise.all(Array.from({ length: 20 }, () => got(transport, server.url())));
  const all = Array.from({ length: 20 }, () => 'head 204,end');
  expect((await ask()).map(({ calls }) => calls.join())).toEqual(all);
  await ask();
  refused = 0;
  expect((await ask()).map(({ calls }) => calls.join())).toEqual(all);
  expect(refused).toBe(0);
});
