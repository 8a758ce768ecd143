// What becomes the file, as it comes: cut, counted, hashed, written.

import { FetchallError, messageOf } from '../model/errors.js';
import type { BodyCheck } from './body-check.js';
import { chunkListener } from './chunk-listener.js';
import { Chunker } from './chunker.js';
import type { Context } from './context.js';
import { tooLarge } from './judge.js';
import type { Task } from './task.js';

/** Where the bytes go: a part, or a place in one. */
interface Written {
  /** @returns false when the disk is behind */
  write(bytes: Uint8Array): boolean;
}

export class FileBody {
  /** Bytes of the file so far, an earlier try's too. */
  size = 0;
  /** Where this response's body begins in the file. */
  #start = 0;
  readonly #task: Task;
  readonly #part: Written;
  readonly #check: BodyCheck;
  readonly #chunker: Chunker;
  readonly #visitor: Context['visitor'];

  constructor(task: Task, { onChunk, visitor }: Context, part: Written, check: BodyCheck) {
    this.#task = task;
    this.#part = part;
    this.#check = check;
    this.#visitor = visitor;
    const listener = onChunk && chunkListener(onChunk, task.greenlet, () => this.#start);
    this.#chunker = new Chunker(task.job.policy.chunkSize, listener);
  }

  /** Goes on after what an earlier try has left. */
  goOn(offset: number): void {
    this.#start = offset;
    this.size = offset;
  }

  /**
   * @returns false when the disk is behind
   * @throws FetchallError ERR_TOO_LARGE; ERR_CANCELLED out of the user's `onChunk`, which ends this transfer, not the run
   */
  take(bytes: Uint8Array): boolean {
    this.size += bytes.length;
    const { maxSize } = this.#task.job.policy;
    if (maxSize !== null && this.size > maxSize) throw tooLarge(maxSize);
    this.#check.update(bytes);
    this.#visitor?.onBody(this.#task, bytes, this.size - bytes.length);
    this.#count(() => this.#chunker.push(bytes));
    return this.#part.write(bytes);
  }

  /** No more comes. @throws FetchallError ERR_CANCELLED */
  end(): void {
    this.#count(() => this.#chunker.end());
  }

  /** Chunks are counted when they go to disk. */
  #count(cut: () => number): void {
    try {
      this.#task.chunks += cut();
    } catch (cause) {
      throw new FetchallError('ERR_CANCELLED', `onChunk threw: ${messageOf(cause)}`, { cause });
    }
  }
}
