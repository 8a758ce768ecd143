// A file on its way: NAME.part while it is written, NAME when it is whole.

import { sep } from 'node:path';
import { FetchallError } from '../model/errors.js';
import { createAnew, type Disk, type OpenPart } from './disk.js';
import { diskError } from './disk-errors.js';
import { Pieces } from './pieces.js';
import { WriteBehind, type WriteBehindEvents } from './write-behind.js';

/** A body of at most so many bytes is gathered and saved as a whole: for small files the time is in system calls. */
export const SMALL = 65_536;

/** With `synced`, so many bytes may be lost when the power fails. */
const SYNC_EVERY = 8_388_608;

/** Bytes of a step when the part is read back. */
const READ_SIZE = 1_048_576;

export interface PartFileEvents extends Pick<WriteBehindEvents, 'drained' | 'failed'> {}

/** Keeps account of what the part holds. */
export interface PartAccount extends Pick<WriteBehindEvents, 'willWrite'> {
  /** `position` bytes would survive a loss of power; waited for. */
  synced?(position: number): Promise<void> | undefined;
}

/** Takes bytes at once and writes them in the background, many buffers to a system call. */
export class PartFile {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #name: string;
  readonly #events: PartFileEvents;
  readonly #isSynced: boolean;
  readonly #account: PartAccount;
  #syncedTo = 0;
  /** A small body, as it came. */
  readonly #pieces = new Pieces();
  #small = 0;
  /** What is written as it comes; made when it is needed. */
  #stream: WriteBehind | null = null;
  #opened: Promise<number> | null = null;
  #descriptor: number | null = null;
  #isOurs = false;
  /** Bytes behind those that are gone on with, which are not wanted. */
  #hasTail = false;
  /** Bytes of the whole, where others write to the part too. */
  #total: number | null = null;
  /** Given up: what comes is thrown away. */
  #over = false;
  /** Nothing is written before `commit`. */
  #whole = false;

  /**
   * @param name the part's name, below `folder`
   * @param isSynced whether the file is made safe against a loss of power, the longer ones as they come
   */
  constructor(
    disk: Disk,
    folder: string,
    name: string,
    events: PartFileEvents,
    isSynced = false,
    account: PartAccount = {},
  ) {
    this.#disk = disk;
    this.#folder = folder;
    this.#name = name;
    this.#events = events;
    this.#isSynced = isSynced;
    this.#account = account;
  }

  /** Goes on with what an earlier try has left, after its first `offset` bytes; before the first `write`. */
  append({ descriptor, size }: OpenPart, offset: number): void {
    this.#descriptor = descriptor;
    this.#isOurs = true;
    this.#written().position = offset;
    this.#syncedTo = offset;
    this.#hasTail = size > offset && this.#total === null;
  }

  /**
   * Others will write to the part as well, each at its place, by a {@link writerAt} of its own; it will have `total` bytes. Called
   * before `append`, bytes behind the offset stay.
   */
  share(total: number): void {
    this.#total = total;
    this.#gatherPieces();
  }

  /** Writes from `position` on; to be flushed before the part is left or becomes final. */
  writerAt(position: number, events: WriteBehindEvents): WriteBehind {
    return new WriteBehind(this.#disk, this.#path, this.#open, events, position);
  }

  /** All before it has been written, from where this one began. */
  get position(): number {
    return this.#stream?.position ?? 0;
  }

  /** Makes all that has been written safe against a loss of power. @throws FetchallError ERR_DISK */
  async sync(): Promise<void> {
    try {
      if (this.#descriptor !== null) await this.#disk.sync(this.#descriptor);
    } catch (error) {
      throw diskError(error, `cannot write ${this.#path}`);
    }
  }

  /** Tells how many bytes will come, before the first of them. */
  expect(length: number): void {
    this.#whole = length <= SMALL;
  }

  /** @returns false when so much is in hand that the sender should pause until `drained` */
  write(bytes: Uint8Array): boolean {
    if (this.#over) return true;
    if (this.#whole) this.#small += bytes.length;
    // More than was announced is no small body any more.
    if (this.#whole && this.#small > SMALL) this.#gatherPieces();
    if (!this.#whole) return this.#written().write(bytes);
    this.#pieces.push(bytes);
    return true;
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
      await this.#stream?.flush();
      // One that is made anew is open for writing only.
      await this.#open();
      const { descriptor } = await this.#disk.reopen(this.#path);
      try {
        await this.#readAll(descriptor, take);
      } finally {
        await this.#disk.close(descriptor);
      }
    } catch (error) {
      throw diskError(error, `cannot read ${this.#path}`);
    }
  }

  async #readAll(descriptor: number, take: (bytes: Uint8Array) => void): Promise<void> {
    const buffer = new Uint8Array(READ_SIZE);
    for (let at = 0; ; ) {
      const count = await this.#disk.read(descriptor, buffer, at);
      if (count === 0) return;
      take(buffer.subarray(0, count));
      at += count;
    }
  }

  /** Whether the part holds what we have written. */
  get stands(): boolean {
    return this.#isOurs;
  }

  /** Closes; all that came before stays in the part. Never throws. */
  async leave(): Promise<void> {
    this.#over = true;
    this.#stream?.calm();
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
    this.#stream?.drop();
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

  #written(): WriteBehind {
    this.#stream ??= this.writerAt(0, {
      willWrite: (end) => this.#account.willWrite?.(end),
      wrote: (position) =>
        position - this.#syncedTo >= SYNC_EVERY && this.#total === null ? this.#sync() : undefined,
      drained: () => this.#events.drained(),
      failed: (error) => this.#events.failed(error),
    });
    return this.#stream;
  }

  async #flush(): Promise<void> {
    await this.#stream?.flush();
  }

  /** The body turns out to be written as it comes. */
  #gatherPieces(): void {
    this.#whole = false;
    for (const piece of this.#pieces.take()) this.#written().write(piece);
  }

  /** Once, however many ask for it. */
  readonly #open = (): Promise<number> => {
    this.#opened ??= this.#openNow();
    return this.#opened;
  };

  async #openNow(): Promise<number> {
    if (this.#descriptor === null) {
      this.#descriptor = await createAnew(this.#disk, this.#path);
      this.#isOurs = true;
    }
    if (this.#hasTail) {
      this.#hasTail = false;
      await this.#disk.truncate(this.#descriptor, this.position);
    }
    return this.#descriptor;
  }

  async #sync(): Promise<void> {
    if (!this.#isSynced || this.#descriptor === null) return;
    if (this.#total === null && this.position === this.#syncedTo) return;
    await this.#disk.sync(this.#descriptor);
    this.#syncedTo = this.position;
    if (this.#total === null) await this.#account.synced?.(this.position);
  }

  /** Another program may have deleted, replaced or written to the part: what stands there now is not what we verified. */
  async #checkPlace(descriptor: number): Promise<void> {
    const size = await this.#disk.size(this.#path, descriptor);
    if (size === (this.#total ?? this.position)) return;
    const what = size === null ? 'deleted or replaced' : 'changed';
    throw new FetchallError('ERR_DISK', `${this.#path} was ${what} by another program while it was written`);
  }

  async #close(): Promise<void> {
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    if (descriptor !== null) await this.#disk.close(descriptor);
  }
}
