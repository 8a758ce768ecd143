// A counter of permits (gevent.lock.Semaphore).

import { Line } from './line.js';
import { type TimeLimit, type WaitOptions, waitWithin } from './timeout.js';
import { standIn, Waiter } from './waiter.js';

/**
 * A released permit goes straight to whoever has waited longest: nobody can take it before him, as in gevent. It belongs
 * to no greenlet: any may release it.
 */
export class Semaphore {
  #counter: number;
  readonly #acquiring = new Line<Waiter<boolean>>();
  readonly #watching = new Line<Waiter<number>>();

  /** @throws RangeError for a negative value */
  constructor(value = 1) {
    if (!(value >= 0)) throw new RangeError('a semaphore begins with 0 permits or more');
    this.#counter = value;
  }

  /** Permits that are free. */
  get counter(): number {
    return this.#counter;
  }

  locked(): boolean {
    return this.#counter <= 0;
  }

  ready(): boolean {
    return this.#counter > 0;
  }

  /** Takes a permit. @returns false when there was none in time, or at once with `block: false` */
  acquire({ block = true, timeout }: WaitOptions = {}): Promise<boolean> {
    if (this.#counter > 0) {
      this.#counter--;
      return Promise.resolve(true);
    }
    if (!block) return Promise.resolve(false);
    const waiter = new Waiter<boolean>();
    standIn(this.#acquiring, waiter);
    return waitWithin(waiter, timeout, () => false);
  }

  /** Gives a permit, also one that was never taken. @returns the permits that are free now */
  release(): number {
    if (this.#acquiring.first?.switch(true)) return this.#counter;
    this.#counter++;
    while (this.#watching.first?.switch(this.#counter));
    return this.#counter;
  }

  /** Waits until a permit is free, and takes none. @returns the free permits: others may be faster, so perhaps 0 */
  async wait({ timeout }: { readonly timeout?: TimeLimit } = {}): Promise<number> {
    if (this.#counter > 0) return this.#counter;
    const waiter = new Waiter<number>();
    standIn(this.#watching, waiter);
    await waitWithin(waiter, timeout, () => 0);
    return this.#counter;
  }

  /** Runs a function with a permit of its own. */
  async use<T>(run: () => T | PromiseLike<T>): Promise<T> {
    await this.acquire();
    try {
      return await run();
    } finally {
      this.release();
    }
  }
}

/** A semaphore that never has more permits than at the beginning. */
export class BoundedSemaphore extends Semaphore {
  readonly #most: number;

  constructor(value = 1) {
    super(value);
    this.#most = value;
  }

  /** @throws RangeError when more would be released than were acquired */
  override release(): number {
    if (this.counter >= this.#most) throw new RangeError('Semaphore released too many times');
    return super.release();
  }
}
