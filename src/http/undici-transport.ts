// Transport over undici's dispatch: the only place that knows undici.

import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { FetchallError } from '../model/errors.js';
import { bodyLength } from './header-fields.js';
import { networkError } from './network-errors.js';
import type { HttpOptions } from './options.js';
import type { Exchange, HttpRequest, Receiver, Transport } from './transport.js';

/** Heads of responses larger than this are refused. */
const LARGEST_HEAD = 65_536;

/** How long an idle connection is kept, in ms; most servers keep theirs for longer. */
const KEEP_ALIVE = 4_000;

export type ConnectionOptions = Pick<
  HttpOptions,
  'connectTimeout' | 'headersTimeout' | 'idleTimeout' | 'insecure'
>;

/**
 * Connections are not limited here: how many requests are in flight is decided above, and undici shall never queue
 * one on our behalf, because a queued request cannot be aborted.
 */
export function undiciTransport(options: ConnectionOptions): Transport {
  const agent = new Agent({
    pipelining: 1,
    headersTimeout: options.headersTimeout,
    bodyTimeout: options.idleTimeout,
    keepAliveTimeout: KEEP_ALIVE,
    maxHeaderSize: LARGEST_HEAD,
    connect: connector({ timeout: options.connectTimeout, rejectUnauthorized: !options.insecure }),
  });
  return {
    send: (request, receiver) => new UndiciExchange(request, receiver).begin(agent),
    close: () => agent.destroy(),
  };
}

/**
 * undici takes ECONNRESET for the end of a body that has neither length nor chunks, and half a file would pass for whole.
 * Under the name of its twin it is an error.
 */
function connector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) =>
    connect(target, (...outcome) => {
      outcome[1]?.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNRESET') error.code = 'ECONNABORTED';
      });
      callback(...outcome);
    });
}

class UndiciExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  #receiver: Receiver | null;
  #controller: Dispatcher.DispatchController | null = null;
  #hasHead = false;

  constructor(request: HttpRequest, receiver: Receiver) {
    this.#request = request;
    this.#receiver = receiver;
  }

  begin(agent: Agent): this {
    const { url, headers } = this.#request;
    try {
      agent.dispatch(
        { origin: url.origin, path: url.pathname + url.search, method: 'GET', headers: headers as string[] },
        this,
      );
    } catch (error) {
      queueMicrotask(() => this.#end((receiver) => receiver.onError(this.#mapped(error))));
    }
    return this;
  }

  pause(): void {
    this.#controller?.pause();
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
    if (this.#receiver === null) controller.abort(new Error('given up'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#hasHead = true;
    const rawHeaders = Array.isArray(controller.rawHeaders) ? (controller.rawHeaders as Uint8Array[]) : [];
    this.#receiver?.onHead({
      url: this.#request.url,
      status,
      headers,
      rawHeaders,
      length: bodyLength(status, headers),
    });
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Uint8Array): void {
    this.#receiver?.onData(bytes);
  }

  onResponseEnd(): void {
    this.#end((receiver) => receiver.onEnd());
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // A wrong argument or a dead agent is reported from within dispatch.
    queueMicrotask(() => this.#end((receiver) => receiver.onError(this.#mapped(error))));
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
