// Transport over undici's dispatch: the only place that knows undici.

import { lookup } from 'node:dns';
import { isIP, type LookupFunction, Socket } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { clock } from '../coroutine/clock.js';
import { FetchallError } from '../model/errors.js';
import { guardedLookup, refusedAddress } from './guarded-lookup.js';
import { bodyLength, foreignTransferCoding, isBodyless, isEndMarked } from './header-fields.js';
import { networkError } from './network-errors.js';
import type { HttpOptions } from './options.js';
import { PrivateHosts } from './private-hosts.js';
import { atEndOfReading, watchReading } from './reading-socket.js';
import { freeReceived } from './received-memory.js';
import { takeSentHead } from './sent-head.js';
import type { Exchange, HttpRequest, Receiver, Transport } from './transport.js';

/** Heads of responses larger than this are refused. */
const LARGEST_HEAD = 65_536;

/** More interim responses (RFC 9110 15.2) than this before the final one are refused. */
const MOST_INTERIMS = 100;

/** How long an idle connection is kept, in ms; most servers keep theirs for longer. */
const KEEP_ALIVE = 4_000;

export type ConnectionOptions = Pick<
  HttpOptions,
  'connectTimeout' | 'headersTimeout' | 'idleTimeout' | 'insecure'
>;

/** The way to the network. Tests put their own in, to speak of public addresses without leaving loopback. */
export interface Network {
  /** Resolves names, as `dns.lookup` does. */
  readonly lookup: LookupFunction;
  /** Makes what connects sockets; it gets its addresses from the lookup among its options, or as they stand in the URL. */
  readonly connector: (options: buildConnector.BuildOptions) => buildConnector.connector;
}

const SYSTEM: Network = { lookup, connector: buildConnector };

/**
 * Connections are not limited here: how many requests are in flight is decided above, and undici shall never queue
 * one on our behalf, because a queued request cannot be aborted.
 */
export function undiciTransport(options: ConnectionOptions, network = SYSTEM): Transport {
  const sides: Sides = {
    public: new Side(options, network, true),
    private: new Side(options, network, false),
    privateHosts: new PrivateHosts(),
    headersTimeout: options.headersTimeout,
  };
  return {
    send: (request, receiver) => new UndiciExchange(request, receiver, sides).begin(),
    async close() {
      await Promise.all([sides.public.close(), sides.private.close()]);
    },
  };
}

/**
 * Two pools of connections, so that a connection which is used again has been checked for what it is used for: one has public
 * addresses only, the other has none.
 */
interface Sides {
  readonly public: Side;
  readonly private: Side;
  readonly privateHosts: PrivateHosts;
  /** In ms. */
  readonly headersTimeout: number;
}

class Side {
  readonly isPublic: boolean;
  readonly agent: Agent;
  readonly #connector: Connector;

  constructor(options: ConnectionOptions, network: Network, isPublic: boolean) {
    this.isPublic = isPublic;
    const connector = new Connector(options, network, isPublic);
    this.#connector = connector;
    this.agent = new Agent({
      pipelining: 1,
      headersTimeout: options.headersTimeout,
      bodyTimeout: options.idleTimeout,
      keepAliveTimeout: KEEP_ALIVE,
      maxHeaderSize: LARGEST_HEAD,
      connect: (target, callback) => connector.connect(target, callback),
    });
  }

  async close(): Promise<void> {
    this.#connector.close();
    await this.agent.destroy();
  }
}

/** undici's own connector, with three of its habits mended, for one side. */
class Connector {
  readonly #connect: buildConnector.connector;
  readonly #isPublic: boolean;
  /** Sockets whose connection or TLS handshake is under way: undici would wait for these before it lets go. */
  readonly #connecting = new Set<Socket>();

  constructor({ connectTimeout, insecure }: ConnectionOptions, network: Network, isPublic: boolean) {
    this.#isPublic = isPublic;
    this.#connect = network.connector({
      timeout: connectTimeout,
      rejectUnauthorized: !insecure,
      lookup: guardedLookup(network.lookup, isPublic),
    });
  }

  connect(target: buildConnector.Options, callback: buildConnector.Callback): void {
    // An address that stands in the URL is not looked up.
    const { hostname, host } = target;
    const refusal = isIP(hostname) === 0 ? null : refusedAddress(host ?? hostname, hostname, this.#isPublic);
    if (refusal !== null) {
      queueMicrotask(() => callback(refusal, null));
      return;
    }
    // It does return the socket, which its type leaves out.
    const socket: unknown = this.#connect(target, (...outcome) => {
      if (socket instanceof Socket) this.#connecting.delete(socket);
      // undici takes ECONNRESET for the end of a body that has neither length nor chunks, and half a file would pass for
      // whole. Under the name of its twin it is an error.
      outcome[1]?.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNRESET') error.code = 'ECONNABORTED';
      });
      if (outcome[1] instanceof Socket) watchReading(outcome[1]);
      callback(...outcome);
    });
    if (socket instanceof Socket) this.#connecting.add(socket);
  }

  close(): void {
    for (const socket of this.#connecting) socket.destroy(new Error('the transport is closed'));
  }
}

class UndiciExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  #receiver: Receiver | null;
  #controller: Dispatcher.DispatchController | null = null;
  #hasHead = false;
  #interims = 0;
  /** Whether nothing can be missing any more: undici takes the length that a 304 tells for that of its own body. */
  #isComplete = false;
  readonly #sides: Sides;
  #side: Side;
  #hasTurned = false;
  /** Whether the connection has ended: a pause would keep nothing back any more. */
  #isAtEnd = false;
  /** Whether it was reset in place of ended. */
  #isReset = false;
  #isEndMarked = true;
  /** When the request went out, on the clock's ms. */
  #beganAt = 0;

  constructor(request: HttpRequest, receiver: Receiver, sides: Sides) {
    this.#request = request;
    this.#receiver = receiver;
    this.#sides = sides;
    const isPrivate = request.publicOnly !== true && sides.privateHosts.has(request.url.hostname);
    this.#side = isPrivate ? sides.private : sides.public;
  }

  begin(): this {
    const { url, headers } = this.#request;
    try {
      this.#side.agent.dispatch(
        { origin: url.origin, path: url.pathname + url.search, method: 'GET', headers: headers as string[] },
        this,
      );
    } catch (error) {
      queueMicrotask(() => this.#fail(error));
    }
    return this;
  }

  pause(): void {
    if (!this.#isAtEnd) this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    if (this.#receiver === null) return;
    this.#receiver = null;
    // Before the request has a connection there is no controller: onRequestStart aborts it then.
    this.#controller?.abort(new Error('given up'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#beganAt = clock.now();
    const receiver = this.#receiver;
    if (receiver === null) controller.abort(new Error('given up'));
    else if (receiver.onRequest !== undefined) takeSentHead((...sent) => receiver.onRequest?.(...sent));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
    reason = '',
  ): void {
    if (status < 200) {
      if (++this.#interims > MOST_INTERIMS)
        this.#refuse(controller, `more than ${MOST_INTERIMS} interim responses and no other`);
      // With each of them undici begins to wait anew.
      else if (clock.now() - this.#beganAt > this.#sides.headersTimeout) {
        this.#fail(Object.assign(new Error(), { code: 'UND_ERR_HEADERS_TIMEOUT' }));
        controller.abort(new Error('given up'));
      }
      return;
    }
    const coding = foreignTransferCoding(headers);
    if (coding !== null) {
      this.#refuse(controller, `a transfer coding that was not asked for: ${JSON.stringify(coding)}`);
      return;
    }
    this.#hasHead = true;
    atEndOfReading((isReset) => this.#readOn(isReset));
    this.#isComplete = isBodyless(status);
    this.#isEndMarked = isEndMarked(status, headers);
    const rawHeaders = Array.isArray(controller.rawHeaders) ? (controller.rawHeaders as Uint8Array[]) : [];
    this.#receiver?.onHead({
      url: this.#request.url,
      isPublic: this.#side.isPublic,
      status,
      reason,
      headers,
      rawHeaders,
      length: bodyLength(status, headers),
      isEndMarked: this.#isEndMarked,
    });
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Uint8Array): void {
    freeReceived(bytes.length);
    // What a resumed parser has left over.
    if (bytes.length === 0) return;
    this.#receiver?.onData(bytes);
  }

  onResponseEnd(): void {
    if (this.#isReset && !this.#isEndMarked) this.#fail(Object.assign(new Error(), { code: 'ECONNABORTED' }));
    else this.#end((receiver) => receiver.onEnd());
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // A wrong argument or a dead agent is reported from within dispatch.
    queueMicrotask(() => {
      if (!this.#turn(error)) this.#fail(error);
    });
  }

  #readOn(isReset: boolean): void {
    this.#isAtEnd = true;
    this.#isReset = isReset;
    this.resume();
  }

  /** Tries the other side when the host has no address on this one. */
  #turn(error: Error): boolean {
    const isElsewhere = error instanceof FetchallError && error.code === 'ERR_BLOCKED';
    const { publicOnly = false, url } = this.#request;
    if (!isElsewhere || publicOnly || this.#hasTurned || this.#receiver === null) return false;
    this.#hasTurned = true;
    this.#side = this.#side.isPublic ? this.#sides.private : this.#sides.public;
    this.#sides.privateHosts.note(url.hostname, this.#side.isPublic);
    this.begin();
    return true;
  }

  #refuse(controller: Dispatcher.DispatchController, says: string): void {
    this.#fail(new FetchallError('ERR_PROTOCOL', `${this.#request.url.host}: ${says}`));
    controller.abort(new Error('given up'));
  }

  #fail(error: unknown): void {
    this.#end((receiver) => {
      if (this.#isComplete) receiver.onEnd();
      else receiver.onError(this.#mapped(error));
    });
  }

  #end(tell: (receiver: Receiver) => void): void {
    const receiver = this.#receiver;
    this.#receiver = null;
    if (receiver !== null) tell(receiver);
  }

  #mapped(error: unknown): FetchallError {
    return networkError(error, this.#hasHead ? 'body' : 'head', this.#request.url.host);
  }
}
