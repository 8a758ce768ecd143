// Transport over undici's dispatch: the only place that knows undici.

import { Socket } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { FetchallError } from '../model/errors.js';
import { bodyLength } from './header-fields.js';
import { networkError } from './network-errors.js';
import type { HttpOptions } from './options.js';
import { freeReceived } from './received-memory.js';
import { takeSentHead } from './sent-head.js';
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
  const { connectTimeout: timeout, insecure } = options;
  const connector = new Connector({ timeout, rejectUnauthorized: !insecure });
  const agent = new Agent({
    pipelining: 1,
    headersTimeout: options.headersTimeout,
    bodyTimeout: options.idleTimeout,
    keepAliveTimeout: KEEP_ALIVE,
    maxHeaderSize: LARGEST_HEAD,
    connect: (target, callback) => connector.connect(target, callback),
  });
  return {
    send: (request, receiver) => new UndiciExchange(request, receiver).begin(agent),
    async close() {
      connector.close();
      await agent.destroy();
    },
  };
}

/** undici's own connector, with two of its habits mended. */
class Connector {
  readonly #connect: buildConnector.connector;
  /** Sockets whose connection or TLS handshake is under way: undici would wait for these before it lets go. */
  readonly #connecting = new Set<Socket>();

  constructor(options: buildConnector.BuildOptions) {
    this.#connect = buildConnector(options);
  }

  connect(target: buildConnector.Options, callback: buildConnector.Callback): void {
    // It does return the socket, which its type leaves out.
    const socket: unknown = this.#connect(target, (...outcome) => {
      if (socket instanceof Socket) this.#connecting.delete(socket);
      // undici takes ECONNRESET for the end of a body that has neither length nor chunks, and half a file would pass for
      // whole. Under the name of its twin it is an error.
      outcome[1]?.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNRESET') error.code = 'ECONNABORTED';
      });
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
    const receiver = this.#receiver;
    if (receiver === null) controller.abort(new Error('given up'));
    else if (receiver.onRequest !== undefined) takeSentHead((head) => receiver.onRequest?.(head));
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
    freeReceived(bytes.length);
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
