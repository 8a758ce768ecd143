// A transport without sockets: a function answers. As in the real one, nothing is called from within send.

import type {
  Exchange,
  HeaderFields,
  HttpRequest,
  Receiver,
  ResponseHead,
  Transport,
} from '../../src/http/transport.js';
import type { FetchallError } from '../../src/model/errors.js';

/** A response; 200 with an empty body where nothing is said. */
interface StubResponse {
  readonly status?: number;
  /** Names in lower case. Content-Length is added unless it is here or `length` is null. */
  readonly headers?: HeaderFields;
  /** An array or a generator gives the pieces in which the body arrives. */
  readonly body?: string | Uint8Array | Iterable<Uint8Array>;
  /** What the head says of the body's length, where it is not the truth; null: nothing. */
  readonly length?: number | null;
  /** Comes after the body, in place of the end. */
  readonly error?: FetchallError;
  /** After the body nothing more comes: neither end nor error. */
  readonly stalls?: boolean;
}

/** An error in place of a response is what a failed connection gives. */
export type StubAnswer = StubResponse | FetchallError;

export type StubFunction = (request: HttpRequest, index: number) => StubAnswer | Promise<StubAnswer>;

/** Keeps counts only, so that a million requests cost no memory; the function may note what it wants to. */
export class StubTransport implements Transport {
  /** Requests sent so far. */
  sent = 0;
  inFlight = 0;
  maxInFlight = 0;
  isClosed = false;
  readonly #answer: StubFunction;

  constructor(answer: StubFunction) {
    this.#answer = answer;
  }

  send(request: HttpRequest, receiver: Receiver): Exchange {
    const index = this.sent++;
    this.maxInFlight = Math.max(this.maxInFlight, ++this.inFlight);
    const exchange = new StubExchange(request, receiver, () => this.inFlight--);
    setImmediate(() => void this.#take(exchange, request, index));
    return exchange;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  async #take(exchange: StubExchange, request: HttpRequest, index: number): Promise<void> {
    exchange.begin(await this.#answer(request, index));
  }
}

class StubExchange implements Exchange {
  readonly #request: HttpRequest;
  #receiver: Receiver | null;
  readonly #onOver: () => void;
  #response: StubResponse | null = null;
  #pieces: Iterator<Uint8Array> = [][Symbol.iterator]();
  #isPaused = false;
  #isPushing = false;

  constructor(request: HttpRequest, receiver: Receiver, onOver: () => void) {
    this.#request = request;
    this.#receiver = receiver;
    this.#onOver = onOver;
  }

  begin(answer: StubAnswer): void {
    if (answer instanceof Error) {
      this.#end((receiver) => receiver.onError(answer));
      return;
    }
    this.#response = answer;
    this.#pieces = piecesOf(answer.body)[Symbol.iterator]();
    this.#receiver?.onHead(headOf(this.#request, answer));
    this.#push();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    setImmediate(() => this.#push());
  }

  abort(): void {
    this.#end(() => {});
  }

  #push(): void {
    const response = this.#response;
    if (response === null || this.#isPushing) return;
    this.#isPushing = true;
    while (this.#receiver !== null && !this.#isPaused) {
      const { done, value } = this.#pieces.next();
      if (done !== true) {
        this.#receiver.onData(value);
        continue;
      }
      if (response.stalls !== true) this.#finish(response.error);
      break;
    }
    this.#isPushing = false;
  }

  #finish(error: FetchallError | undefined): void {
    this.#end((receiver) => (error === undefined ? receiver.onEnd() : receiver.onError(error)));
  }

  #end(tell: (receiver: Receiver) => void): void {
    const receiver = this.#receiver;
    if (receiver === null) return;
    this.#receiver = null;
    this.#onOver();
    tell(receiver);
  }
}

function piecesOf(body: StubResponse['body'] = ''): Iterable<Uint8Array> {
  if (typeof body === 'string') return body === '' ? [] : [Buffer.from(body)];
  return body instanceof Uint8Array ? [body] : body;
}

function headOf(request: HttpRequest, response: StubResponse): ResponseHead {
  const { status = 200, headers = {} } = response;
  const length = response.length === undefined ? sizeOf(response.body) : response.length;
  const known = length === null || 'content-length' in headers ? {} : { 'content-length': String(length) };
  return { url: request.url, status, headers: { ...known, ...headers }, rawHeaders: [], length };
}

/** null for pieces: a generator's size shows only when it has been read. */
function sizeOf(body: StubResponse['body'] = ''): number | null {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.length : null;
}
