// A body that nobody wants: read to the end, because a body left unread costs its connection; but not for ever.

import { clock } from '../coroutine/clock.js';
import type { Exchange, Receiver } from './transport.js';

/** A longer body is given up, and its connection with it. */
const LONGEST = 65_536;

/** So is one that takes longer, in ms: one byte a minute never comes to its end. */
const PATIENCE = 5_000;

export class Drain implements Receiver {
  readonly #exchange: Exchange;
  readonly #done: () => void;
  readonly #began = clock.now();
  #size = 0;

  /**
   * @param done called once, when nothing more will come
   */
  constructor(exchange: Exchange, done: () => void) {
    this.#exchange = exchange;
    this.#done = done;
  }

  onHead(): void {}

  onData(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size <= LONGEST && clock.now() - this.#began <= PATIENCE) return;
    this.#exchange.abort();
    this.#done();
  }

  onEnd(): void {
    this.#done();
  }

  onError(): void {
    this.#done();
  }
}
