// The HTTP/2 connections of one side, by origin: one, and a second when many streams are open. Which version an origin speaks is
// found by its first connection (ALPN, RFC 7301); who asks meanwhile waits here, where a request can still be given up.

import type { Socket } from 'node:net';
import { type Connector, speaksHttp2 } from './connector.js';
import { Http2Connection, STREAMS_AT_FIRST } from './http2-connection.js';

const MOST_CONNECTIONS = 2;

/** Streams of the first connection beyond which there is a second. */
const MANY_STREAMS = 50;

/** Origins with HTTP/1.1 that are kept in mind: what is forgotten is offered HTTP/2 once more. */
const MOST_REMEMBERED = 1000;

/** Who wants to send a request; called once, and not before {@link Http2Origins.ask} has returned unless it is known at once. */
export interface Asker {
  onConnection(connection: Http2Connection): void;
  /** The origin speaks HTTP/1.1 only. */
  onHttp1(): void;
  /** There is no connection. */
  onNoConnection(error: Error): void;
}

export class Http2Origins {
  readonly #connector: Connector;
  readonly #origins = new Map<string, Http2Origin>();
  readonly #http1 = new Set<string>();
  /** Connected to find the version, and it was HTTP/1.1: for the first request. */
  readonly #spare = new Map<string, Socket>();
  #isClosed = false;

  constructor(connector: Connector) {
    this.#connector = connector;
  }

  ask(url: URL, asker: Asker): void {
    const { origin } = url;
    if (this.#isClosed) {
      queueMicrotask(() => asker.onNoConnection(closed()));
      return;
    }
    if (this.#http1.has(origin)) {
      asker.onHttp1();
      return;
    }
    let known = this.#origins.get(origin);
    if (known === undefined) {
      known = new Http2Origin(url, this.#connector, {
        onHttp1: (socket) => this.#useHttp1(origin, socket),
        onUnused: () => this.#origins.delete(origin),
      });
      this.#origins.set(origin, known);
    }
    known.ask(asker);
  }

  /** Does not want to send any more; nothing happens when it has been called. */
  leave({ origin }: URL, asker: Asker): void {
    this.#origins.get(origin)?.leave(asker);
  }

  /** The origin has asked for HTTP/1.1 (RFC 9113 7: HTTP_1_1_REQUIRED). */
  demote(origin: string): void {
    this.#useHttp1(origin, null);
  }

  /** A connection to the origin that is in use by nobody, if there is one. */
  takeSpare(origin: string): Socket | undefined {
    const socket = this.#spare.get(origin);
    this.#spare.delete(origin);
    return socket;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#connector.close();
    await Promise.all([...this.#origins.values()].map((origin) => origin.close()));
  }

  #useHttp1(origin: string, socket: Socket | null): void {
    const [oldest] = this.#http1;
    if (this.#http1.size >= MOST_REMEMBERED && oldest !== undefined) this.#http1.delete(oldest);
    this.#http1.add(origin);
    if (socket === null) return;
    if (!this.#isClosed) this.#spare.set(origin, socket);
    // undici takes it while the first request is handed on; nobody may be left who asks.
    queueMicrotask(() => {
      if (this.#spare.get(origin) === socket || this.#isClosed) {
        this.takeSpare(origin);
        socket.destroy();
      }
    });
  }
}

interface Reports {
  onHttp1(socket: Socket): void;
  /** Nobody waits, and there is no connection. */
  onUnused(): void;
}

class Http2Origin {
  readonly #url: URL;
  readonly #connector: Connector;
  readonly #reports: Reports;
  /** First come, first served. */
  readonly #askers = new Set<Asker>();
  #connections: Http2Connection[] = [];
  #isConnecting = false;
  #most = MOST_CONNECTIONS;

  constructor(url: URL, connector: Connector, reports: Reports) {
    this.#url = url;
    this.#connector = connector;
    this.#reports = reports;
  }

  ask(asker: Asker): void {
    this.#askers.add(asker);
    this.#serve();
  }

  leave(asker: Asker): void {
    this.#askers.delete(asker);
  }

  async close(): Promise<void> {
    this.#most = 0;
    this.#refuse(closed());
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  #serve(): void {
    this.#connections = this.#connections.filter(({ isGone }) => !isGone);
    for (const asker of this.#askers) {
      const connection = this.#freest();
      if (connection === null) break;
      this.#askers.delete(asker);
      asker.onConnection(connection);
    }
    if (this.#wantsMore()) this.#connect();
    else if (this.#connections.length === 0 && this.#askers.size === 0 && !this.#isConnecting)
      this.#reports.onUnused();
  }

  #freest(): Http2Connection | null {
    let freest: Http2Connection | null = null;
    for (const connection of this.#connections)
      if (connection.hasRoom && connection.streams < (freest?.streams ?? Number.POSITIVE_INFINITY))
        freest = connection;
    return freest;
  }

  #wantsMore(): boolean {
    const open = this.#connections.filter(({ isOpen }) => isOpen);
    if (this.#isConnecting || open.length >= this.#most) return false;
    return this.#askers.size > 0 || (open[0]?.streams ?? 0) > MANY_STREAMS;
  }

  #connect(): void {
    this.#isConnecting = true;
    const { hostname, host, protocol, port } = this.#url;
    this.#connector.connect(
      { hostname: hostname.replace(/^\[|\]$/g, ''), host, protocol, port },
      (error, socket) => {
        this.#isConnecting = false;
        if (error !== null) this.#failed(error);
        else if (this.#most === 0) socket.destroy();
        else if (speaksHttp2(socket)) this.#add(socket);
        else this.#foundHttp1(socket);
        this.#serve();
      },
    );
  }

  #add(socket: Socket): void {
    const limit = this.#connections[0]?.limit ?? STREAMS_AT_FIRST;
    this.#connections.push(new Http2Connection(this.#url.origin, socket, limit, () => this.#serve()));
  }

  #failed(error: Error): void {
    // A second one that cannot be had is not missed.
    if (this.#connections.some(({ isOpen }) => isOpen)) this.#most = 1;
    else this.#refuse(error);
  }

  #foundHttp1(socket: Socket): void {
    this.#reports.onHttp1(socket);
    const askers = [...this.#askers];
    this.#askers.clear();
    for (const asker of askers) asker.onHttp1();
  }

  #refuse(error: Error): void {
    const askers = [...this.#askers];
    this.#askers.clear();
    for (const asker of askers) asker.onNoConnection(error);
  }
}

function closed(): Error {
  return Object.assign(new Error(), { code: 'UND_ERR_DESTROYED' });
}
