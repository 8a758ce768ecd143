// A lock held for a block of code, and given back however that ends.

import { expiryOf, type WaitOptions } from './timeout.js';
import { handled } from './waiter.js';

/** What can be held: Semaphore, RLock, Condition. */
export interface Lock {
  acquire(options?: WaitOptions): Promise<boolean>;
  release(): unknown;
}

/** Acquires a lock. @returns what releases it, once, at the end of a `using` block @throws Timeout when it was not to be had */
export function hold(lock: Lock, options: WaitOptions = {}): Promise<Disposable> {
  const held = lock.acquire(options).then((isHeld) => {
    if (!isHeld) throw expiryOf(options.timeout);
    return releaseOnce(lock);
  });
  return handled(held);
}

/** Runs a function while a lock is held. */
export async function use<T>(lock: Lock, run: () => T | PromiseLike<T>): Promise<T> {
  await lock.acquire();
  try {
    return await run();
  } finally {
    lock.release();
  }
}

function releaseOnce(lock: Lock): Disposable {
  let held = true;
  return {
    [Symbol.dispose]() {
      if (held) lock.release();
      held = false;
    },
  };
}
