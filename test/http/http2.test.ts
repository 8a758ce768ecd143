// HTTP/2 between our transport and Node's server.

import { expect, it, test } from 'vitest';
import { fakeNetwork } from '../support/fake-network.js';
import { serve } from '../support/servers.js';
import { get, got, openTransport } from './recorder.js';

const HTTP2 = { http2: true, insecure: true };
const TLS = { tls: 'valid', http2: true } as const;

function times<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

it('sends many requests at once over one connection', async () => {
  const server = await serve(() => ({ body: 'content', delay: 20 }), TLS);
  const transport = openTransport(HTTP2);
  const all = await Promise.all(times(40, (n) => got(transport, server.url(`/${n}?a=b%20c`))));
  expect(new Set(all.map(({ calls }) => calls.join()))).toEqual(new Set(['head 200,data 7,end']));
  expect(server.maxInFlight).toBe(40);
  expect(server.connections).toBe(1);
  expect(server.requests[0]?.url).toBe('/0?a=b%20c');
  expect(server.requests[0]?.host).toBe(server.host);
});

it('opens a second connection for more than fifty, and no third', async () => {
  let go = (): void => {};
  const hold = new Promise<void>((resolve) => {
    go = resolve;
  });
  const server = await serve(() => ({ hold }), TLS);
  const transport = openTransport(HTTP2);
  const all = times(60, (n) => got(transport, server.url(`/${n}`)));
  await server.traffic.until(() => server.inFlight === 60);
  await expect.poll(() => server.sessions.size).toBe(2);
  const more = times(60, (n) => got(transport, server.url(`/more${n}`)));
  await server.traffic.until(() => server.inFlight === 120);
  go();
  for (const { calls } of await Promise.all([...all, ...more])) expect(calls).toEqual(['head 200', 'end']);
  expect(server.connections).toBe(2);
});

it('is not spoken unless it is asked for', async () => {
  const server = await serve({ '/': {} }, TLS);
  await got(openTransport({ insecure: true }), server.url());
  expect(server.sessions.size).toBe(0);
  expect(server.requests).toHaveLength(1);
});

it('sends the fields with names in lower case, and the Host of the user as the authority', async () => {
  const server = await serve({ '/': {} }, TLS);
  const fields = ['Host', 'virtual.example', 'X-A', 'caf\xe9', 'x-a', 'b', 'Range', 'bytes=5-'];
  await got(openTransport(HTTP2), server.url(), fields);
  expect(server.requests[0]?.host).toBe('virtual.example');
  expect(server.requests[0]?.headers).toMatchObject({ 'x-a': 'caf\xe9, b', range: 'bytes=5-' });
});

test('a field that HTTP/2 forbids: an error, and nothing else is hurt', async () => {
  const server = await serve({ '/': {} }, TLS);
  const transport = openTransport(HTTP2);
  expect((await got(transport, server.url(), ['Proxy-Connection', 'close'])).code).toBe('ERR_PROTOCOL');
  expect((await got(transport, server.url())).calls).toEqual(['head 200', 'end']);
});

test('an origin without HTTP/2: HTTP/1.1, as many connections as requests, and the first is not wasted', async () => {
  const server = await serve(() => ({ body: 'a', delay: 50 }), { tls: 'valid' });
  const transport = openTransport(HTTP2);
  const all = await Promise.all(times(8, (n) => got(transport, server.url(`/${n}`))));
  expect(new Set(all.map(({ calls }) => calls.join()))).toEqual(new Set(['head 200,data 1,end']));
  expect(server.maxInFlight).toBe(8);
  expect(server.connections).toBe(8);
  await got(transport, server.url('/again'));
  expect(server.connections).toBe(8);
});

test('http has no HTTP/2', async () => {
  const server = await serve({ '/': {} });
  expect((await got(openTransport(HTTP2), server.url())).calls).toEqual(['head 200', 'end']);
});

test('an abort ends one stream, and not the others of its connection', async () => {
  const body = Buffer.alloc(300_000, 'x');
  const server = await serve(() => ({ body, writeSizes: 10_000, pause: 2 }), TLS);
  const transport = openTransport(HTTP2);
  const others = times(5, (n) => got(transport, server.url(`/${n}`)));
  const { recorder, exchange } = get(transport, server.url('/aborted'));
  await recorder.until(() => recorder.received > 0);
  exchange.abort();
  const { received } = recorder;
  for (const other of await Promise.all(others)) expect(other.received).toBe(300_000);
  expect(recorder.received).toBe(received);
  expect(recorder.isOver).toBe(false);
  await server.traffic.until(() => server.inFlight === 0);
  expect(server.connections).toBe(1);
});

test('an abort before the connection stands', async () => {
  const server = await serve({ '/': {} }, TLS);
  const transport = openTransport(HTTP2);
  const { recorder, exchange } = get(transport, server.url());
  exchange.abort();
  expect((await got(transport, server.url())).calls).toEqual(['head 200', 'end']);
  expect(recorder.calls).toEqual([]);
  expect(server.requests).toHaveLength(1);
});

test('a pause holds back one stream, is no silence, and not the others', async () => {
  const size = 8_000_000;
  const server = await serve({ '/large': { body: Buffer.alloc(size, 'x') }, '/small': { body: 'a' } }, TLS);
  const transport = openTransport({ ...HTTP2, idleTimeout: 200 });
  const paused = times(20, () => get(transport, server.url('/large')));
  for (const { recorder, exchange } of paused) {
    recorder.keeps = false;
    recorder.react.head = () => exchange.pause();
  }
  await Promise.all(paused.map(({ recorder }) => recorder.until(() => recorder.head !== null)));
  // More than the connection may carry unread, and longer than silence may last.
  const began = performance.now();
  while (performance.now() - began < 500)
    expect((await got(transport, server.url('/small'))).calls.at(-1)).toBe('end');
  for (const { recorder, exchange } of paused) {
    expect(recorder.isOver).toBe(false);
    expect(recorder.received).toBeLessThan(size / 2);
    exchange.resume();
  }
  for (const { recorder } of paused) expect((await recorder.over()).received).toBe(size);
  expect(server.connections).toBe(1);
});

test('close drops all, at once, and leaves nothing open', async () => {
  const server = await serve(() => ({ body: 'abc', stallAt: 1 }), TLS);
  const transport = openTransport(HTTP2);
  const all = times(3, (n) => get(transport, server.url(`/${n}`)).recorder);
  await Promise.all(all.map((recorder) => recorder.until(() => recorder.received > 0)));
  const waiting = get(transport, (await serve({}, TLS)).url()).recorder;
  await transport.close();
  for (const recorder of [...all, waiting]) expect((await recorder.over()).code).toMatch(/^ERR_/);
  await expect.poll(() => server.sessions.size).toBe(0);
  expect((await got(transport, server.url())).code).toBe('ERR_CONNECT');
});

test.each([['expired'], ['other-host'], ['self-signed'], ['valid']] as const)(
  'a certificate that cannot be trusted (%s): ERR_TLS',
  async (tls) => {
    const server = await serve({ '/': {} }, { tls, http2: true });
    const transport = openTransport({ http2: true });
    const all = await Promise.all(times(3, () => got(transport, server.url())));
    expect(all.map(({ code }) => code)).toEqual(['ERR_TLS', 'ERR_TLS', 'ERR_TLS']);
  },
);

test('nobody listens: ERR_CONNECT for all who wait', async () => {
  const server = await serve({}, TLS);
  const url = server.url();
  await server.close();
  const transport = openTransport(HTTP2);
  const all = await Promise.all(times(3, () => got(transport, url)));
  expect(all.map(({ code }) => code)).toEqual(['ERR_CONNECT', 'ERR_CONNECT', 'ERR_CONNECT']);
});

test('public and private addresses never share a connection', async () => {
  const server = await serve({ '/': {} }, TLS);
  let addresses = ['10.0.0.1'];
  const network = fakeNetwork({ 'a.test': () => addresses });
  const transport = openTransport(HTTP2, network);
  const url = new URL(`https://a.test:${server.port}/`);
  const { recorder } = get(transport, url.href);
  expect((await recorder.over()).head?.isPublic).toBe(false);
  const blocked = await new Promise((resolve) => {
    transport.send(
      { url, headers: [], publicOnly: true },
      { onHead() {}, onData() {}, onEnd: () => resolve('end'), onError: ({ code }) => resolve(code) },
    );
  });
  expect(blocked).toBe('ERR_BLOCKED');
  expect(server.requests).toHaveLength(1);
  addresses = ['93.184.216.34'];
  const allowed = await new Promise((resolve) => {
    transport.send(
      { url, headers: [], publicOnly: true },
      { onHead: ({ isPublic }) => resolve(isPublic), onData() {}, onEnd() {}, onError: resolve },
    );
  });
  expect(allowed).toBe(true);
  expect(network.dialled).toEqual(['10.0.0.1', '93.184.216.34']);
  expect(server.connections).toBe(2);
});
