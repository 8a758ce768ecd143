import { statfsSync } from 'node:fs';
import { FetchallError, messageOf } from '../model/errors.js';
import { isFull, isWriteError } from './database.js';

/** Less room than this is none, in bytes. */
const NO_ROOM = 65_536;

/**
 * What a run needs to remember could not be written or read. A full disk is told by ENOSPC, whoever found it.
 *
 * @param memory the folder of notes: where the database does not say what kept it from writing, its disk is asked
 */
export function memoryError(thrown: unknown, memory?: string): FetchallError {
  const noRoom = isFull(thrown) || (memory !== undefined && isWriteError(thrown) && hasNoRoom(memory));
  const says = noRoom ? 'the disk is full' : messageOf(thrown);
  const cause = noRoom ? Object.assign(new Error(messageOf(thrown)), { code: 'ENOSPC' }) : thrown;
  return new FetchallError('ERR_DISK', `cannot keep notes in the out folder: ${says}`, { cause });
}

function hasNoRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < NO_ROOM;
  } catch {
    return false;
  }
}
