// `--deadline`: the whole run has so much time.

import { clock } from '../coroutine/clock.js';
import { FetchallError } from '../model/errors.js';

export interface Deadline {
  /** Aborted by the caller's signal, or when the time is over. */
  readonly signal: AbortSignal | undefined;
  /** The error that everything under way has ended with; null while there is time. */
  readonly passed: () => FetchallError | null;
  /** To be called when the run is over. */
  close(): void;
}

/** @param milliseconds from now; null for no deadline */
export function startDeadline(milliseconds: number | null, signal: AbortSignal | undefined): Deadline {
  if (milliseconds === null) return { signal, passed: () => null, close() {} };
  const controller = new AbortController();
  const forward = (): void => controller.abort(signal?.reason);
  let passed: FetchallError | null = null;
  const timer = clock.schedule(milliseconds, () => {
    passed = new FetchallError('ERR_DEADLINE', `the run was not done within --deadline ${milliseconds}ms`);
    controller.abort(passed);
  });
  if (signal?.aborted === true) forward();
  signal?.addEventListener('abort', forward);
  return {
    signal: controller.signal,
    passed: () => passed,
    close() {
      timer.cancel();
      signal?.removeEventListener('abort', forward);
    },
  };
}
