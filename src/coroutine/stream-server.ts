// A TCP or TLS server with a greenlet for each connection (gevent.server.StreamServer).

import type { Server, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { clock } from './clock.js';
import { Event } from './event.js';
import { Greenlet } from './greenlet.js';
import { handleError } from './handle-error.js';
import { Line } from './line.js';
import { type ListenAddress, listen, type NetworkAddress, readListenAddress } from './listen.js';
import { Pool, PoolFull } from './pool.js';
import { mainScope } from './scope.js';
import { sleep } from './sleep.js';
import type { TimeLimit } from './timeout.js';

/** Serves one connection, in a greenlet of its own; the socket is closed when that has ended, and destroyed by a kill. */
export type ConnectionHandler = (socket: Socket, address: NetworkAddress) => unknown;

export interface StreamServerOptions {
  /**
   * Where handlers run: each in a greenlet, without limit; in a Pool, which when it is full makes connections wait; in a
   * new Pool of so many; or as a function says, that starts a greenlet. @default 'default'
   */
  readonly spawn?:
    | 'default'
    | Pool
    | number
    | ((handle: ConnectionHandler, socket: Socket, address: NetworkAddress) => Greenlet)
    | undefined;
  /** Serves TLS, with these options of `tls.createServer`. @default null, plain TCP */
  readonly tls?: TlsOptions | null | undefined;
  /** The most connections that wait for a handler; further ones are closed at once. @default 511 */
  readonly backlog?: number | undefined;
}

/** How long `stop` lets the handlers of a pool go on, and then waits for those that it has killed, in ms. */
const STOP_TIMEOUT = 1000;
/** The pause after an error, in ms: the first one, and the longest, as each error doubles the next. */
const [MIN_DELAY, MAX_DELAY] = [10, 1000];
const FATAL = ['EBADF', 'EINVAL', 'ENOTSOCK'];

/** Serves once: from `start` to `stop`. */
export class StreamServer {
  readonly #handle: ConnectionHandler;
  readonly #pool: Pool | null;
  readonly #spawn: (handle: ConnectionHandler, socket: Socket, address: NetworkAddress) => Greenlet;
  readonly #tls: TlsOptions | null;
  readonly #backlog: number;
  #address: NetworkAddress;
  /** Null while there is none that listens. */
  #server: Server | null = null;
  #starting: Promise<void> | null = null;
  /** Connections that nobody handles yet: Node accepts them whether we want it or not. */
  readonly #held = new Line<Socket>();
  readonly #arrived = new Event();
  readonly #stopped = new Event();
  #isOver = false;
  #delay = MIN_DELAY;
  #pauseEnds = 0;
  readonly #acceptor = new Greenlet(() => this.#accept());

  /**
   * @param listener where to listen, or a server of node:net or node:tls that listens already
   * @throws TypeError when `handle` is no function; RangeError when an address or a number is out of range
   */
  constructor(
    listener: ListenAddress | Server,
    handle: ConnectionHandler,
    { spawn = 'default', tls = null, backlog = 511 }: StreamServerOptions = {},
  ) {
    if (typeof handle !== 'function')
      throw new TypeError('a StreamServer has a function that handles connections');
    if (!(backlog >= 1)) throw new RangeError('a backlog holds 1 connection or more');
    this.#handle = handle;
    this.#tls = tls;
    this.#backlog = backlog;
    const pool = typeof spawn === 'number' ? new Pool(spawn) : spawn;
    this.#pool = pool instanceof Pool ? pool : null;
    if (pool instanceof Pool) this.#spawn = (...call) => pool.trySpawn(...call);
    else this.#spawn = typeof pool === 'function' ? pool : (...call) => Greenlet.spawn(...call);
    if (typeof listener === 'object' && 'listening' in listener) {
      this.#server = listener;
      this.#address = addressOf(listener);
    } else this.#address = readListenAddress(listener);
    this.#stopped.set();
  }

  /** True from `start` to `stop`. */
  get started(): boolean {
    return !this.#stopped.isSet();
  }

  /** True while nothing listens. */
  get closed(): boolean {
    return this.#server === null;
  }

  /** Where it listens; until it is started, where it shall. */
  get address(): NetworkAddress {
    return this.#address;
  }

  get serverHost(): string {
    return this.#address.host;
  }

  /** Port 0 is resolved by `start`. */
  get serverPort(): number {
    return this.#address.port;
  }

  /** Listens, and begins to accept connections. @throws the system's error; Error when it was closed before */
  start(): Promise<void> {
    this.#starting ??= this.#begin().catch((error: unknown) => {
      this.#starting = null;
      throw error;
    });
    return this.#starting;
  }

  /** Listens no more. Connections that nobody handles yet are closed; handlers go on. */
  close(): void {
    this.#isOver = true;
    this.#server?.close();
    this.#server = null;
    void this.#acceptor.kill(undefined, { block: false });
    while (this.#held.size > 0) this.#held.shift()?.destroy();
    this.#stopped.set();
  }

  /**
   * As `close`; with a pool it then waits for all of its greenlets, and kills those that do not end in time.
   *
   * @param options.timeout @default 1 s
   */
  async stop({ timeout = STOP_TIMEOUT }: { readonly timeout?: TimeLimit } = {}): Promise<void> {
    this.close();
    await this.#pool?.join({ timeout });
    await this.#pool?.kill(undefined, { timeout: STOP_TIMEOUT });
  }

  /** Starts it, if that was not done, and waits until it is stopped; stops it when the wait is ended by a kill or a Timeout. */
  async serveForever({ stopTimeout }: { readonly stopTimeout?: TimeLimit } = {}): Promise<void> {
    await this.start();
    try {
      await this.#stopped.wait();
    } finally {
      await Greenlet.spawn(() => this.stop({ timeout: stopTimeout })).join();
    }
  }

  /** `await using server = new StreamServer(...)`: stops it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  toString(): string {
    return `<StreamServer ${this.serverHost}:${this.serverPort}>`;
  }

  async #begin(): Promise<void> {
    if (this.#isOver) throw new Error('a StreamServer is started once');
    // What the sockets call runs outside any greenlet, whoever starts the server.
    const server = this.#server ?? (await mainScope.run(listen, this.#address, this.#backlog, this.#tls));
    if (this.#isOver) {
      server.close();
      throw new Error('the StreamServer was closed while it started');
    }
    this.#server = server;
    this.#address = addressOf(server);
    const connected = 'setSecureContext' in server ? 'secureConnection' : 'connection';
    server.on(connected, (socket: Socket) => this.#hold(socket));
    server.on('tlsClientError', (error) => handleError(error, this));
    server.on('error', (error) => this.#pause(error));
    server.on('close', () => this.close());
    this.#stopped.clear();
    this.#acceptor.start();
  }

  #hold(socket: Socket): void {
    this.#delay = MIN_DELAY;
    // Without a listener, an error of a socket would end the process; the handler meets it when it reads or writes.
    socket.on('error', () => {});
    if (this.#isOver || this.#held.size >= this.#backlog) {
      socket.destroy();
      return;
    }
    // Read to its end a stream destroys itself, with all that is still to be written: here the handler's end closes it.
    socket[Symbol.asyncIterator] = () => socket.iterator({ destroyOnReturn: false });
    const place = this.#held.push(socket);
    socket.once('close', () => this.#held.remove(place));
    this.#arrived.set();
  }

  async #accept(): Promise<never> {
    for (;;) {
      const pause = this.#pauseEnds - clock.now();
      if (pause > 0) await sleep(pause);
      else if (this.#held.size === 0) {
        this.#arrived.clear();
        await this.#arrived.wait();
      } else if (this.#pool?.full() || !this.#serve(this.#held.first as Socket)) {
        await this.#pool?.waitAvailable();
      }
    }
  }

  /** @returns false when the pool has no slot after all: others wait for it */
  #serve(socket: Socket): boolean {
    try {
      const address = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
      const greenlet = this.#spawn(this.#handle, socket, address);
      // A kill reaches no foreign promise, and a handler waits for its socket: so the socket ends that wait.
      greenlet.signal.addEventListener('abort', () => socket.destroy(greenlet.signal.reason));
      greenlet.rawlink(() => socket.destroySoon());
    } catch (error) {
      if (error instanceof PoolFull && this.#pool !== null) return false;
      socket.destroy();
      this.#pause(error);
    }
    this.#held.shift();
    return true;
  }

  /** After an error, of accept or of spawn, no connection is handled for a while. */
  #pause(error: unknown): void {
    const isFatal = error instanceof Error && 'code' in error && FATAL.includes(String(error.code));
    // Where accept fails it fails at every turn of the loop: one report a pause will do.
    if (!isFatal && clock.now() < this.#pauseEnds) return;
    handleError(error, this);
    if (isFatal) this.close();
    this.#pauseEnds = clock.now() + this.#delay;
    this.#delay = Math.min(MAX_DELAY, this.#delay * 2);
  }
}

function addressOf(server: Server): NetworkAddress {
  const address = server.address();
  if (address === null) throw new TypeError('a server that is given to a StreamServer listens already');
  return typeof address === 'string'
    ? { host: address, port: 0 }
    : { host: address.address, port: address.port };
}
