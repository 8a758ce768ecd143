// One HTTP/2 connection (RFC 9113) and how many of its streams are in use.

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import { type Clock, clock } from '../coroutine/clock.js';
import { KEEP_ALIVE, LARGEST_HEAD } from './response-limits.js';

/** Bytes of one body that may be under way or wait to be read, and of all bodies of a connection together. */
const STREAM_WINDOW = 1_048_576;
const CONNECTION_WINDOW = 16 * 1_048_576;

/** Streams at once until a server has told how many it allows; none should allow fewer (RFC 9113 6.5.2). */
export const STREAMS_AT_FIRST = 100;

/** MB: only the windows shall hold a server back. */
const SESSION_MEMORY = 1000;

export class Http2Connection {
  readonly #session: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #gone: Promise<void>;
  readonly #onFree: () => void;
  #limit: number;
  #streams = 0;
  /** When something came last, on the clock's ms. */
  #heardAt = clock.now();
  #isRetired = false;
  #isGone = false;
  #idle: ReturnType<Clock['schedule']> | null = null;

  /**
   * @param limit streams at once, until the server has told
   * @param onFree called when another stream may be opened, or none any more
   */
  constructor(origin: string, socket: Socket, limit: number, onFree: () => void) {
    this.#limit = limit;
    this.#onFree = onFree;
    this.#socket = socket;
    this.#session = connect(origin, {
      createConnection: () => socket,
      maxSessionMemory: SESSION_MEMORY,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: LARGEST_HEAD },
    });
    this.#session.once('connect', () => this.#session.setLocalWindowSize(CONNECTION_WINDOW));
    this.#session.on('remoteSettings', ({ maxConcurrentStreams }) => {
      // A server that allows none at the moment keeps the next one waiting, and its time runs.
      this.#limit = Math.max(1, maxConcurrentStreams ?? Number.POSITIVE_INFINITY);
      onFree();
    });
    // Its streams tell it too.
    this.#session.on('error', () => {});
    this.#session.on('goaway', onFree);
    this.#gone = new Promise((resolve) => {
      this.#session.once('close', () => {
        this.#idle?.cancel();
        this.#isGone = true;
        onFree();
        resolve();
      });
    });
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whether further streams can ever be opened: not after GOAWAY (RFC 9113 6.8). */
  get isOpen(): boolean {
    return !this.#isRetired && !this.#session.closed && !this.#session.destroyed;
  }

  /** Streams that the server allows at once, as far as is known. */
  get limit(): number {
    return this.#limit;
  }

  get streams(): number {
    return this.#streams;
  }

  get hasRoom(): boolean {
    return this.isOpen && this.#streams < this.#limit;
  }

  /** @throws Error when a field cannot be sent over HTTP/2 */
  open(fields: OutgoingHttpHeaders): ClientHttp2Stream {
    const stream = this.#session.request(fields, { endStream: true });
    this.#streams++;
    this.#idle?.cancel();
    stream.once('close', () => {
      this.#streams--;
      if (this.#streams === 0) this.#rest();
      this.#onFree();
    });
    return stream;
  }

  heard(): void {
    this.#heardAt = clock.now();
  }

  /** A stream has waited in vain since then. Where nothing else came either, the connection itself may be dead: no more on it. */
  silent(since: number): void {
    if (this.#heardAt <= since) this.retire();
  }

  /** Opens no more streams; those that are open go on to their end. */
  retire(): void {
    this.#isRetired = true;
    this.#session.close();
    this.#onFree();
  }

  /** Drops all streams, at once. */
  close(): Promise<void> {
    this.#session.destroy();
    // One that was closed in good order waits for the other side to say so too.
    this.#socket.destroy();
    return this.#gone;
  }

  #rest(): void {
    this.#idle = clock.schedule(KEEP_ALIVE, () => this.retire());
  }
}
