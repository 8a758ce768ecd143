// A real server on loopback, with knobs for each path. It counts what it sees. No vitest in here: benches use it too.

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import { type Answer, writeAnswer } from './answer.js';
import { packageRoot } from './package-root.js';
import { type SeenRequest, Traffic } from './traffic.js';

/** Answers for the first, second ... request of a path; the last one stays. */
interface AnswerSequence {
  readonly times: readonly Answer[];
}

/** What a path answers: always the same, in turn, or as a function decides for each request. */
export type Route = Answer | AnswerSequence | ((request: SeenRequest) => Answer | Promise<Answer>);

/** Certificates of fixtures/tls: `valid` is for localhost, 127.0.0.1 and ::1, signed by the test CA. */
type TestCertificate = 'valid' | 'expired' | 'other-host' | 'self-signed';

export interface TestServerOptions {
  /** With a certificate the server speaks HTTPS. */
  readonly tls?: TestCertificate;
  /** With a certificate: whether HTTP/2 is offered too. */
  readonly http2?: boolean;
  /** Takes the requests that no route matches, with Node's own objects; without it they get a 404. */
  readonly fallback?: RequestListener;
  /** The loopback address listened on: `127.0.0.1` when not given. */
  readonly address?: string;
}

/** A file of fixtures/tls. */
export function tlsFile(name: string): Buffer {
  return readFileSync(join(packageRoot, 'fixtures', 'tls', name));
}

/** The certificate of the test CA, for `ca` options. */
export function testCa(): string {
  return tlsFile('ca.pem').toString();
}

/** Its path, for NODE_EXTRA_CA_CERTS of a child process. */
export const testCaFile = join(packageRoot, 'fixtures', 'tls', 'ca.pem');

/**
 * Starts a server on a free port. A path (`/a.bin`, the query is no part of it) that has no route is a 404.
 * Close it when the test ends: `onTestFinished(() => server.close())`.
 */
export async function startTestServer(
  routes: Readonly<Record<string, Route>> | ((request: SeenRequest) => Answer | Promise<Answer>) = {},
  options: TestServerOptions = {},
): Promise<TestServer> {
  const server = new TestServer(routes, options);
  await server.listen();
  return server;
}

export class TestServer {
  /** What was asked for, and how much at once. */
  readonly traffic = new Traffic();
  /** Connections opened so far. */
  connections = 0;
  /** Those of them that speak HTTP/2 and are open. */
  readonly sessions = new Set<ServerHttp2Session>();
  readonly #server: Server;
  readonly #routes: Readonly<Record<string, Route>> | ((request: SeenRequest) => Answer | Promise<Answer>);
  readonly #options: TestServerOptions;
  /** By the client's port, because a TLS socket cannot be reset: the TCP socket below it can. */
  readonly #sockets = new Map<number | undefined, Socket>();

  constructor(
    routes: Readonly<Record<string, Route>> | ((request: SeenRequest) => Answer | Promise<Answer>),
    options: TestServerOptions,
  ) {
    this.#routes = routes;
    this.#options = options;
    const listener: RequestListener = (request, response) => void this.#take(request, response);
    this.#server = this.#create(listener);
    this.#server.on('connection', (socket: Socket) => {
      this.connections++;
      const { remotePort } = socket;
      this.#sockets.set(remotePort, socket);
      socket.on('close', () => this.#sockets.delete(remotePort));
    });
  }

  get requests(): readonly SeenRequest[] {
    return this.traffic.requests;
  }

  get inFlight(): number {
    return this.traffic.inFlight;
  }

  get maxInFlight(): number {
    return this.traffic.maxInFlight;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Host and port: what a Host field holds. */
  get host(): string {
    return `${this.#options.address ?? '127.0.0.1'}:${this.port}`;
  }

  url(path = '/'): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://${this.host}${path}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, this.#options.address ?? '127.0.0.1', resolve);
    });
  }

  /** Destroys all connections, whatever they are doing. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets.values()) socket.destroy();
    await closed;
  }

  #create(listener: RequestListener): Server {
    const { tls, http2 = false } = this.#options;
    if (tls === undefined) return createServer(listener);
    const files = { key: tlsFile('leaf.key'), cert: tlsFile(`${tls}.pem`) };
    if (!http2) return createTlsServer(files, listener);
    // Node's compatible requests and responses have all that is used here.
    const server: Http2SecureServer = createSecureServer(
      { ...files, allowHTTP1: true, maxSessionMemory: 1000 },
      listener as unknown as Parameters<typeof createSecureServer>[1],
    );
    server.on('session', (session) => {
      this.sessions.add(session);
      session.on('error', () => {});
      session.on('close', () => this.sessions.delete(session));
    });
    return server;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers, rawHeaders } = request;
    // A stream that the client resets is no fault of the server.
    request.on('error', () => {});
    const at = performance.now();
    const { seen, end } = this.traffic.begin({
      method,
      url,
      headers,
      rawHeaders,
      host: headers.host ?? String(headers[':authority'] ?? ''),
      at,
    });
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
      end();
    });
    const route = this.#routeFor(seen);
    if (route === undefined && this.#options.fallback !== undefined) {
      this.#options.fallback(request, response);
      return;
    }
    const answer = typeof route === 'function' ? await route(seen) : pick(route, seen);
    await writeAnswer(answer, response, {
      gone: gone.signal,
      ending: end,
      ...this.#breaks(request, response),
    });
  }

  /** The ways to break off: those of a connection, or of a stream. */
  #breaks(
    request: IncomingMessage,
    response: ServerResponse | Http2ServerResponse,
  ): { truncate(): void; reset(): void } {
    if ('stream' in response) {
      const { stream } = response;
      return {
        truncate: () => void stream.end(),
        reset: () => stream.destroy(new Error('the test asks for it')),
      };
    }
    return {
      truncate: () => void response.socket?.end(),
      reset: () => this.#sockets.get(request.socket.remotePort)?.resetAndDestroy(),
    };
  }

  #routeFor(seen: SeenRequest): Route | undefined {
    if (typeof this.#routes === 'function') return this.#routes;
    const path = seen.url.split('?', 1)[0] ?? '';
    return Object.hasOwn(this.#routes, path) ? this.#routes[path] : undefined;
  }
}

function pick(route: Answer | AnswerSequence | undefined, seen: SeenRequest): Answer {
  if (route === undefined) return { status: 404, body: 'no such path\n' };
  if (!('times' in route)) return route;
  return route.times[Math.min(seen.earlier, route.times.length - 1)] ?? { status: 404 };
}
