// Bytes on their way to one place of a file: taken at once, written in the background, many buffers to a system call.

import { clock, type Scheduled } from '../coroutine/clock.js';
import type { FetchallError } from '../model/errors.js';
import type { Disk } from './disk.js';
import { diskError } from './disk-errors.js';
import { Pieces } from './pieces.js';

/** Above this many bytes in hand the sender is asked to pause; what is on its way then still fits into 2 MB. */
export const HIGH_WATER = 1_048_576;

/** So many bytes are worth a system call; fewer wait for others, but no longer than a moment, in ms. */
const ENOUGH = 262_144;
const MOMENT = 100;

export interface WriteBehindEvents {
  /** The file is open, and is about to be written up to `end`; waited for. */
  willWrite?(end: number): Promise<void> | undefined;
  /** It has been written up to `position`; waited for. */
  wrote?(position: number): Promise<void> | undefined;
  /** The bytes in hand have gone to disk: more may come. */
  drained(): void;
  /** Writing has failed; nothing more is written. */
  failed(error: FetchallError): void;
}

export class WriteBehind {
  /** All before it, from where it began, has been written. */
  position: number;
  readonly #disk: Disk;
  readonly #path: string;
  readonly #open: () => Promise<number>;
  readonly #events: WriteBehindEvents;
  readonly #gathered = new Pieces();
  /** Bytes gathered or being written. */
  #inHand = 0;
  #writing: Promise<void> | null = null;
  #timer: Scheduled | null = null;
  #error: FetchallError | null = null;

  /**
   * @param path for the error
   * @param open the descriptor, before the first byte is written
   */
  constructor(
    disk: Disk,
    path: string,
    open: () => Promise<number>,
    events: WriteBehindEvents,
    position = 0,
  ) {
    this.#disk = disk;
    this.#path = path;
    this.#open = open;
    this.#events = events;
    this.position = position;
  }

  /** @returns false when so much is in hand that the sender should pause until `drained` */
  write(bytes: Uint8Array): boolean {
    if (this.#error !== null) return true;
    this.#inHand += bytes.length;
    this.#gathered.push(bytes);
    this.#writeSoon();
    return this.#inHand < HIGH_WATER;
  }

  /** Writes all that is in hand. @throws FetchallError ERR_DISK, now or of before */
  async flush(): Promise<void> {
    while (this.#writing !== null || !this.#gathered.isEmpty) {
      this.#write();
      await this.#writing;
    }
    if (this.#error !== null) throw this.#error;
  }

  /** Nothing is written after a moment any more, but only by `flush`. */
  calm(): void {
    this.#timer?.cancel();
  }

  /** What has not been given to the disk is thrown away. */
  drop(): void {
    this.calm();
    this.#gathered.take();
  }

  /** A call for each buffer would cost more than the writing: much is written at once, little after a moment. */
  #writeSoon(): void {
    if (this.#writing !== null || this.#gathered.isEmpty) return;
    if (this.#inHand >= ENOUGH) this.#write();
    else this.#timer ??= clock.schedule(MOMENT, () => this.#write());
  }

  /** Writes what is gathered; what comes meanwhile goes with the next. */
  #write(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#writing ??= this.#writeBatch().then(
      () => {
        this.#writing = null;
        this.#writeSoon();
        this.#events.drained();
      },
      (error: unknown) => {
        this.#writing = null;
        this.#gathered.take();
        this.#error = diskError(error, `cannot write ${this.#path}`);
        this.#events.failed(this.#error);
      },
    );
  }

  async #writeBatch(): Promise<void> {
    const descriptor = await this.#open();
    const buffers = this.#gathered.take();
    const size = buffers.reduce((sum, { length }) => sum + length, 0);
    const mayWrite = this.#events.willWrite?.(this.position + size);
    if (mayWrite !== undefined) await mayWrite;
    await this.#disk.write(descriptor, buffers, this.position);
    this.position += size;
    this.#inHand -= size;
    const noted = this.#events.wrote?.(this.position);
    if (noted !== undefined) await noted;
  }
}
