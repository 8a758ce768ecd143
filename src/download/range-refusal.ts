// What becomes of a file when the last of its ranges is refused.

import { FetchallError, StatusError } from '../model/errors.js';
import type { Task } from './task.js';

/**
 * What is there is gone on with by another try: in ranges again, unless the server will say the same to these.
 *
 * @returns what this try fails with
 */
export function rangeRefused(task: Task, error: FetchallError): FetchallError {
  if (!isFinal(error)) return error;
  task.mayBeSplit = false;
  const says = `the rest is not to be had in ranges: ${error.message}`;
  return new FetchallError('ERR_TRUNCATED', says, { cause: error });
}

/** Whether the server has said how long it is not to be asked. */
export function isToWait(error: FetchallError): boolean {
  return error instanceof StatusError && error.retryAfter !== null;
}

/** A plain request may be answered otherwise. */
function isFinal(error: FetchallError): boolean {
  return error instanceof StatusError && error.status < 500 && ![408, 425, 429].includes(error.status);
}
