// A list on disk, whatever kind of file it is: opened, or the reason why not.

import { stat } from 'node:fs/promises';
import { FetchallError, messageOf } from '../model/errors.js';
import { ListFile } from './list-file.js';
import { ListPipe } from './list-pipe.js';
import { maskCredentials } from './mask-credentials.js';

const WHAT_A_LIST_IS = 'give the path of a file that holds a URL a line';

/** @throws FetchallError ERR_DISK for a path that is missing, a folder or not readable */
export async function openList(path: string): Promise<ListFile | ListPipe> {
  try {
    const stats = await stat(path);
    // A folder can be opened on POSIX, but not read.
    if (stats.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    return stats.isFIFO() ? await ListPipe.open(path) : await ListFile.open(path);
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

function cannotOpen(path: string, cause: unknown): FetchallError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return new FetchallError('ERR_DISK', explain(path, code, cause), { cause });
}

function explain(path: string, code: unknown, cause: unknown): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      // Perhaps a URL without its scheme, and then perhaps one with a password.
      return `${maskCredentials(path, true)}: no such list; ${WHAT_A_LIST_IS}, a URL with its https://, or - for standard input`;
    case 'EISDIR':
      return `${path} is a folder; ${WHAT_A_LIST_IS}`;
    case 'EACCES':
    case 'EPERM':
      return `${path}: no permission to read this list; change its mode or give another`;
    default:
      return `${path}: the list cannot be opened (${messageOf(cause)}); ${WHAT_A_LIST_IS}`;
  }
}
