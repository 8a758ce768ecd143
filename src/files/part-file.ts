// A file on its way: NAME.part while it is written, NAME when it is whole.

import { join } from 'node:path';
import { clock, type Scheduled } from '../coroutine/clock.js';
import type { FetchallError } from '../model/errors.js';
import { createAnew, type Disk } from './disk.js';
import { diskError } from './disk-errors.js';

/** Above this many bytes in hand the sender is asked to pause; what is on its way then still fits into 2 MB. */
export const HIGH_WATER = 1_048_576;

/** So many bytes are worth a system call; fewer wait for others, but no longer than a moment, in ms. */
const ENOUGH = 262_144;
const MOMENT = 100;

/** A body of at most so many bytes is gathered and saved as a whole: for small files the time is in system calls. */
const SMALL = 65_536;

export interface PartFileEvents {
  /** The bytes in hand have gone to disk: more may come. */
  drained(): void;
  /** Writing has failed; nothing more is written. */
  failed(error: FetchallError): void;
}

/** Takes bytes at once and writes them in the background, many buffers to a system call. */
export class PartFile {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #name: string;
  readonly #events: PartFileEvents;
  /** A small body, as it came. */
  #pieces: Uint8Array[] = [];
  /** What waits to be written. */
  #gathered: Uint8Array[] = [];
  /** Bytes gathered or being written. */
  #inHand = 0;
  #position = 0;
  #descriptor: number | null = null;
  #isCreated = false;
  #writing: Promise<void> | null = null;
  #timer: Scheduled | null = null;
  #error: FetchallError | null = null;
  /** Given up: what comes is thrown away. */
  #over = false;
  /** Nothing is written before `commit`. */
  #whole = false;

  /** @param name the part's name, below `folder` */
  constructor(disk: Disk, folder: string, name: string, events: PartFileEvents) {
    this.#disk = disk;
    this.#folder = folder;
    this.#name = name;
    this.#events = events;
  }

  /** Tells how many bytes will come, before the first of them. */
  expect(length: number): void {
    this.#whole = length <= SMALL;
  }

  /** @returns false when so much is in hand that the sender should pause until `drained` */
  write(bytes: Uint8Array): boolean {
    if (this.#over || this.#error !== null) return true;
    this.#inHand += bytes.length;
    // More than was announced is no small body any more.
    if (this.#whole && this.#inHand > SMALL) this.#gatherPieces();
    if (this.#whole) this.#pieces.push(bytes);
    else {
      this.#gathered.push(bytes);
      this.#writeSoon();
    }
    return this.#inHand < HIGH_WATER;
  }

  /**
   * Makes the file final: all is written, closed and renamed; a file that stood there is replaced.
   *
   * @throws FetchallError ERR_DISK
   */
  async commit(name: string): Promise<void> {
    const final = join(this.#folder, name);
    try {
      if (this.#whole) {
        await this.#disk.save(this.#path, final, this.#pieces);
        return;
      }
      await this.#flush();
      // An empty body has written nothing yet.
      await this.#open();
      await this.#close();
      await this.#disk.rename(this.#path, final);
    } catch (error) {
      throw diskError(error, `cannot write ${name}`);
    }
  }

  /** Closes; all that came before stays in the part. Never throws. */
  async leave(): Promise<void> {
    this.#over = true;
    this.#timer?.cancel();
    this.#gatherPieces();
    await this.#flush().catch(() => {});
    await this.#close().catch(() => {});
  }

  /** Closes, and removes the part. Never throws. */
  async discard(): Promise<void> {
    this.#pieces = [];
    this.#gathered = [];
    await this.leave();
    if (this.#isCreated) await this.#disk.unlink(this.#path).catch(() => {});
  }

  get #path(): string {
    return join(this.#folder, this.#name);
  }

  /** A call for each buffer would cost more than the writing: much is written at once, little after a moment. */
  #writeSoon(): void {
    if (this.#writing !== null || this.#gathered.length === 0) return;
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
        this.#gathered = [];
        this.#error = diskError(error, `cannot write ${this.#name}`);
        this.#events.failed(this.#error);
      },
    );
  }

  async #writeBatch(): Promise<void> {
    const descriptor = await this.#open();
    const buffers = this.#gathered;
    this.#gathered = [];
    const size = buffers.reduce((sum, { length }) => sum + length, 0);
    await this.#disk.write(descriptor, buffers, this.#position);
    this.#position += size;
    this.#inHand -= size;
  }

  /** The body turns out to be written as it comes. */
  #gatherPieces(): void {
    this.#whole = false;
    this.#gathered.push(...this.#pieces.splice(0));
  }

  async #open(): Promise<number> {
    if (this.#descriptor === null) {
      this.#descriptor = await createAnew(this.#disk, this.#path);
      this.#isCreated = true;
    }
    return this.#descriptor;
  }

  async #flush(): Promise<void> {
    while (this.#writing !== null || this.#gathered.length > 0) {
      this.#write();
      await this.#writing;
    }
    if (this.#error !== null) throw this.#error;
  }

  async #close(): Promise<void> {
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    if (descriptor !== null) await this.#disk.close(descriptor);
  }
}
