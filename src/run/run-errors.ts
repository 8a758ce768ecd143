// What a run fails with when nothing better is known.

import { FetchallError, messageOf } from '../model/errors.js';

/** A fault of ours costs one URL, not the run; `cause` has the stack. */
export function asOurs(thrown: unknown): FetchallError {
  if (thrown instanceof FetchallError) return thrown;
  return new FetchallError('ERR_PROTOCOL', `unexpected: ${messageOf(thrown)}`, { cause: thrown });
}

/** What a signal was aborted with, where that is an error of ours. */
export function cancellation(signal: AbortSignal | undefined): FetchallError {
  const reason: unknown = signal?.reason;
  return reason instanceof FetchallError
    ? reason
    : new FetchallError('ERR_CANCELLED', 'cancelled', { cause: reason });
}
