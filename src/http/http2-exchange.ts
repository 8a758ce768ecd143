// One request over HTTP/2 (RFC 9113), or, where the origin has no HTTP/2, over what its first connection has agreed on. Driven
// over node:http2 and not over undici, which gives up every stream on GOAWAY, and counts a pause of ours as silence.

import type { ClientHttp2Stream, IncomingHttpStatusHeader, OutgoingHttpHeaders } from 'node:http2';
import { type Clock, clock } from '../coroutine/clock.js';
import { FetchallError } from '../model/errors.js';
import { bodyLength } from './header-fields.js';
import type { Http2Connection } from './http2-connection.js';
import type { Asker, Http2Origins } from './http2-origins.js';
import { networkError } from './network-errors.js';
import type { HttpOptions } from './options.js';
import { freeReceived } from './received-memory.js';
import { requestTarget } from './request-target.js';
import { LARGEST_HEAD, MOST_INTERIMS } from './response-limits.js';
import type { Sides } from './sides.js';
import type { Exchange, HttpRequest, Receiver } from './transport.js';

export interface Http2Side {
  readonly isPublic: boolean;
  readonly origins: Http2Origins;
}

export interface Http2Means<Side extends Http2Side> {
  readonly sides: Sides<Side>;
  readonly options: Pick<HttpOptions, 'headersTimeout' | 'idleTimeout'>;
  /** Sends it over HTTP/1.1. */
  readonly http1: (request: HttpRequest, receiver: Receiver, side: Side) => Exchange;
}

/** Error codes (RFC 9113 7). */
const REFUSED_STREAM = 0x7;
const CANCEL = 0x8;
const ENHANCE_YOUR_CALM = 0xb;
const HTTP_1_1_REQUIRED = 0xd;

export class Http2Exchange<Side extends Http2Side> implements Exchange, Asker {
  readonly #request: HttpRequest;
  readonly #means: Http2Means<Side>;
  #receiver: Receiver | null;
  #side: Side;
  #hasTurned = false;
  #wasRefused = false;
  #connection: Http2Connection | null = null;
  #stream: ClientHttp2Stream | null = null;
  #http1: Exchange | null = null;
  #error: Error | null = null;
  #hasHead = false;
  /** Whether END_STREAM has come. */
  #isWhole = false;
  #interims = 0;
  #isPaused = false;
  /** When the stream was opened, something came or a pause ended, on the clock's ms. */
  #heardAt = 0;
  #timer: ReturnType<Clock['schedule']> | null = null;

  constructor(request: HttpRequest, receiver: Receiver, means: Http2Means<Side>) {
    this.#request = request;
    this.#receiver = receiver;
    this.#means = means;
    this.#side = means.sides.first(request);
  }

  begin(): this {
    this.#side.origins.ask(this.#request.url, this);
    return this;
  }

  pause(): void {
    this.#isPaused = true;
    (this.#http1 ?? this.#stream)?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#heardAt = clock.now();
    (this.#http1 ?? this.#stream)?.resume();
  }

  abort(): void {
    if (this.#receiver === null) return;
    this.#receiver = null;
    this.#timer?.cancel();
    if (this.#http1 !== null) this.#http1.abort();
    else if (this.#stream !== null) this.#stream.close(CANCEL);
    else this.#side.origins.leave(this.#request.url, this);
  }

  onHttp1(): void {
    const receiver = this.#receiver;
    if (receiver !== null) this.#http1 = this.#means.http1(this.#request, receiver, this.#side);
  }

  onNoConnection(error: Error): void {
    const other = this.#hasTurned ? null : this.#means.sides.after(error, this.#side, this.#request);
    if (other === null) {
      this.#fail(error);
      return;
    }
    this.#hasTurned = true;
    this.#side = other;
    this.begin();
  }

  onConnection(connection: Http2Connection): void {
    this.#connection = connection;
    try {
      this.#listen(connection.open(fieldsOf(this.#request)));
      this.#receiver?.onSent?.();
    } catch (error) {
      queueMicrotask(() => this.#fail(error));
    }
  }

  #listen(stream: ClientHttp2Stream): void {
    this.#stream = stream;
    this.#heardAt = clock.now();
    this.#watch(this.#means.options.headersTimeout);
    stream.on('headers', () => this.#onInterim());
    // Its third argument is missing in the types.
    const onResponse = (head: IncomingHttpStatusHeader, _flags: number, fields: readonly string[]): void =>
      this.#onResponse(head[':status'] ?? 0, fields);
    stream.on('response', onResponse as () => void);
    stream.on('data', (bytes: Buffer) => this.#onData(bytes));
    this.#seeEnd(stream);
    stream.once('error', (error: Error) => {
      this.#error = error;
    });
    stream.once('close', () => this.#onClose(stream));
    if (this.#isPaused) stream.pause();
  }

  /** RST_STREAM with NO_ERROR looks as the end of a body does, but that its stream is closed already when the end is pushed. */
  #seeEnd(stream: ClientHttp2Stream): void {
    const push = stream.push;
    stream.push = (...given) => {
      if (given[0] === null && !stream.closed) this.#isWhole = true;
      return push.apply(stream, given);
    };
  }

  #onInterim(): void {
    // They do not lengthen the wait for the head.
    if (++this.#interims > MOST_INTERIMS)
      this.#giveUp(this.#protocolError(`more than ${MOST_INTERIMS} interim responses and no other`));
  }

  #onResponse(status: number, fields: readonly string[]): void {
    if (this.#receiver === null) return;
    const { headers, rawHeaders, size } = received(fields);
    if (size > LARGEST_HEAD) {
      this.#giveUp(Object.assign(new Error(), { code: 'UND_ERR_HEADERS_OVERFLOW' }));
      return;
    }
    this.#hasHead = true;
    this.#heard();
    this.#timer?.cancel();
    this.#watch(this.#means.options.idleTimeout);
    this.#receiver.onHead({
      url: this.#request.url,
      isPublic: this.#side.isPublic,
      status,
      headers,
      rawHeaders,
      length: bodyLength(status, headers),
      // By a flag of its last frame; a stream that is given up has none.
      isEndMarked: true,
    });
  }

  #onData(bytes: Buffer): void {
    this.#heard();
    freeReceived(bytes.length);
    if (bytes.length > 0) this.#receiver?.onData(bytes);
  }

  #onClose(stream: ClientHttp2Stream): void {
    const code = stream.rstCode;
    const { origins } = this.#side;
    // node:http2 refuses with it all that is beyond a connection's memory; another connection begins anew.
    if (code === ENHANCE_YOUR_CALM) this.#connection?.retire();
    if (this.#receiver === null) return;
    if (code === HTTP_1_1_REQUIRED && !this.#hasHead) {
      origins.demote(this.#request.url.origin);
      this.#again();
    } else if (code === REFUSED_STREAM && !this.#hasHead && !this.#wasRefused) {
      // It was not looked at (RFC 9113 8.7): the server is about to close the connection, or allows fewer streams.
      this.#wasRefused = true;
      this.#again();
    } else if (this.#hasHead && this.#isWhole && code === 0) this.#end((receiver) => receiver.onEnd());
    else this.#fail(this.#error ?? Object.assign(new Error(), { code: 'ERR_HTTP2_STREAM_CANCEL' }));
  }

  #again(): void {
    this.#timer?.cancel();
    this.#stream = null;
    this.#error = null;
    this.begin();
  }

  #heard(): void {
    this.#heardAt = clock.now();
    this.#connection?.heard();
  }

  /** Gives up after so many ms without a sign of the server; while we pause, it is we who are silent. */
  #watch(wait: number, left = wait): void {
    this.#timer = clock.schedule(left, () => {
      const silence = this.#isPaused ? 0 : clock.now() - this.#heardAt;
      if (silence < wait) this.#watch(wait, wait - silence);
      else this.#silent();
    });
  }

  #silent(): void {
    const code = this.#hasHead ? 'UND_ERR_BODY_TIMEOUT' : 'UND_ERR_HEADERS_TIMEOUT';
    this.#connection?.silent(this.#heardAt);
    this.#giveUp(Object.assign(new Error(), { code }));
  }

  #protocolError(says: string): FetchallError {
    return new FetchallError('ERR_PROTOCOL', `${this.#request.url.host}: ${says}`);
  }

  #giveUp(error: Error): void {
    const stream = this.#stream;
    this.#fail(error);
    stream?.close(CANCEL);
  }

  #fail(error: unknown): void {
    const phase = this.#hasHead ? 'body' : 'head';
    this.#end((receiver) => receiver.onError(networkError(error, phase, this.#request.url.host)));
  }

  #end(tell: (receiver: Receiver) => void): void {
    this.#timer?.cancel();
    const receiver = this.#receiver;
    this.#receiver = null;
    if (receiver !== null) tell(receiver);
  }
}

/** Names are in lower case, and Host has another (RFC 9113 8.2, 8.3.1). */
function fieldsOf({ url, headers }: HttpRequest): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = {
    ':method': 'GET',
    ':scheme': 'https',
    ':authority': url.host,
    ':path': requestTarget(url),
  };
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const written = (headers[at] ?? '').toLowerCase();
    const name = written === 'host' ? ':authority' : written;
    const value = headers[at + 1] ?? '';
    const before = name.startsWith(':') ? undefined : fields[name];
    fields[name] = before === undefined ? value : [before, value].flat();
  }
  return fields;
}

/** As they came: what node:http2 makes of them leaves out the second of a field that should come once. */
function received(fields: readonly string[]) {
  const headers: Record<string, string | string[]> = {};
  const rawHeaders: Uint8Array[] = [];
  let size = 0;
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = fields[at] ?? '';
    const value = fields[at + 1] ?? '';
    if (name.startsWith(':')) continue;
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    headers[name] = before === undefined ? value : [before, value].flat();
    size += name.length + value.length;
    rawHeaders.push(Buffer.from(name, 'latin1'), Buffer.from(value, 'latin1'));
  }
  return { headers, rawHeaders, size };
}
