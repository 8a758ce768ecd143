import { FetchallError, messageOf } from '../model/errors.js';
import { isFull } from './database.js';

/** What a run needs to remember could not be written or read. A full disk is told by ENOSPC, whoever found it. */
export function memoryError(thrown: unknown): FetchallError {
  const cause = isFull(thrown) ? Object.assign(new Error(messageOf(thrown)), { code: 'ENOSPC' }) : thrown;
  return new FetchallError('ERR_DISK', `cannot keep notes in the out folder: ${messageOf(thrown)}`, {
    cause,
  });
}
