// Transport over any WHATWG fetch: how msw and a user's own tests come in. It knows no connections, so that the time
// for connecting counts as waiting for the head.

import { clock, type Scheduled } from '../coroutine/clock.js';
import { FetchallError } from '../model/errors.js';
import { bodyLength, fieldValue, isEndMarked } from './header-fields.js';
import { networkError } from './network-errors.js';
import type { HttpOptions } from './options.js';
import type { Exchange, HeaderFields, HttpRequest, Receiver, Transport } from './transport.js';

/** The part of the WHATWG fetch that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type WaitOptions = Pick<HttpOptions, 'headersTimeout' | 'idleTimeout'>;

export function fetchTransport(fetch: Fetch, options: WaitOptions): Transport {
  const exchanges = new Set<FetchExchange>();
  return {
    send(request, receiver) {
      const exchange = new FetchExchange(request, receiver, options, () => exchanges.delete(exchange));
      exchanges.add(exchange);
      void exchange.run(fetch);
      return exchange;
    },
    async close() {
      for (const exchange of exchanges) exchange.abort();
    },
  };
}

class FetchExchange implements Exchange {
  readonly #request: HttpRequest;
  readonly #options: WaitOptions;
  readonly #abort = new AbortController();
  readonly #leave: () => void;
  #receiver: Receiver | null;
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  #timer: Scheduled | null = null;
  #hasHead = false;
  #paused: { readonly over: Promise<void>; readonly end: () => void } | null = null;

  constructor(request: HttpRequest, receiver: Receiver, options: WaitOptions, leave: () => void) {
    this.#request = request;
    this.#receiver = receiver;
    this.#options = options;
    this.#leave = leave;
  }

  async run(fetch: Fetch): Promise<void> {
    try {
      await Promise.resolve(); // the receiver hears nothing before send has returned
      this.#expect(this.#options.headersTimeout, 'no answer within --headers-timeout');
      const response = await fetch(this.#request.url.href, {
        headers: pairs(this.#request.headers),
        redirect: 'manual',
        signal: this.#abort.signal,
      });
      this.#head(response);
      await this.#body(response);
      this.#end((receiver) => receiver.onEnd());
    } catch (error) {
      const mapped = networkError(error, this.#hasHead ? 'body' : 'head', this.#request.url.host);
      this.#end((receiver) => receiver.onError(mapped));
    }
  }

  pause(): void {
    if (this.#paused !== null) return;
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#paused = { over, end };
  }

  resume(): void {
    this.#paused?.end();
    this.#paused = null;
  }

  abort(): void {
    this.#end(() => {});
    this.resume();
    this.#letGo();
  }

  #head(response: Response): void {
    const headers: Record<string, string | string[]> = Object.fromEntries(response.headers);
    const cookies = response.headers.getSetCookie();
    if (cookies.length > 1) headers['set-cookie'] = cookies;
    this.#hasHead = true;
    const { url } = this.#request;
    this.#receiver?.onHead({
      url,
      status: response.status,
      headers,
      rawHeaders: [],
      length: handedLength(response.status, headers),
      // Of HTTP/2 a fetch tells nothing.
      ...(isEndMarked(response.status, headers) && { isEndMarked: true }),
      isDecoded: true,
    });
  }

  async #body(response: Response): Promise<void> {
    this.#reader = response.body?.getReader() ?? null;
    if (this.#receiver === null) this.#letGo();
    while (this.#reader !== null && this.#receiver !== null) {
      if (this.#paused !== null) await this.#paused.over;
      this.#expect(this.#options.idleTimeout, 'silence for longer than --idle-timeout');
      const { done, value } = await this.#reader.read();
      this.#timer?.cancel();
      if (done) return;
      this.#receiver?.onData(value);
    }
  }

  /** Gives the server so long for its next sign of life. */
  #expect(milliseconds: number, otherwise: string): void {
    this.#timer?.cancel();
    if (this.#receiver === null) return;
    this.#timer = clock.schedule(milliseconds, () => {
      const error = new FetchallError('ERR_TIMEOUT', `${this.#request.url.host}: ${otherwise}`);
      this.#end((receiver) => receiver.onError(error));
      this.#letGo();
    });
  }

  /** Not every fetch heeds its signal once the head has come: the body is cancelled too. */
  #letGo(): void {
    this.#abort.abort();
    this.#reader?.cancel().catch(() => {});
  }

  #end(tell: (receiver: Receiver) => void): void {
    this.#timer?.cancel();
    const receiver = this.#receiver;
    this.#receiver = null;
    this.#leave();
    if (receiver !== null) tell(receiver);
  }
}

/** A fetch undoes content codings, so that Content-Length does not speak of what it hands on. */
function handedLength(status: number, headers: HeaderFields): number | null {
  const coding = fieldValue(headers, 'content-encoding');
  return coding === null || coding === 'identity' ? bodyLength(status, headers) : null;
}

function pairs(headers: readonly string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) result.push([headers[i] ?? '', headers[i + 1] ?? '']);
  return result;
}
