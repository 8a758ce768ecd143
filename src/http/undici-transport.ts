// Transport over undici's dispatch: the only place that knows undici.

import { lookup } from 'node:dns';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { clock } from '../coroutine/clock.js';
import { FetchallError } from '../model/errors.js';
import { Connector, type Network } from './connector.js';
import { bodyLength, foreignTransferCoding, isBodyless, isEndMarked } from './header-fields.js';
import { Http2Exchange } from './http2-exchange.js';
import { Http2Origins } from './http2-origins.js';
import { networkError } from './network-errors.js';
import type { HttpOptions } from './options.js';
import { atEndOfReading } from './reading-socket.js';
import { freeReceived } from './received-memory.js';
import { requestTarget } from './request-target.js';
import { KEEP_ALIVE, LARGEST_HEAD, MOST_INTERIMS } from './response-limits.js';
import { takeSentHead } from './sent-head.js';
import { Sides } from './sides.js';
import type { Exchange, HttpRequest, Receiver, Transport } from './transport.js';

export type ConnectionOptions = Pick<
  HttpOptions,
  'connectTimeout' | 'headersTimeout' | 'idleTimeout' | 'insecure'
> &
  Partial<Pick<HttpOptions, 'http2'>>;

const SYSTEM: Network = { lookup, connector: buildConnector };

/**
 * Connections are not limited here: how many requests are in flight is decided above, and undici shall never queue
 * one on our behalf, because a queued request cannot be aborted.
 */
export function undiciTransport(options: ConnectionOptions, network = SYSTEM): Transport {
  const sides = new Sides((isPublic) => new Side(options, network, isPublic));
  const { headersTimeout } = options;
  const http1 = (request: HttpRequest, receiver: Receiver, side: Side): Exchange =>
    new UndiciExchange(request, receiver, { sides, side, headersTimeout }).begin();
  const means = { sides, options, http1 };
  return {
    tellsSending: true,
    send(request, receiver) {
      if (options.http2 && request.url.protocol === 'https:')
        return new Http2Exchange(request, receiver, means).begin();
      return http1(request, receiver, sides.first(request));
    },
    async close() {
      await Promise.all([sides.public.close(), sides.private.close()]);
    },
  };
}

/** The connections to public addresses, or those to all others. */
class Side {
  readonly isPublic: boolean;
  readonly agent: Agent;
  /** Those with HTTP/2. */
  readonly origins: Http2Origins;
  readonly #connector: Connector;

  constructor(options: ConnectionOptions, network: Network, isPublic: boolean) {
    this.isPublic = isPublic;
    this.#connector = new Connector(options, network, { isPublic, allowH2: false });
    this.origins = new Http2Origins(new Connector(options, network, { isPublic, allowH2: true }));
    this.agent = new Agent({
      pipelining: 1,
      headersTimeout: options.headersTimeout,
      bodyTimeout: options.idleTimeout,
      keepAliveTimeout: KEEP_ALIVE,
      maxHeaderSize: LARGEST_HEAD,
      connect: (target, callback) => {
        const { protocol, host = '' } = target;
        const spare = this.origins.takeSpare(`${protocol}//${host}`);
        // undici is still busy with the request that it connects for.
        if (spare !== undefined) queueMicrotask(() => callback(null, spare));
        else this.#connector.connect(target, callback);
      },
    });
  }

  async close(): Promise<void> {
    this.#connector.close();
    await Promise.all([this.origins.close(), this.agent.destroy()]);
  }
}

/** Where a request goes. */
interface Way {
  readonly sides: Sides<Side>;
  readonly side: Side;
  /** In ms. */
  readonly headersTimeout: number;
}

class UndiciExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  #receiver: Receiver | null;
  #controller: Dispatcher.DispatchController | null = null;
  #hasHead = false;
  #interims = 0;
  /** Whether nothing can be missing any more: undici takes the length that a 304 tells for that of its own body. */
  #isComplete = false;
  readonly #sides: Sides<Side>;
  readonly #headersTimeout: number;
  #side: Side;
  #hasTurned = false;
  /** Whether the connection has ended: a pause would keep nothing back any more. */
  #isAtEnd = false;
  /** Whether it was reset in place of ended. */
  #isReset = false;
  #isEndMarked = true;
  /** When the request went out, on the clock's ms. */
  #beganAt = 0;

  constructor(request: HttpRequest, receiver: Receiver, { sides, side, headersTimeout }: Way) {
    this.#request = request;
    this.#receiver = receiver;
    this.#sides = sides;
    this.#side = side;
    this.#headersTimeout = headersTimeout;
  }

  begin(): this {
    const { url, headers } = this.#request;
    try {
      this.#side.agent.dispatch(
        { origin: url.origin, path: requestTarget(url), method: 'GET', headers: headers as string[] },
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
    if (receiver === null) {
      controller.abort(new Error('given up'));
      return;
    }
    receiver.onSent?.();
    if (receiver.onRequest !== undefined) takeSentHead((...sent) => receiver.onRequest?.(...sent));
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
      else if (clock.now() - this.#beganAt > this.#headersTimeout) {
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
    if (this.#hasTurned || this.#receiver === null) return false;
    const other = this.#sides.after(error, this.#side, this.#request);
    if (other === null) return false;
    this.#hasTurned = true;
    this.#side = other;
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
