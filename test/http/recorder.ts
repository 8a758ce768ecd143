// A receiver that keeps all it hears, for the tests of this room.

import { onTestFinished } from 'vitest';
import type { Network } from '../../src/http/connector.js';
import type { FinalReceiver } from '../../src/http/follow.js';
import type { ReachPolicy } from '../../src/http/reach.js';
import type { Exchange, ResponseHead, Transport } from '../../src/http/transport.js';
import { type ConnectionOptions, undiciTransport } from '../../src/http/undici-transport.js';
import { FetchallError } from '../../src/model/errors.js';

export class Recorder implements FinalReceiver {
  /** In order: `head 200`, `data 5`, `end`, `error ERR_DNS`, `refused 302 ERR_REDIRECT`. */
  readonly calls: string[] = [];
  readonly pieces: Uint8Array[] = [];
  received = 0;
  head: ResponseHead | null = null;
  error: FetchallError | null = null;
  /** Kept: false to count only. */
  keeps = true;
  /** Called from within the calls of the same name, after they have been noted. */
  react: { head?: () => void; data?: () => void } = {};
  readonly #waiting = new Set<() => void>();

  onHead(head: ResponseHead): void {
    this.head = head;
    this.#note(`head ${head.status}`);
    this.react.head?.();
  }

  onData(bytes: Uint8Array): void {
    if (this.keeps) this.pieces.push(bytes);
    this.received += bytes.length;
    this.#note(`data ${bytes.length}`);
    this.react.data?.();
  }

  onEnd(): void {
    this.#note('end');
  }

  onError(error: FetchallError): void {
    this.error = error;
    this.#note(`error ${error.code}`);
  }

  onAnswer(): void {}

  onRefusal(head: ResponseHead, error: FetchallError): void {
    this.head = head;
    this.error = error;
    this.#note(`refused ${head.status} ${error.code}`);
  }

  get body(): Buffer {
    return Buffer.concat(this.pieces);
  }

  /** The code of the error; null while there is none. */
  get code(): string | null {
    return this.error?.code ?? null;
  }

  get isOver(): boolean {
    return this.calls.some((call) => /^(?:end|error|refused)/.test(call));
  }

  /** Resolves as soon as the condition holds; it is asked after every call. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  async over(): Promise<this> {
    await this.until(() => this.isOver);
    return this;
  }

  #note(call: string): void {
    this.calls.push(call);
    for (const look of this.#waiting) look();
  }
}

/** A transport over sockets that is closed when the running test ends. */
export function openTransport(options: Partial<ConnectionOptions> = {}, network?: Network): Transport {
  const waits = { connectTimeout: 10_000, headersTimeout: 10_000, idleTimeout: 10_000 };
  const transport = undiciTransport({ ...waits, insecure: false, ...options }, network);
  onTestFinished(() => transport.close());
  return transport;
}

/** Sends a GET. */
export function get(
  transport: Transport,
  url: string,
  headers: readonly string[] = [],
): { exchange: Exchange; recorder: Recorder } {
  const recorder = new Recorder();
  return { exchange: transport.send({ url: new URL(url), headers }, recorder), recorder };
}

/** A GET to its end. */
export function got(transport: Transport, url: string, headers: readonly string[] = []): Promise<Recorder> {
  return get(transport, url, headers).recorder.over();
}

/** What the function throws, which must be one of our errors. */
export function thrownBy(call: () => unknown): FetchallError {
  try {
    call();
  } catch (error) {
    if (error instanceof FetchallError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** How redirects are guarded unless something is said. */
export const GUARD: ReachPolicy = { denyPrivate: false, allowPrivateRedirects: false };
