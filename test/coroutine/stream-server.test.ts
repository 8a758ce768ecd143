import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  Event,
  Greenlet,
  GreenletExit,
  getcurrent,
  Pool,
  StreamServer,
  sendall,
  sleep,
  spawn,
  Timeout,
  useClock,
  useErrorHandler,
} from '../../src/coroutine/index.js';
import { eventually, turnsOfTheLoop } from '../support/drive.js';
import { FakeClock } from '../support/fake-clock.js';

const LOOPBACK = { host: '127.0.0.1', port: 0 };

let clock: FakeClock;
let reported: unknown[];
let restore: (() => void)[];
const servers: StreamServer[] = [];
const clients: Client[] = [];

beforeEach(() => {
  clock = new FakeClock();
  reported = [];
  restore = [useClock(clock), useErrorHandler((error) => reported.push(error))];
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.destroy();
  for (const server of servers.splice(0)) server.close();
  await clock.settle();
  for (const put of restore) put();
});

/** One end of a connection, that notes what comes. */
class Client {
  readonly socket: Socket;
  text = '';
  ended = false;
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    clients.push(this);
    socket.on('data', (chunk) => {
      this.text += chunk;
    });
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('close', () => {
      this.closed = true;
    });
    socket.on('error', () => {});
  }
}

async function start(...args: ConstructorParameters<typeof StreamServer>): Promise<StreamServer> {
  const server = new StreamServer(...args);
  servers.push(server);
  await server.start();
  return server;
}

async function client(server: StreamServer): Promise<Client> {
  const socket = connect({ ...server.address, allowHalfOpen: true });
  const made = new Client(socket);
  await once(socket, 'connect');
  return made;
}

async function echo(socket: Socket): Promise<void> {
  for await (const chunk of socket) socket.write(chunk);
}

it('serves each connection in a greenlet of its own, and closes its socket at the end', async () => {
  const seen: unknown[] = [];
  const server = await start(LOOPBACK, async (socket, address) => {
    seen.push(getcurrent() instanceof Greenlet, address);
    await echo(socket);
    await sendall(socket, ' and bye');
  });
  expect([server.started, server.closed, server.serverHost]).toEqual([true, false, '127.0.0.1']);
  expect(server.serverPort).toBeGreaterThan(0);
  const [one, other] = [await client(server), await client(server)];
  const { localPort } = one.socket;
  one.socket.write('hello');
  await eventually(() => one.text === 'hello');
  // Half open: the answer still comes.
  one.socket.end(' world');
  await eventually(() => one.ended);
  expect(one.text).toBe('hello world and bye');
  expect(other.ended).toBe(false);
  expect(seen.slice(0, 2)).toEqual([true, { host: '127.0.0.1', port: localPort }]);
  await server.stop();
  expect([server.started, server.closed]).toEqual([false, true]);
  other.socket.end('goes on');
  await eventually(() => other.ended);
  expect(other.text).toBe('goes on and bye');
  await expect(client(server)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(server.start()).resolves.toBeUndefined();
  expect(server.started).toBe(false);
});

it('runs a generator as well, and outlives what a handler throws', async () => {
  const server = await start(LOOPBACK, function* (socket: Socket) {
    yield sleep(0);
    socket.write('then');
    throw new Error('mine');
  });
  for (let i = 1; i <= 2; i++) {
    const made = await client(server);
    await eventually(() => {
      void clock.settle();
      return made.ended;
    });
    expect(made.text).toBe('then');
    expect(reported).toHaveLength(i);
  }
  expect(server.started).toBe(true);
});

it.each([
  ['a number', () => 2],
  ['a pool', () => new Pool(2)],
])('with %s of 2 serves 2 of 5 clients at a time, in the order in which they came', async (_, spawnIn) => {
  const begun: number[] = [];
  const gates: Event[] = [];
  let running = 0;
  const server = await start(
    LOOPBACK,
    async (socket) => {
      expect(++running).toBeLessThanOrEqual(2);
      const gate = new Event();
      gates.push(gate);
      begun.push(socket.remotePort ?? 0);
      await gate.wait();
      running--;
      socket.end('served');
    },
    { spawn: spawnIn() },
  );
  const all: Client[] = [];
  for (let i = 0; i < 5; i++) all.push(await client(server));
  const ports = all.map(({ socket }) => socket.localPort);
  await turnsOfTheLoop();
  expect(begun).toEqual(ports.slice(0, 2));
  for (let i = 0; i < 5; i++) {
    await eventually(() => gates.length > i);
    gates[i]?.set();
    await eventually(() => all[i]?.text === 'served');
  }
  expect(begun).toEqual(ports);
});

it('holds no more connections than its backlog, and forgets those whose client has gone', async () => {
  const gate = new Event();
  let served = 0;
  const server = await start(
    LOOPBACK,
    async (socket) => {
      served++;
      await gate.wait();
      socket.write('served');
    },
    { spawn: 1, backlog: 1 },
  );
  const first = await client(server);
  await eventually(() => served === 1);
  const held = await client(server);
  await turnsOfTheLoop();
  const refused = await client(server);
  await eventually(() => refused.ended || refused.closed);
  held.socket.resetAndDestroy();
  await turnsOfTheLoop();
  const next = await client(server);
  await turnsOfTheLoop();
  expect([served, next.ended]).toEqual([1, false]);
  gate.set();
  await eventually(() => first.text === 'served' && next.text === 'served');
  expect(served).toBe(2);
});

it('loses nothing of what a handler has written when it ends', async () => {
  const length = 8 * 2 ** 20;
  const server = await start(LOOPBACK, async (socket) => {
    for await (const _ of socket);
    socket.write('x'.repeat(length));
  });
  const made = await client(server);
  made.socket.pause();
  made.socket.end('give');
  await turnsOfTheLoop(200);
  made.socket.resume();
  await eventually(() => made.ended);
  expect(made.text.length).toBe(length);
});

it('sends as fast as the client reads; a Timeout and the end of the connection end the wait', async () => {
  const bulk = Buffer.alloc(32 * 2 ** 20);
  const ends: unknown[] = [];
  const server = await start(LOOPBACK, async (socket) => {
    await sendall(socket, bulk, { timeout: 10 }).catch((error: unknown) => ends.push(error));
    await sendall(socket, bulk).catch((error: unknown) => ends.push(error));
    ends.push(await sendall(socket, 'late').catch((error: unknown) => error));
  });
  const made = await client(server);
  made.socket.pause();
  await eventually(() => clock.timers === 1);
  await clock.advance(10);
  expect(ends).toEqual([expect.any(Timeout)]);
  made.socket.resetAndDestroy();
  await eventually(() => ends.length === 3);
  expect(ends.slice(1)).toEqual([expect.any(Error), expect.any(Error)]);
});

it('is stopped: with a pool it waits 1 s for the handlers, then kills the rest', async () => {
  const greenlets: (Greenlet | null)[] = [];
  const server = await start(
    LOOPBACK,
    async (socket) => {
      greenlets.push(getcurrent());
      await echo(socket);
    },
    { spawn: 2 },
  );
  const [gone, stays, held] = [await client(server), await client(server), await client(server)];
  await eventually(() => greenlets.length === 2);
  const stopping = server.stop();
  await eventually(() => held.closed || held.ended);
  gone.socket.end();
  await eventually(() => greenlets[0]?.ready() === true);
  expect(stays.ended).toBe(false);
  await clock.advance(999);
  expect(greenlets[1]?.ready()).toBe(false);
  await clock.advance(1);
  await eventually(() => greenlets[1]?.ready() === true);
  await stopping;
  expect(greenlets[1]?.value).toBeInstanceOf(GreenletExit);
  await eventually(() => stays.ended || stays.closed);
  expect(reported).toEqual([]);
});

it('has its sockets closed by a kill, whether the handler has begun, waits for the socket, or for something else', async () => {
  const greenlets: Greenlet[] = [];
  const server = await start(LOOPBACK, (socket) => (greenlets.length > 2 ? sleep(1000) : echo(socket)), {
    spawn: (handle, socket, address) => {
      const greenlet = spawn(handle, socket, address);
      greenlets.push(greenlet);
      if (greenlets.length === 2) void greenlet.kill();
      return greenlet;
    },
  });
  const all = [await client(server), await client(server), await client(server)];
  await eventually(() => greenlets.length === 3);
  await turnsOfTheLoop();
  for (const greenlet of greenlets) await greenlet.kill();
  await eventually(() => all.every(({ ended, closed }) => ended || closed));
  expect(greenlets.map(({ value }) => value instanceof GreenletExit)).toEqual([true, true, true]);
  expect(clock.timers).toBe(0);
});

it('pauses after errors of accept, for 10 ms at first and doubling up to 1 s, until a connection comes', async () => {
  const listening = createServer();
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  let served = 0;
  const server = await start(listening, () => void served++);
  const fail = () => listening.emit('error', Object.assign(new Error('too many files'), { code: 'EMFILE' }));
  for (const delay of [10, 20, 40, 80, 160, 320, 640, 1000, 1000]) {
    const before = reported.length;
    fail();
    fail();
    expect(reported).toHaveLength(before + 1);
    await clock.advance(delay - 1);
    fail();
    expect(reported).toHaveLength(before + 1);
    await clock.advance(1);
  }
  fail();
  await client(server);
  await turnsOfTheLoop();
  expect(served).toBe(0);
  await clock.advance(999);
  expect(served).toBe(0);
  await clock.advance(1);
  expect(served).toBe(1);
  // The connection was a good accept: the next pause is short again.
  fail();
  await client(server);
  await turnsOfTheLoop();
  expect(served).toBe(1);
  await clock.advance(10);
  expect(served).toBe(2);
});

it('pauses after an error of spawn, and closes that connection', async () => {
  let spawned = 0;
  const server = await start(LOOPBACK, (socket) => void socket.write('served'), {
    spawn: (...call) => {
      if (++spawned === 1) throw new Error('no room');
      return spawn(...call);
    },
  });
  const first = await client(server);
  await eventually(() => first.ended || first.closed);
  const second = await client(server);
  await turnsOfTheLoop();
  expect([spawned, reported]).toEqual([1, [new Error('no room')]]);
  await clock.advance(10);
  await eventually(() => second.text === 'served');
});

it('closes after a fatal error, and when its server is closed by another', async () => {
  const listening = createServer();
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const server = await start(listening, echo);
  listening.emit('error', Object.assign(new Error('bad file'), { code: 'EBADF' }));
  expect([server.closed, server.started, listening.listening, reported.length]).toEqual([
    true,
    false,
    false,
    1,
  ]);
  const another = createServer();
  await new Promise<void>((resolve) => another.listen(0, '127.0.0.1', resolve));
  const second = await start(another, echo);
  another.close();
  await eventually(() => second.closed);
});

it('serves for ever, until it is stopped; a kill of who waits stops it', async () => {
  const [first, second] = [new StreamServer(LOOPBACK, echo), new StreamServer(LOOPBACK, echo)];
  servers.push(first, second);
  const [one, other] = [spawn(() => first.serveForever()), spawn(() => second.serveForever())];
  await eventually(() => first.started && second.started);
  await first.stop();
  await one.get();
  await other.kill();
  expect(other.value).toBeInstanceOf(GreenletExit);
  expect(second.started).toBe(false);
});

it('is stopped at the end of a block', async () => {
  const stopped = new StreamServer(LOOPBACK, echo);
  {
    await using server = stopped;
    await server.start();
    expect(server.started).toBe(true);
  }
  expect([stopped.started, stopped.closed]).toEqual([false, true]);
});

it('speaks TLS', async () => {
  const read = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url));
  const server = await start(LOOPBACK, echo, { tls: { key: read('leaf.key'), cert: read('valid.pem') } });
  const socket = connectTls({ ...server.address, rejectUnauthorized: false });
  const made = new Client(socket);
  socket.end('secret');
  await eventually(() => made.ended);
  expect(made.text).toBe('secret');
  const plain = await client(server);
  plain.socket.write('no handshake\r\n\r\n');
  await eventually(() => plain.ended || plain.closed);
  expect(reported).toHaveLength(1);
});

it('says what it cannot listen on', async () => {
  const taken = await start(LOOPBACK, echo);
  const server = new StreamServer(`127.0.0.1:${taken.serverPort}`, echo);
  expect([server.closed, server.address]).toEqual([true, taken.address]);
  await expect(server.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await taken.stop();
  await server.start();
  await server.stop();
  const unstarted = new StreamServer(0, echo);
  unstarted.close();
  await expect(unstarted.start()).rejects.toThrow('once');
  expect(() => new StreamServer(createServer(), echo)).toThrow(TypeError);
  // @ts-expect-error the types refuse it
  expect(() => new StreamServer(0)).toThrow(TypeError);
  expect(() => new StreamServer(0, echo, { spawn: 0 })).toThrow(RangeError);
  expect(() => new StreamServer(0, echo, { backlog: 0 })).toThrow(RangeError);
});

it.each([
  [8080, '', 8080] as [number | string | { port: number }, string, number],
  ['8080', '', 8080],
  ['127.0.0.1:80', '127.0.0.1', 80],
  ['localhost:80', 'localhost', 80],
  ['*:80', '', 80],
  [':80', '', 80],
  ['[::1]:80', '::1', 80],
  [{ port: 1 }, '', 1],
])('reads %j', (written, host, port) => {
  expect(new StreamServer(written, echo).address).toEqual({ host, port });
});

it.each(['', 'localhost', 'a:b', '::1:80', '1:2:3', 70_000, -1, 1.5, Number.NaN])('refuses %j', (written) => {
  expect(() => new StreamServer(written, echo)).toThrow(RangeError);
});
