// Ending many greenlets.

import type { Greenlet } from './greenlet.js';
import { GreenletExit, type KillError } from './greenlet-exit.js';
import { joinall } from './joinall.js';
import { expiryOf, type WaitOptions } from './timeout.js';

/**
 * Kills greenlets, in their order, and waits for their end (gevent.killall).
 *
 * @param error @default a GreenletExit for each
 * @throws Timeout when some have not ended in time: unlike `Greenlet.kill`
 */
export async function killall(
  greenlets: Iterable<Greenlet>,
  error: KillError = GreenletExit,
  { block = true, timeout }: WaitOptions = {},
): Promise<void> {
  const all = [...new Set(greenlets)];
  for (const greenlet of all) void greenlet.kill(error, { block: false });
  if (!block) return;
  const ended = await joinall(all, { timeout });
  if (ended.length < all.length) throw expiryOf(timeout);
}
