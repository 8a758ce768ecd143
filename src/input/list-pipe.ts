// A list that is a pipe, as `<(command)` gives one: it may be silent for long, and can be let go at any moment.

import { close, constants, open } from 'node:fs';
import { Socket } from 'node:net';
import { platform } from 'node:os';
import { promisify } from 'node:util';

/**
 * Without O_NONBLOCK, opening a named pipe waits for its writer where nothing can interrupt it. With it, it is reading
 * that waits: on Linux a pipe has no end before its first writer has come (POSIX says so of poll's POLLHUP; kqueue does
 * otherwise, and the list would pass for empty).
 */
const FLAGS = constants.O_RDONLY | (platform() === 'linux' ? constants.O_NONBLOCK : 0);

export class ListPipe {
  readonly #descriptor: number;
  /** The event loop reads, no thread: a read in a thread cannot be ended from outside. It owns the descriptor. */
  #socket: Socket | null = null;
  #isClosed = false;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  static async open(path: string): Promise<ListPipe> {
    return new ListPipe(await promisify(open)(path, FLAGS));
  }

  /** What the writers write, as it comes, until the last of them has gone. To be called once. */
  blocks(): AsyncIterable<Uint8Array> {
    this.#socket = new Socket({ fd: this.#descriptor, readable: true, writable: false });
    return this.#socket;
  }

  /** Ends a read that is under way. Safe to call again. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#socket === null) await promisify(close)(this.#descriptor);
    else this.#socket.destroy();
  }
}
