import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { memoryError } from './memory-error.js';

/** Where a run keeps what it remembers, below the out folder. Reserved: no download ever gets this name. */
export const MEMORY_FOLDER = '.fetchall';

export function memoryFolder(folder: string): string {
  return join(folder, MEMORY_FOLDER);
}

/**
 * Makes the folder in an out folder that is there. A link to elsewhere is refused: nothing is written through one.
 *
 * @throws FetchallError ERR_DISK
 */
export async function makeMemoryFolder(folder: string): Promise<string> {
  const path = memoryFolder(folder);
  try {
    // Not `recursive`: where no folder can be made (`/proc/x`), that tries for ever.
    await mkdir(path).catch(ignoreExisting);
    if (!(await lstat(path)).isDirectory()) throw new Error(`${path} is a link or a file; remove it`);
  } catch (error) {
    throw memoryError(error);
  }
  return path;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
