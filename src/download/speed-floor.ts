// `--min-speed`: a transfer that is slower, on the average of the whole window, is given up. What curl calls speed-limit
// and speed-time.

import { clock, type Scheduled } from '../coroutine/clock.js';
import { type FetchallError, LimitError } from '../model/errors.js';

/** The window moves on in so many steps. */
const STEPS = 10;

/** Looks only at time in which the server could send: while we hold the body back, the window stands still. */
export class SpeedFloor {
  readonly #bytesPerSecond: number;
  readonly #window: number;
  readonly #tooSlow: (error: FetchallError) => void;
  /** Bytes of the steps gone by, the oldest first. */
  readonly #steps: number[] = [];
  #bytes = 0;
  /** What is left of the present step, in ms, and since when it runs. */
  #left: number;
  #since = 0;
  #timer: Scheduled | null = null;

  /** @param window in ms */
  constructor(bytesPerSecond: number, window: number, tooSlow: (error: FetchallError) => void) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#window = window;
    this.#tooSlow = tooSlow;
    this.#left = window / STEPS;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  /** The server has the word. Idempotent. */
  start(): void {
    if (this.#timer !== null) return;
    this.#since = clock.now();
    this.#timer = clock.schedule(this.#left, () => this.#step());
  }

  /** We have, or it is over. Idempotent. */
  stop(): void {
    if (this.#timer === null) return;
    this.#timer.cancel();
    this.#timer = null;
    this.#left = Math.max(0, this.#left - (clock.now() - this.#since));
  }

  #step(): void {
    this.#timer = null;
    this.#left = this.#window / STEPS;
    this.#steps.push(this.#bytes);
    this.#bytes = 0;
    if (this.#steps.length === STEPS) {
      const bytes = this.#steps.reduce((sum, some) => sum + some, 0);
      this.#steps.shift();
      if (bytes < (this.#bytesPerSecond * this.#window) / 1000) {
        const says = `${bytes} bytes in ${this.#window / 1000} s are slower than --min-speed ${this.#bytesPerSecond}`;
        this.#tooSlow(new LimitError(says));
        return;
      }
    }
    this.start();
  }
}
