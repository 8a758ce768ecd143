import { FetchallError, messageOf } from '../model/errors.js';

/** What a run needs to remember could not be written or read. */
export function memoryError(cause: unknown): FetchallError {
  return new FetchallError('ERR_DISK', `cannot keep notes in the out folder: ${messageOf(cause)}`, { cause });
}
