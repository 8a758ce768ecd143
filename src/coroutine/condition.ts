// Waiting until something has changed that a lock guards (threading.Condition).

import { clock } from './clock.js';
import type { Duration } from './duration.js';
import { hold, type Lock, use } from './hold.js';
import { Line } from './line.js';
import { RLock } from './rlock.js';
import type { Semaphore } from './semaphore.js';
import { readLimit, type WaitOptions, waitWithin } from './timeout.js';
import { standIn, Waiter } from './waiter.js';

/** Always acquired before `wait` and `notify`; who waits has given its lock up, and has it again when the wait is over. */
export class Condition implements Lock {
  readonly #lock: RLock | Semaphore;
  readonly #waiting = new Line<Waiter<boolean>>();

  constructor(lock: RLock | Semaphore = new RLock()) {
    this.#lock = lock;
  }

  acquire(options: WaitOptions = {}): Promise<boolean> {
    return this.#lock.acquire(options);
  }

  release(): void {
    this.#lock.release();
  }

  locked(): boolean {
    return this.#lock.locked();
  }

  /**
   * Gives the lock up, however often it was acquired, waits for a `notify`, and takes the lock back, whatever woke it: a
   * kill or a Timeout meanwhile is thrown when the lock is held again, the last one if there are several.
   *
   * @returns false when the timeout was first
   * @throws Error when the lock is not held
   */
  async wait(options: WaitOptions = {}): Promise<boolean> {
    this.#check();
    const waiter = new Waiter<boolean>();
    standIn(this.#waiting, waiter);
    const takeBack = this.#letGo();
    let notified = false;
    try {
      notified = await waitWithin(waiter, options.timeout, () => false, options.signal);
    } finally {
      await this.#insist(takeBack, notified);
    }
    return notified;
  }

  /**
   * Waits until a predicate holds, which is asked while the lock is held: now, and after each `notify`.
   *
   * @param options.timeout for all the waits together @default null, no limit
   * @returns what the predicate returned last
   */
  async waitFor<T>(predicate: () => T, { timeout }: { readonly timeout?: Duration | null } = {}): Promise<T> {
    const end =
      clock.now() +
      (timeout === undefined || timeout === null ? Number.POSITIVE_INFINITY : readLimit(timeout));
    for (;;) {
      const result = predicate();
      const left = end - clock.now();
      if (result || left <= 0) return result;
      await this.wait({ timeout: left });
    }
  }

  /** Wakes those that have waited longest; they go on when they get the lock. @throws Error when the lock is not held */
  notify(count = 1): void {
    this.#check();
    this.#wake(count);
  }

  /** @throws Error when the lock is not held */
  notifyAll(): void {
    this.notify(Number.POSITIVE_INFINITY);
  }

  /** Takes the lock for a block of code: `using held = await condition.hold()`. @throws Timeout */
  hold(options: WaitOptions = {}): Promise<Disposable> {
    return hold(this, options);
  }

  /** Runs a function while the lock is held. */
  use<T>(run: () => T | PromiseLike<T>): Promise<T> {
    return use(this, run);
  }

  #check(): void {
    const held = this.#lock instanceof RLock ? this.#lock.owned() : this.#lock.locked();
    if (!held) throw new Error('a Condition is acquired before it is used');
  }

  #letGo(): () => Promise<boolean> {
    const lock = this.#lock;
    if (lock instanceof RLock) return lock.releaseAll();
    lock.release();
    return () => lock.acquire();
  }

  /** The caller's `finally` will release the lock, so it has to be held by then: as pthread_cond_wait has it. */
  async #insist(takeBack: () => Promise<boolean>, notified: boolean): Promise<void> {
    const interruptions: unknown[] = [];
    for (let taken = false; !taken; ) {
      taken = await takeBack().catch((error: unknown) => {
        interruptions.push(error);
        return false;
      });
    }
    if (interruptions.length === 0) return;
    // Who was notified and will not act on it leaves that to the next.
    if (notified) this.#wake(1);
    throw interruptions.at(-1);
  }

  #wake(count: number): void {
    for (let left = count; left > 0 && this.#waiting.first?.switch(true); left--);
  }
}
