// Undoes the content codings of one body as it comes: bytes in, fewer or many more bytes out, and never much in hand.

import { FetchallError, messageOf } from '../model/errors.js';
import type { Inflater } from './content-coding.js';

/** A body that grows to more than this many times what has come is made to do harm ... */
export const MOST_GROWTH = 200;
/** ... but not before it is larger than this: what is small does none. */
export const HARMLESS = 10_485_760;

export interface DecoderEvents {
  /** The next decoded bytes. @returns whether more may follow at once; else {@link ContentDecoder.resume} asks for it */
  decoded(bytes: Uint8Array): boolean;
  /** All has come, and is undone. */
  decodedAll(): void;
  /** What was taken in is worked off: more may come. */
  hungry(): void;
  /** @param error ERR_PROTOCOL for what is not the coding that it says to be, ERR_TRUNCATED for what lacks its end, ERR_TOO_LARGE */
  failed(error: FetchallError): void;
}

export class ContentDecoder {
  readonly #events: DecoderEvents;
  readonly #stages: Stage[] = [];
  #received = 0;
  #decoded = 0;
  #hasAll = false;
  #isUndone = false;
  #over = false;

  /** @param inflaters in the order in which they work */
  constructor(inflaters: readonly ((first: number) => Inflater)[], events: DecoderEvents) {
    this.#events = events;
    // The last first: each needs to know where to hand on to.
    for (const [at, inflater] of [...inflaters.entries()].reverse()) {
      const next = this.#stages[0];
      const to: Taker =
        next === undefined
          ? { take: (bytes) => this.#take(bytes), end: () => this.#undone() }
          : { take: (bytes) => next.write(bytes), end: () => next.end() };
      const hungry = at === 0 ? () => this.#hungry() : () => this.#stages[at - 1]?.resume();
      this.#stages.unshift(new Stage(inflater, to, hungry, (error) => this.#fail(error)));
    }
  }

  /** Takes the next bytes as they were sent. @returns false when so much is in hand that `hungry` should be waited for */
  write(bytes: Uint8Array): boolean {
    this.#received += bytes.length;
    return this.#over || this.#first.write(bytes);
  }

  /** No more comes. */
  end(): void {
    this.#hasAll = true;
    if (this.#isUndone) this.#undone();
    else this.#first.end();
  }

  /** More may follow, after `decoded` has returned false. */
  resume(): void {
    this.#stages.at(-1)?.resume();
  }

  /** Gives it up; nothing more is called. */
  close(): void {
    this.#over = true;
    for (const stage of this.#stages) stage.close();
  }

  get #first(): Stage {
    const [first] = this.#stages;
    if (first === undefined) throw new RangeError('a decoder undoes at least one coding');
    return first;
  }

  #take(bytes: Uint8Array): boolean {
    if (this.#over) return false;
    this.#decoded += bytes.length;
    if (this.#decoded > HARMLESS && this.#decoded > this.#received * MOST_GROWTH) {
      const says = `${this.#received} bytes grow to more than ${MOST_GROWTH} times that; without --decode they are stored as sent`;
      this.#fail(new FetchallError('ERR_TOO_LARGE', says));
      return false;
    }
    return this.#events.decoded(bytes);
  }

  /** A coding may end before the body does; what follows is padding, which is passed over. */
  #undone(): void {
    this.#isUndone = true;
    if (this.#over || !this.#hasAll) return;
    this.#over = true;
    this.#events.decodedAll();
  }

  #hungry(): void {
    if (!this.#over) this.#events.hungry();
  }

  #fail(error: FetchallError): void {
    if (this.#over) return;
    this.close();
    this.#events.failed(error);
  }
}

interface Taker {
  take(bytes: Uint8Array): boolean;
  end(): void;
}

/** One coding. Its inflater is made when the first byte has come: an empty body is empty in any coding. */
class Stage {
  readonly #make: (first: number) => Inflater;
  readonly #to: Taker;
  readonly #hungry: () => void;
  readonly #failed: (error: FetchallError) => void;
  #inflater: Inflater | null = null;

  constructor(
    make: (first: number) => Inflater,
    to: Taker,
    hungry: () => void,
    failed: (error: FetchallError) => void,
  ) {
    this.#make = make;
    this.#to = to;
    this.#hungry = hungry;
    this.#failed = failed;
  }

  write(bytes: Uint8Array): boolean {
    const [first] = bytes;
    if (first === undefined) return true;
    this.#inflater ??= this.#open(first);
    return this.#inflater.write(bytes);
  }

  end(): void {
    if (this.#inflater === null) this.#to.end();
    else this.#inflater.end();
  }

  resume(): void {
    this.#inflater?.resume();
  }

  close(): void {
    this.#inflater?.destroy();
  }

  #open(first: number): Inflater {
    const inflater = this.#make(first);
    inflater.on('data', (bytes: Uint8Array) => {
      if (!this.#to.take(bytes)) inflater.pause();
    });
    inflater.on('end', () => this.#to.end());
    inflater.on('drain', this.#hungry);
    inflater.on('error', (cause: unknown) => this.#failed(codingError(cause)));
    return inflater;
  }
}

/** zlib's one word for what ends too early; all others are for what is wrong. */
function codingError(cause: unknown): FetchallError {
  const isShort = cause instanceof Error && 'code' in cause && cause.code === 'Z_BUF_ERROR';
  return isShort
    ? new FetchallError('ERR_TRUNCATED', 'the coded body ends too early', { cause })
    : new FetchallError('ERR_PROTOCOL', `the body's coding is broken: ${messageOf(cause)}`, { cause });
}
