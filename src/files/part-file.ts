// A file on its way: NAME.part while it is written, NAME when it is whole.

import { sep } from 'node:path';
import { clock, type Scheduled } from '../coroutine/clock.js';
import { FetchallError } from '../model/errors.js';
import { createAnew, type Disk, type OpenPart } from './disk.js';
import { diskError } from './disk-errors.js';
import { Pieces } from './pieces.js';

/** Above this many bytes in hand the sender is asked to pause; what is on its way then still fits into 2 MB. */
export const HIGH_WATER = 1_048_576;

/** So many bytes are worth a system call; fewer wait for others, but no longer than a moment, in ms. */
const ENOUGH = 262_144;
const MOMENT = 100;

/** A body of at most so many bytes is gathered and saved as a whole: for small files the time is in system calls. */
export const SMALL = 65_536;

/** With `synced`, so many bytes may be lost when the power fails. */
const SYNC_EVERY = 8_388_608;

/** Bytes of a step when the part is read back. */
const READ_SIZE = 1_048_576;

export interface PartFileEvents {
  /** The part, already open, is about to have `end` bytes; waited for. */
  willWrite?(end: number): Promise<void> | undefined;
  /** `position` bytes would survive a loss of power; waited for. */
  synced?(position: number): Promise<void> | undefined;
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
  readonly #isSynced: boolean;
  #syncedTo = 0;
  /** A small body, as it came. */
  readonly #pieces = new Pieces();
  /** What waits to be written. */
  readonly #gathered = new Pieces();
  /** Bytes gathered or being written. */
  #inHand = 0;
  #position = 0;
  #descriptor: number | null = null;
  #isOurs = false;
  /** Bytes beyond `#position` that are not wanted. */
  #hasTail = false;
  #writing: Promise<void> | null = null;
  #timer: Scheduled | null = null;
  #error: FetchallError | null = null;
  /** Given up: what comes is thrown away. */
  #over = false;
  /** Nothing is written before `commit`. */
  #whole = false;

  /**
   * @param name the part's name, below `folder`
   * @param isSynced whether the file is made safe against a loss of power, the longer ones as they come
   */
  constructor(disk: Disk, folder: string, name: string, events: PartFileEvents, isSynced = false) {
    this.#disk = disk;
    this.#folder = folder;
    this.#name = name;
    this.#events = events;
    this.#isSynced = isSynced;
  }

  /** Goes on with what an earlier try has left, after its first `offset` bytes; before the first `write`. */
  append({ descriptor, size }: OpenPart, offset: number): void {
    this.#descriptor = descriptor;
    this.#isOurs = true;
    this.#position = offset;
    this.#syncedTo = offset;
    this.#hasTail = size > offset;
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
    const final = this.#pathOf(name);
    try {
      if (this.#whole) {
        await this.#disk.save(this.#path, final, this.#pieces.take(), this.#isSynced);
        return;
      }
      await this.#flush();
      // An empty body has written nothing yet.
      const descriptor = await this.#open();
      await this.#checkPlace(descriptor);
      if (this.#isSynced) await this.#disk.sync(descriptor);
      await this.#close();
      await this.#disk.rename(this.#path, final);
      if (this.#isSynced) await this.#disk.syncFolder(this.#folder);
    } catch (error) {
      throw diskError(error, `cannot write ${final}`);
    }
  }

  /**
   * Reads all that the part holds, an earlier try's bytes too.
   *
   * @throws FetchallError ERR_DISK
   */
  async readBack(take: (bytes: Uint8Array) => void): Promise<void> {
    try {
      await this.#flush();
      const descriptor = await this.#open();
      const buffer = new Uint8Array(READ_SIZE);
      for (let at = 0; ; ) {
        const count = await this.#disk.read(descriptor, buffer, at);
        if (count === 0) return;
        take(buffer.subarray(0, count));
        at += count;
      }
    } catch (error) {
      throw diskError(error, `cannot read ${this.#path}`);
    }
  }

  /** Whether the part holds what we have written. */
  get stands(): boolean {
    return this.#isOurs;
  }

  /** Closes; all that came before stays in the part. Never throws. */
  async leave(): Promise<void> {
    this.#over = true;
    this.#timer?.cancel();
    this.#gatherPieces();
    await this.#flush()
      .then(() => this.#sync())
      .catch(() => {});
    await this.#close().catch(() => {});
  }

  /** Closes, and gives the part another name, unless something stands there. Never throws. */
  async leaveAs(name: string): Promise<void> {
    const path = this.#pathOf(name);
    await this.leave();
    if (!this.#isOurs) return;
    await this.#disk
      .occupant(path)
      .then((found) =>
        found === 'nothing' ? this.#disk.rename(this.#path, path) : this.#disk.unlink(this.#path),
      )
      .catch(() => {});
  }

  /** Closes, and removes the part. Never throws. */
  async discard(): Promise<void> {
    this.#pieces.take();
    this.#gathered.take();
    await this.leave();
    if (this.#isOurs) await this.#disk.unlink(this.#path).catch(() => {});
  }

  get #path(): string {
    return this.#pathOf(this.#name);
  }

  /** Nothing is left to be resolved: the folder is absolute, and names are safe. */
  #pathOf(name: string): string {
    return this.#folder + sep + name;
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
    const mayWrite = this.#events.willWrite?.(this.#position + size);
    if (mayWrite !== undefined) await mayWrite;
    await this.#disk.write(descriptor, buffers, this.#position);
    this.#position += size;
    this.#inHand -= size;
    if (this.#position - this.#syncedTo >= SYNC_EVERY) await this.#sync();
  }

  /** The body turns out to be written as it comes. */
  #gatherPieces(): void {
    this.#whole = false;
    for (const piece of this.#pieces.take()) this.#gathered.push(piece);
  }

  async #open(): Promise<number> {
    if (this.#descriptor === null) {
      this.#descriptor = await createAnew(this.#disk, this.#path);
      this.#isOurs = true;
    }
    if (this.#hasTail) {
      this.#hasTail = false;
      await this.#disk.truncate(this.#descriptor, this.#position);
    }
    return this.#descriptor;
  }

  async #sync(): Promise<void> {
    if (!this.#isSynced || this.#descriptor === null || this.#position === this.#syncedTo) return;
    await this.#disk.sync(this.#descriptor);
    this.#syncedTo = this.#position;
    await this.#events.synced?.(this.#position);
  }

  /** Another program may have deleted, replaced or written to the part: what stands there now is not what we verified. */
  async #checkPlace(descriptor: number): Promise<void> {
    const size = await this.#disk.size(this.#path, descriptor);
    if (size === this.#position) return;
    const what = size === null ? 'deleted or replaced' : 'changed';
    throw new FetchallError('ERR_DISK', `${this.#path} was ${what} by another program while it was written`);
  }

  async #flush(): Promise<void> {
    while (this.#writing !== null || !this.#gathered.isEmpty) {
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
