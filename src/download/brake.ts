// What holds a body back: the disk, the decoder, the rate limit. As long as one of them does, no more is asked for.

import { clock, type Scheduled } from '../coroutine/clock.js';
import type { RateLimit } from './rate-limit.js';

export class Brake {
  readonly #rateLimit: RateLimit | null;
  readonly #released: () => void;
  /** Set while the rate limit holds the body back. */
  #throttle: Scheduled | null = null;
  diskIsBehind = false;
  decoderIsBehind = false;

  /** @param released called when the rate limit holds it back no longer; others may */
  constructor(rateLimit: RateLimit | null, released: () => void) {
    this.#rateLimit = rateLimit;
    this.#released = released;
  }

  get isOn(): boolean {
    return this.diskIsBehind || this.decoderIsBehind || this.#throttle !== null;
  }

  /** Books bytes that have come. */
  book(bytes: number): void {
    const wait = this.#rateLimit?.book(bytes) ?? 0;
    if (wait === 0) return;
    this.#throttle?.cancel();
    this.#throttle = clock.schedule(wait, () => {
      this.#throttle = null;
      this.#released();
    });
  }

  /** The transfer is over. */
  cancel(): void {
    this.#throttle?.cancel();
  }
}
