// AbortSignals as one more thing that wakes a wait.

import type { Waiter } from './waiter.js';

/**
 * Throws the signal's reason into a waiter when it aborts; nothing stays on the signal once the waiter is awake. As a
 * kill does, a signal that has aborted already ends only what would have to wait.
 */
export function wakeOnAbort<T>(waiter: Waiter<T>, signal: AbortSignal | undefined): void {
  if (signal === undefined || waiter.ready) return;
  const abort = () => void waiter.throw(signal.reason);
  if (signal.aborted) {
    abort();
    return;
  }
  signal.addEventListener('abort', abort);
  waiter.onWake(() => signal.removeEventListener('abort', abort));
}
