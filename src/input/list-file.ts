// A list that is a regular file: read block by block, closed exactly once.

import { type FileHandle, open } from 'node:fs/promises';

/** Bytes of one read: nothing beyond it is read ahead. */
const BLOCK_SIZE = 65_536;

export class ListFile {
  readonly #handle: FileHandle;
  #closing: Promise<void> | undefined;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async open(path: string): Promise<ListFile> {
    return new ListFile(await open(path, 'r'));
  }

  /** One block after another, all in one buffer: a block is good until the next is asked for. */
  async *blocks(): AsyncGenerator<Uint8Array, void, void> {
    const buffer = new Uint8Array(BLOCK_SIZE);
    for (;;) {
      // Position null: a device has none.
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
