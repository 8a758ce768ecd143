// Things as they become ready.

import { clock, type Scheduled } from './clock.js';
import type { WaitForOptions } from './joinall.js';
import { Line } from './line.js';
import type { Linkable } from './linkable.js';
import { readLimit, Timeout, waitWithin } from './timeout.js';
import { Waiter } from './waiter.js';

/**
 * Gives things in the order in which they become ready (gevent.iwait). They are linked to when the first is asked for, and
 * left alone again when the iteration ends or is given up. The time is for the whole iteration, from the first `next()`:
 * when it is over the iteration ends without an error.
 */
export async function* iwait<Source extends Linkable>(
  sources: Iterable<Source>,
  { timeout, signal, count = Number.POSITIVE_INFINITY }: WaitForOptions = {},
): AsyncGenerator<Source, void, void> {
  const all = new Set(sources);
  const ready = new Line<Source>();
  const seen = new Set<Source>();
  let waiter = new Waiter<void>();
  let isOver = false;
  const note = (source: Source) => {
    // A semaphore tells each time that it is free.
    if (isOver || seen.has(source)) return;
    seen.add(source);
    ready.push(source);
    waiter.switch();
  };
  const timer = schedule(timeout, () => {
    isOver = true;
    waiter.switch();
  });
  try {
    for (const source of all) source.rawlink(note);
    for (let left = Math.min(count, all.size); left > 0; left--) {
      if (ready.size === 0 && !isOver) {
        waiter = new Waiter();
        const limit = timeout instanceof Timeout && timeout.pending ? timeout : null;
        await waitWithin(waiter, limit, () => {}, signal);
      }
      const source = ready.shift();
      if (source === undefined) return;
      yield source;
    }
  } finally {
    timer?.cancel();
    for (const source of all) source.unlink(note);
  }
}

/** A Timeout that is pending has its own timer. */
function schedule(timeout: WaitForOptions['timeout'], over: () => void): Scheduled | null {
  if (timeout === undefined || timeout === null) return null;
  if (!(timeout instanceof Timeout)) return clock.schedule(readLimit(timeout), over);
  return timeout.pending || timeout.milliseconds === null ? null : clock.schedule(timeout.milliseconds, over);
}
