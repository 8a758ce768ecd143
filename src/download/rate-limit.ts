// Bytes a second over all transfers: each chunk books its time on one common line.

import { clock } from '../coroutine/clock.js';

/** What may come at once before the line is kept, as a part of a second's bytes. */
const BURST = 0.1;

export class RateLimit {
  readonly #bytesPerSecond: number;
  /** When the bytes booked so far are paid for, on the clock's ms. */
  #paidUntil = 0;

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Books bytes that have come. @returns how long the transfer has to wait now, in ms */
  book(bytes: number): number {
    const now = clock.now();
    this.#paidUntil = Math.max(now, this.#paidUntil) + (bytes / this.#bytesPerSecond) * 1000;
    return Math.max(0, this.#paidUntil - now - BURST * 1000);
  }
}
