import { expect, it } from 'vitest';
import { serve, serveRaw } from '../support/servers.js';
import { get, got, openTransport, Recorder } from './recorder.js';

/** Turns of the event loop, in which sockets are read. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

it('sends a GET with just these fields, in this order, and Host before them', async () => {
  const heads: string[] = [];
  const server = await serveRaw(async (connection) => {
    heads.push(await connection.request());
    await connection.send('HTTP/1.1 204 No Content\r\n\r\n');
  });
  await got(openTransport(), server.url('/a%20b?c=d&e'), ['X-B', '1', 'x-a', 'caf\xe9', 'X-B', '2']);
  expect(heads[0]?.replace(/connection: keep-alive\r\n/i, '')).toBe(
    `GET /a%20b?c=d&e HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nX-B: 1\r\nx-a: caf\xe9\r\nX-B: 2\r\n\r\n`,
  );
});

it("lets the user's Host stand", async () => {
  const server = await serve({ '/': {} });
  await got(openTransport(), server.url('/'), ['Host', 'virtual.example']);
  expect(server.requests[0]?.host).toBe('virtual.example');
});

it('hands on the head as it was sent, to each who asks', async () => {
  const seen: string[] = [];
  const server = await serveRaw(async (connection) => {
    for (;;) {
      seen.push(await connection.request());
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    }
  });
  const transport = openTransport();
  const heads: string[] = [];
  const addresses: (string | null)[] = [];
  for (const path of ['a', 'silent', 'b']) {
    const recorder = new Recorder();
    const receiver =
      path === 'silent'
        ? recorder
        : Object.assign(recorder, {
            onRequest(head: Uint8Array, address: string | null) {
              heads.push(Buffer.from(head).toString('latin1'));
              addresses.push(address);
            },
          });
    transport.send({ url: new URL(server.url(`/${path}`)), headers: ['X-One', 'caf\xe9'] }, receiver);
    expect((await recorder.over()).calls).toEqual(['head 200', 'end']);
  }
  expect(heads).toEqual([seen[0], seen[2]]);
  expect(addresses).toEqual(['127.0.0.1', '127.0.0.1']);
  expect(heads[1]).toMatch(/^GET \/b HTTP\/1\.1\r\nhost: .*X-One: caf\xe9\r\n\r\n$/s);
});

it('hands on the head as it was received', async () => {
  const server = await serveRaw(async (connection) => {
    await connection.request();
    await connection.send(
      'HTTP/1.1 200 Fine\r\nX-One: caf\xc3\xa9 \xe9\r\nSET-Cookie: a=1\r\nset-cookie:b=2\r\nContent-LENGTH:   5\r\n\r\nhello',
    );
  });
  const recorder = await got(openTransport(), server.url());
  expect(recorder.calls).toEqual(['head 200', 'data 5', 'end']);
  expect(recorder.head?.headers).toEqual({
    'x-one': 'caf\xc3\xa9 \xe9',
    'set-cookie': ['a=1', 'b=2'],
    'content-length': '5',
  });
  expect(recorder.head?.length).toBe(5);
  expect(recorder.head?.reason).toBe('Fine');
  expect(recorder.head?.url.href).toBe(server.url());
  expect(recorder.head?.rawHeaders.map((bytes) => Buffer.from(bytes).toString('latin1'))).toEqual([
    'X-One',
    'caf\xc3\xa9 \xe9',
    'SET-Cookie',
    'a=1',
    'set-cookie',
    'b=2',
    'Content-LENGTH',
    '5',
  ]);
});

it.each([
  ['chunked', { body: 'hello', chunked: true }, null],
  ['until the end', { body: 'hello', noLength: true }, null],
  ['empty', { body: '' }, 0],
  ['of a 404', { status: 404, body: 'hello' }, 5],
  ['coded', { body: 'hello', headers: { 'content-encoding': 'gzip' } }, 5],
])('knows the length of a body that is %s', async (_, answer, length) => {
  const server = await serve({ '/': answer });
  const recorder = await got(openTransport(), server.url());
  expect(recorder.head?.length).toBe(length);
  expect(recorder.body.toString()).toBe(answer.body);
  expect(recorder.calls.at(-1)).toBe('end');
});

it.each(['204 No Content', '304 Not Modified'])('a %s has no body, whatever it says', async (status) => {
  const server = await serveRaw(async (connection) => {
    await connection.request();
    await connection.send(`HTTP/1.1 ${status}\r\nContent-Length: 5\r\n\r\n`);
  });
  const { recorder } = get(openTransport(), server.url());
  await recorder.until(() => recorder.head !== null);
  expect(recorder.head?.length).toBe(0);
});

it('does not hand on interim responses', async () => {
  const server = await serveRaw(async (connection) => {
    await connection.request();
    await connection.send(
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n',
    );
    await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  });
  const recorder = await got(openTransport(), server.url());
  expect(recorder.calls).toEqual(['head 200', 'data 2', 'end']);
  expect(recorder.head?.rawHeaders).toHaveLength(2);
});

it('never calls the receiver from within send, even when the request cannot be sent', async () => {
  const transport = openTransport();
  const bad = get(transport, 'http://127.0.0.1:1/', ['bad name', 'x']).recorder;
  expect(bad.calls).toEqual([]);
  expect((await bad.over()).calls).toEqual(['error ERR_PROTOCOL']);
  await transport.close();
  const late = get(transport, 'http://127.0.0.1:1/').recorder;
  expect(late.calls).toEqual([]);
  expect((await late.over()).calls).toEqual(['error ERR_CONNECT']);
});

it('pause stops the flow, resume lets it go on', async () => {
  const size = 100_000_000;
  const server = await serve({ '/': { body: Buffer.alloc(1_000_000, 'x'), chunked: true } });
  let sent = 0;
  const flood = await serveRaw(async (connection) => {
    await connection.request();
    await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
    const piece = Buffer.alloc(1_000_000, 'x');
    for (; sent < size; sent += piece.length) await connection.send(piece);
  });
  const transport = openTransport();
  const { recorder, exchange } = get(transport, flood.url());
  recorder.keeps = false;
  recorder.react.head = () => exchange.pause();
  await recorder.until(() => recorder.head !== null);
  // Another exchange gets all of its own meanwhile, so the paused one has had its chance.
  for (let other = 0; other < 10; other++) await got(transport, server.url());
  await turns(20);
  expect(recorder.received).toBeLessThan(1_000_000);
  expect(sent).toBeLessThan(size / 2);
  exchange.resume();
  await recorder.until(() => recorder.received > 10_000_000);
  exchange.pause();
  const before = recorder.received;
  await got(transport, server.url());
  // What had been read already may still have come.
  expect(recorder.received - before).toBeLessThan(1_000_000);
  recorder.react.data = () => {
    exchange.pause();
    exchange.resume();
  };
  exchange.resume();
  await recorder.over();
  expect(recorder.received).toBe(size);
  expect(recorder.calls.at(-1)).toBe('end');
});

it('a long pause is no silence of the server', async () => {
  const server = await serve({
    '/': { body: Buffer.alloc(3_000_000), headers: {} },
    '/silent': { delay: 60_000 },
  });
  const transport = openTransport({ idleTimeout: 100, headersTimeout: 1500 });
  const { recorder, exchange } = get(transport, server.url());
  recorder.react.head = () => exchange.pause();
  // Timers of undici are coarse: this other request lasts longer than the idle timeout in any case.
  expect((await got(transport, server.url('/silent'))).code).toBe('ERR_TIMEOUT');
  expect(recorder.isOver).toBe(false);
  exchange.resume();
  expect((await recorder.over()).received).toBe(3_000_000);
});

it('pause and resume at odd times do no harm', async () => {
  const server = await serve({ '/': { body: 'hello' } });
  const { recorder, exchange } = get(openTransport(), server.url());
  exchange.pause();
  exchange.resume();
  exchange.resume();
  expect((await recorder.over()).body.toString()).toBe('hello');
  exchange.pause();
  exchange.resume();
  exchange.abort();
  exchange.abort();
  exchange.resume();
  await turns(5);
  expect(recorder.calls).toEqual(['head 200', 'data 5', 'end']);
});

it('given up before it has a connection, a request is never sent', async () => {
  const server = await serve({ '/': {} });
  const transport = openTransport();
  const { recorder, exchange } = get(transport, server.url('/given-up'));
  exchange.abort();
  await got(transport, server.url());
  expect(recorder.calls).toEqual([]);
  expect(server.requests.map(({ url }) => url)).toEqual(['/']);
});

it.each([
  ['while it waits for the head', { delay: 60_000 }, 0],
  ['in the body', { body: Buffer.alloc(1000), stallAt: 500 }, 500],
])('given up %s, it closes the connection and says nothing more', async (_, answer, bytes) => {
  const server = await serve({ '/': answer });
  const { recorder, exchange } = get(openTransport(), server.url());
  await server.traffic.until(() => server.inFlight === 1);
  await recorder.until(() => recorder.received === bytes);
  const calls = [...recorder.calls];
  exchange.abort();
  await server.traffic.until(() => server.inFlight === 0);
  await turns(5);
  expect(recorder.calls).toEqual(calls);
});

it.each(['head', 'data'] as const)('given up from within on%s, it says nothing more', async (call) => {
  const server = await serve({ '/': { body: Buffer.alloc(5_000_000) } });
  const { recorder, exchange } = get(openTransport(), server.url());
  recorder.react[call] = () => exchange.abort();
  await recorder.until(() => recorder.calls.some((made) => made.startsWith(call)));
  await server.traffic.until(() => server.inFlight === 0);
  await turns(5);
  expect(recorder.calls.length).toBe(call === 'head' ? 1 : 2);
});

it('given up while it is paused, it closes the connection', async () => {
  const server = await serve({ '/': { body: Buffer.alloc(5_000_000), stallAt: 4_999_999 } });
  const { recorder, exchange } = get(openTransport(), server.url());
  recorder.react.head = () => exchange.pause();
  await recorder.until(() => recorder.head !== null);
  exchange.abort();
  await server.traffic.until(() => server.inFlight === 0);
  expect(recorder.isOver).toBe(false);
});

it('never queues: as many requests as are sent are in flight at the server', async () => {
  let release = (): void => {};
  const hold = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = await serve({ '/': { hold, body: 'x' } });
  const transport = openTransport();
  const recorders = Array.from({ length: 64 }, () => get(transport, server.url()).recorder);
  await server.traffic.until(() => server.inFlight === 64);
  release();
  await Promise.all(recorders.map((recorder) => recorder.over()));
  expect(server.connections).toBe(64);
  await turns(5);
  const again = Array.from({ length: 64 }, () => got(transport, server.url()));
  for (const recorder of await Promise.all(again)) expect(recorder.body.toString()).toBe('x');
  expect(server.connections).toBe(64);
});

it('close ends all that is under way', async () => {
  const server = await serve({ '/': { delay: 60_000 } });
  const transport = openTransport();
  const { recorder } = get(transport, server.url());
  await server.traffic.until(() => server.inFlight === 1);
  await transport.close();
  await server.traffic.until(() => server.inFlight === 0);
  expect((await recorder.over()).calls).toEqual(['error ERR_CONNECT']);
  await transport.close();
});
