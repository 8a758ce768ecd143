// Ending many greenlets.

import type { Greenlet } from './greenlet.js';
import { GreenletExit, type KillError } from './greenlet-exit.js';
import { joinall } from './joinall.js';
import { expiryOf, type WaitOptions } from './timeout.js';
import { handled } from './waiter.js';

/**
 * Kills greenlets, first those that have not begun, then the others in their order, and waits for their end
 * (gevent.killall).
 *
 * @param error @default a GreenletExit for each
 * @throws Timeout when some have not ended in time: unlike `Greenlet.kill`
 */
export function killall(
  greenlets: Iterable<Greenlet>,
  error: KillError = GreenletExit,
  options: WaitOptions = {},
): Promise<void> {
  return handled(endAll(greenlets, error, options));
}

async function endAll(
  greenlets: Iterable<Greenlet>,
  error: KillError,
  { block = true, timeout, signal }: WaitOptions,
): Promise<void> {
  const all = [...new Set(greenlets)];
  const [begun, fresh] = [
    all.filter((greenlet) => greenlet.begun),
    all.filter((greenlet) => !greenlet.begun),
  ];
  for (const greenlet of [...fresh, ...begun]) void greenlet.kill(error, { block: false });
  if (!block) return;
  const ended = await joinall(all, { timeout, signal });
  if (ended.length < all.length) throw expiryOf(timeout);
}
