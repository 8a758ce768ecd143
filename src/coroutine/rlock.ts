// A lock that its holder may take again (gevent.lock.RLock).

import { hold, use } from './hold.js';
import { currentScope } from './scope.js';
import { Semaphore } from './semaphore.js';
import type { WaitOptions } from './timeout.js';
import { handled } from './waiter.js';

/** Belongs to a greenlet, and is free when that one has released it as often as it acquired it. All code outside any greenlet is one holder. */
export class RLock {
  readonly #permit = new Semaphore(1);
  /** The greenlet; null is all that runs outside any. Says nothing while `#count` is 0. */
  #owner: object | null = null;
  #count = 0;

  /** True while anybody holds it. */
  locked(): boolean {
    return this.#permit.locked();
  }

  /** True when the running greenlet holds it. */
  owned(): boolean {
    return this.#count > 0 && this.#owner === currentScope().owner;
  }

  /** Takes the lock, or takes it once more. @returns false when it was not free in time, or at once with `block: false` */
  acquire(options: WaitOptions = {}): Promise<boolean> {
    if (!this.owned()) return this.#take(currentScope().owner, 1, options);
    this.#count++;
    return Promise.resolve(true);
  }

  /** @throws Error when the running greenlet does not hold it */
  release(): void {
    this.#check('release');
    if (--this.#count === 0) this.#permit.release();
  }

  /**
   * For Condition: gives the lock up, however often it was acquired.
   *
   * @returns a function that takes it back as often
   * @throws Error when the running greenlet does not hold it
   */
  releaseAll(): () => Promise<boolean> {
    this.#check('release');
    const [owner, count] = [this.#owner, this.#count];
    this.#count = 0;
    this.#permit.release();
    return () => this.#take(owner, count, {});
  }

  /** Takes the lock for a block of code: `using held = await lock.hold()`. @throws Timeout */
  hold(options: WaitOptions = {}): Promise<Disposable> {
    return hold(this, options);
  }

  /** Runs a function while the lock is held. */
  use<T>(run: () => T | PromiseLike<T>): Promise<T> {
    return use(this, run);
  }

  #take(owner: object | null, count: number, options: WaitOptions): Promise<boolean> {
    const taken = this.#permit.acquire(options).then((isTaken) => {
      if (isTaken) [this.#owner, this.#count] = [owner, count];
      return isTaken;
    });
    return handled(taken);
  }

  #check(what: string): void {
    if (this.owned()) return;
    const owner = this.#count > 0 ? nameOf(this.#owner) : 'nobody';
    throw new Error(
      `cannot ${what} a lock that is not held: owner ${owner}, current ${nameOf(currentScope().owner)}`,
    );
  }
}

function nameOf(greenlet: object | null): string {
  return greenlet === null ? 'the main greenlet' : String(greenlet);
}
