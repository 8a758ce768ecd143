// A pause.

import { clock } from './clock.js';
import { type Duration, readDuration } from './duration.js';
import { Waiter } from './waiter.js';

/**
 * Waits for a time; 0 or less lets all that is ready to run go first (gevent.sleep).
 *
 * @throws what the greenlet is killed with, or a Timeout of it
 */
export function sleep(duration: Duration = 0): Promise<void> {
  const milliseconds = readDuration(duration);
  const waiter = new Waiter<void>();
  const wake = () => void waiter.switch();
  if (milliseconds <= 0) clock.soon(wake);
  else {
    const timer = clock.schedule(milliseconds, wake);
    waiter.onWake(() => timer.cancel());
  }
  return waiter.get();
}
