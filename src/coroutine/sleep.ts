// A pause.

import { wakeOnAbort } from './abort.js';
import { clock } from './clock.js';
import { type Duration, readDuration } from './duration.js';
import { handled, Waiter } from './waiter.js';

export interface SleepOptions {
  /** The sleep throws its reason when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** Those that only let others go first. */
let yielding = 0;

/**
 * Waits for a time; 0 or less lets all that is ready to run go first (gevent.sleep).
 *
 * @throws what the greenlet is killed with, or a Timeout of it
 */
export function sleep(duration: Duration = 0, { signal }: SleepOptions = {}): Promise<void> {
  const milliseconds = readDuration(duration);
  const waiter = new Waiter<void>();
  const wake = () => void waiter.switch();
  if (milliseconds <= 0) {
    yielding++;
    waiter.onWake(() => yielding--);
    clock.soon(wake);
  } else {
    const timer = clock.schedule(milliseconds, wake);
    waiter.onWake(() => timer.cancel());
  }
  wakeOnAbort(waiter, signal);
  return waiter.get();
}

/** Waits until nobody is ready to run: those who keep giving way with `sleep(0)` go before (gevent.idle). */
export function idle(options: SleepOptions = {}): Promise<void> {
  return handled(untilIdle(options));
}

async function untilIdle({ signal }: SleepOptions): Promise<void> {
  do {
    const waiter = new Waiter<void>();
    wakeOnAbort(waiter, signal);
    clock.soon(() => void waiter.switch());
    await waiter.get();
  } while (yielding > 0);
}
