// Greenlets made and started.

import type { Run } from './drive.js';
import type { Duration } from './duration.js';
import { Greenlet } from './greenlet.js';

/** Runs a function in a new greenlet, after all that was spawned before, never at once (gevent.spawn). */
export function spawn<T, Args extends unknown[]>(run: Run<Args, T>, ...args: Args): Greenlet<T> {
  return Greenlet.spawn(run, ...args);
}

/** Runs a function in a new greenlet after a time (gevent.spawn_later). */
export function spawnLater<T, Args extends unknown[]>(
  duration: Duration,
  run: Run<Args, T>,
  ...args: Args
): Greenlet<T> {
  return Greenlet.spawnLater(duration, run, ...args);
}
