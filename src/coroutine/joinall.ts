// Waiting for many greenlets.

import type { Greenlet } from './greenlet.js';
import { type TimeLimit, waitWithin } from './timeout.js';
import { Waiter } from './waiter.js';

export interface JoinallOptions {
  /** Longest wait for all of them together. @default null, no limit */
  readonly timeout?: TimeLimit;
  /** Throw the first failure at once; the other greenlets go on. @default false */
  readonly raiseError?: boolean | undefined;
  /** Wait for so many only. @default all */
  readonly count?: number | undefined;
}

/**
 * Waits for greenlets to end (gevent.joinall).
 *
 * @returns those that ended, in the order in which they did; fewer when the timeout is over
 * @throws with `raiseError`, the first error come upon
 */
export async function joinall<T>(
  greenlets: Iterable<Greenlet<T>>,
  { timeout, raiseError = false, count = Number.POSITIVE_INFINITY }: JoinallOptions = {},
): Promise<Greenlet<T>[]> {
  const all = new Set(greenlets);
  const wanted = Math.min(count, all.size);
  const ended: Greenlet<T>[] = [];
  const enough = new Waiter<void>();
  const take = (greenlet: Greenlet<T>) => {
    if (enough.ready) return;
    ended.push(greenlet);
    if (raiseError && greenlet.ready() && !greenlet.successful()) enough.throw(greenlet.exception);
    else if (ended.length >= wanted) enough.switch();
  };
  if (wanted <= 0) return ended;
  for (const greenlet of all) if (greenlet.ready()) take(greenlet);
  if (!enough.ready) for (const greenlet of all) if (!greenlet.ready()) greenlet.rawlink(take);
  try {
    await waitWithin(enough, timeout, () => {});
  } finally {
    for (const greenlet of all) greenlet.unlink(take);
  }
  return ended;
}
