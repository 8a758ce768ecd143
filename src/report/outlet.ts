// Lines on their way to one stream: gathered for a moment, because a system call a line is slow, and held back while the
// stream is full, so that a slow pipe can slow the run down instead of filling the memory.

import { clock, type Scheduled } from '../coroutine/clock.js';
import type { LineWriter, TextStream } from './text-stream.js';

/** Longest time that a line is held, in ms. */
const HOLD = 10;
/** Length at which lines wait no longer. */
const ENOUGH = 64 * 1024;

export class Outlet implements LineWriter {
  readonly #stream: TextStream;
  #held = '';
  #timer: Scheduled | undefined;
  #draining: Promise<void> | undefined;
  #release: (() => void) | undefined;
  #closed = false;
  #gone = false;
  #peer: Outlet | undefined;

  constructor(stream: TextStream) {
    this.#stream = stream;
    // The reader has left (`fetchall ... | head`): nobody waits for it, nothing is kept for it.
    stream.once?.('close', () => {
      this.#gone = true;
      this.#held = '';
      this.#drained();
    });
  }

  /** Two outlets that end on one terminal: lines appear there in the order in which they were written. */
  static pair(one: Outlet, other: Outlet): void {
    one.#peer = other;
    other.#peer = one;
  }

  /** @param lines whole lines, each with its line break */
  write(lines: string): void {
    if (this.#gone) return;
    if (this.#held === '') this.#peer?.flush();
    this.#held += lines;
    if (this.#closed || this.#held.length >= ENOUGH) this.flush();
    else this.#timer ??= clock.schedule(HOLD, () => this.flush());
  }

  /** Hands over what is held, unless the stream is full. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#held === '' || (this.#draining !== undefined && !this.#closed)) return;
    const lines = this.#held;
    this.#held = '';
    if (!this.#stream.write(lines)) this.#wait();
  }

  /** A promise while the stream is full, else undefined: who writes without end awaits it. Works after `close` too. */
  drained(): Promise<void> | undefined {
    return this.#draining;
  }

  /** Hands over everything; from now on a line goes straight through. */
  close(): void {
    this.#closed = true;
    this.flush();
  }

  #wait(): void {
    if (this.#gone || this.#draining !== undefined || this.#stream.once === undefined) return;
    this.#draining = new Promise((resolve) => {
      this.#release = resolve;
    });
    this.#stream.once('drain', () => this.#drained());
  }

  #drained(): void {
    this.#draining = undefined;
    this.#release?.();
    this.#release = undefined;
    this.flush();
  }
}
