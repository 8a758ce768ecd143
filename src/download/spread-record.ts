// The record of a part that is written at several places: kept before the first byte that is out of line, and then now and then.

import { clock, type Scheduled } from '../coroutine/clock.js';
import { type ByteRange, sizeOf } from '../model/byte-range.js';
import type { Whole } from './range-stream.js';

/** How often what is done is kept, in ms: so much is fetched again after a kill. */
const KEEP_EVERY = 500;

export class SpreadRecord {
  readonly #whole: Whole;
  readonly #done: () => ByteRange[];
  readonly #failed: (error: unknown) => void;
  #timer: Scheduled | null = null;
  #noted: Promise<void> | undefined;
  /** Bytes on record. */
  #kept = -1;
  #over = false;

  /** @param done what is on disk @param failed called when it cannot be kept */
  constructor(whole: Whole, done: () => ByteRange[], failed: (error: unknown) => void) {
    this.#whole = whole;
    this.#done = done;
    this.#failed = failed;
  }

  begin(): void {
    this.#timer = clock.schedule(KEEP_EVERY, () => {
      this.#noted = this.#note();
      this.#noted.then(() => !this.#over && this.begin(), this.#failed);
    });
  }

  /** Resolves once it has been kept for the first time. */
  ready(): Promise<void> {
    this.#noted ??= this.#note();
    return this.#noted;
  }

  /** Idempotent. */
  end(): void {
    this.#over = true;
    this.#timer?.cancel();
  }

  /** Resolves when it is not being kept right now. */
  async settled(): Promise<void> {
    await this.#noted;
  }

  /** What is synced may be more than what is kept, never less. */
  async #note(): Promise<void> {
    const done = this.#done();
    const { part, keeper, task } = this.#whole;
    const size = sizeOf(done);
    if (size === this.#kept) return;
    if (task.job.policy.fsync) await part.sync();
    await keeper.note(done);
    this.#kept = size;
  }
}
