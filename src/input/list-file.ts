// A list on disk, opened: read block by block, closed exactly once.

import { type FileHandle, open } from 'node:fs/promises';
import { FetchallError, messageOf } from '../model/errors.js';
import { maskCredentials } from './mask-credentials.js';

/** Bytes of one read: nothing beyond it is read ahead. */
export const BLOCK_SIZE = 65_536;

const WHAT_A_LIST_IS = 'give the path of a file that holds a URL a line';

export class ListFile {
  readonly #handle: FileHandle;
  #closing: Promise<void> | undefined;

  private constructor(
    /** As it was given. */
    readonly path: string,
    handle: FileHandle,
  ) {
    this.#handle = handle;
  }

  /** @throws FetchallError ERR_DISK for a path that is missing, a folder or not readable */
  static async open(path: string): Promise<ListFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      // A folder can be opened on POSIX, but not read.
      if ((await handle.stat()).isDirectory())
        throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
      return new ListFile(path, handle);
    } catch (error) {
      await handle?.close();
      throw cannotOpen(path, error);
    }
  }

  /** One block after another, all in one buffer: a block is good until the next is asked for. */
  async *blocks(): AsyncGenerator<Uint8Array, void, void> {
    const buffer = new Uint8Array(BLOCK_SIZE);
    for (;;) {
      // Position null: pipes (`<(command)`, /dev/stdin) have none.
      const { bytesRead } = await this.#handle.read(buffer, 0, BLOCK_SIZE, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** Safe to call again. */
  close(): Promise<void> {
    this.#closing ??= this.#handle.close();
    return this.#closing;
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
