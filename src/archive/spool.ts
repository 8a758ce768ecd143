// A body that is kept until it is known: a record tells its length and digest before its first byte. Small ones stay in memory,
// the others lie in a file.

import { type FileHandle, open, rm } from 'node:fs/promises';
import { archiveError } from './archive-error.js';
import type { Block } from './warc-record.js';

/** Bytes that stay in memory. */
const SMALL = 262_144;
/** Bytes that may wait for the disk before the sender is asked to pause. */
const MOST_WAITING = 1_048_576;
/** Bytes of a read. */
const READ = 262_144;

export class Spool {
  length = 0;
  readonly #path: string;
  readonly #drained: () => void;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isFull = false;
  #file: FileHandle | null = null;
  #writing: Promise<void> | null = null;
  #fault: unknown = null;

  /**
   * @param path of the file that is made if need be
   * @param drained called when `write` may go on after it has returned false
   */
  constructor(path: string, drained: () => void) {
    this.#path = path;
    this.#drained = drained;
  }

  get isSmall(): boolean {
    return this.length <= SMALL;
  }

  /** @returns false when the disk is behind */
  write(bytes: Uint8Array): boolean {
    this.length += bytes.length;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (!this.isSmall) this.#writing ??= this.#flush();
    if (this.#waitingBytes > MOST_WAITING && this.#fault === null) this.#isFull = true;
    return !this.#isFull;
  }

  /**
   * All that was written, once nothing more comes.
   *
   * @throws FetchallError ERR_DISK
   */
  async content(): Promise<Block> {
    while (this.#writing !== null) await this.#writing;
    if (this.#fault !== null) throw archiveError(this.#fault, 'cannot keep a body for the archive');
    const { length } = this;
    return this.#file === null
      ? { length, pieces: this.#waiting }
      : { length, pieces: this.#read(this.#file) };
  }

  /** Nothing of it is needed any more. Never throws. */
  async drop(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    this.#waiting = [];
    const file = this.#file;
    if (file === null) return;
    this.#file = null;
    await file.close().catch(() => {});
    await rm(this.#path, { force: true }).catch(() => {});
  }

  async #flush(): Promise<void> {
    try {
      this.#file ??= await open(this.#path, 'wx+', 0o600);
      while (this.#waiting.length > 0) {
        const pieces = this.#waiting;
        this.#waiting = [];
        await this.#file.appendFile(Buffer.concat(pieces));
        this.#waitingBytes -= pieces.reduce((sum, { length }) => sum + length, 0);
        this.#goOn();
      }
    } catch (error) {
      this.#fault = error;
      this.#waiting = [];
    }
    this.#writing = null;
    this.#goOn();
  }

  #goOn(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    this.#drained();
  }

  async *#read(file: FileHandle): AsyncGenerator<Uint8Array> {
    for (let position = 0; position < this.length; ) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(READ), 0, READ, position);
      if (bytesRead === 0) throw new Error(`${this.#path} has become shorter`);
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
}
