// Ctrl-C once: the run ends in order. Ctrl-C twice: at once. The signals are ours until the process ends: what was written
// last may wait for a reader after the run itself.

import { FetchallError } from '../model/errors.js';
import { EXIT } from './exit-codes.js';

type Signal = 'SIGINT' | 'SIGTERM';

const SIGNALS: readonly Signal[] = ['SIGINT', 'SIGTERM'];

export interface Signals {
  /** Aborted by the first signal. */
  readonly aborted: AbortSignal;
  /** What the first signal makes of the exit; null when none came. */
  exitCode(): number | null;
}

/**
 * @param onFirst told once, when the run begins to end
 * @param onSecond the last chance to tidy the terminal; the process ends right after
 */
export function listenForSignals(onFirst: (signal: Signal) => void, onSecond: () => void): Signals {
  const controller = new AbortController();
  let first: Signal | null = null;
  const listener = (signal: Signal): void => {
    if (first !== null) {
      onSecond();
      process.exit(EXIT[signal]);
    }
    first = signal;
    onFirst(signal);
    controller.abort(new FetchallError('ERR_CANCELLED', `cancelled by ${signal}`));
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    aborted: controller.signal,
    exitCode: () => (first === null ? null : EXIT[first]),
  };
}
