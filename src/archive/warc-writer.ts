// The one who writes an archive's files: record after record, each whole or not at all.

import { type FileHandle, open } from 'node:fs/promises';
import { clock } from '../coroutine/clock.js';
import { archiveError } from './archive-error.js';
import type { ArchiveFiles } from './archive-files.js';
import { gzipMember } from './gzip-member.js';
import { type WarcRecord, warcDate } from './warc-record.js';
import { warcinfo } from './warcinfo.js';
import { writeAt } from './write-at.js';

/** Where a record stands. */
export interface Place {
  /** Without folder. */
  readonly filename: string;
  readonly offset: number;
  /** Bytes of its gzip member. */
  readonly length: number;
}

export interface WriterOptions {
  readonly files: ArchiveFiles;
  /** A file of this size gets no more records, in bytes. */
  readonly size: number;
  /** The file to go on with, and where its last whole record ends. */
  readonly number: number;
  readonly end: number;
}

export class WarcWriter {
  readonly #options: WriterOptions;
  #number: number;
  #end: number;
  #file: FileHandle | null = null;
  /** Of this run in this file; empty before it is written. */
  #warcinfoId = '';
  #isClosed = false;
  /** Those who append wait for each other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: WriterOptions) {
    this.#options = options;
    this.#number = options.number;
    this.#end = options.end;
  }

  /**
   * What stands behind `end` is cut off.
   *
   * @throws FetchallError ERR_DISK
   */
  static async open(options: WriterOptions): Promise<WarcWriter> {
    const writer = new WarcWriter(options);
    await writer.#inTurn(() => writer.#ready());
    return writer;
  }

  /**
   * Writes records one behind the other, into one file.
   *
   * @param make called when it is their turn, with the id of the file's warcinfo record
   * @param written called with their places before the next one's turn
   * @throws FetchallError ERR_DISK; none of the records is in the file then
   */
  async append(
    make: (warcinfoId: string) => readonly WarcRecord[],
    written: (places: readonly Place[]) => Promise<void> | undefined,
  ): Promise<void> {
    await this.#inTurn(async () => {
      const file = await this.#ready();
      await written(await this.#write(file, make(this.#warcinfoId)));
    });
  }

  /**
   * Waits for all who are writing.
   *
   * @throws FetchallError ERR_DISK
   */
  async close(): Promise<void> {
    await this.#inTurn(async () => {
      this.#isClosed = true;
      await this.#leave();
    });
  }

  async #inTurn(work: () => Promise<unknown>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    try {
      await turn;
    } catch (error) {
      throw archiveError(error, `cannot write the archive ${this.#options.files.warc(this.#number)}`);
    }
  }

  /** A file with room, which begins with its warcinfo: so does each run in a file of an earlier one. */
  async #ready(): Promise<FileHandle> {
    if (this.#isClosed) throw new Error('it is closed');
    if (this.#end >= this.#options.size) {
      await this.#leave();
      this.#number++;
      this.#end = 0;
    }
    this.#file ??= await this.#open();
    if (this.#warcinfoId === '') {
      const info = warcinfo(this.#options.files.warcName(this.#number), warcDate(clock.date()));
      await this.#write(this.#file, [info]);
      this.#warcinfoId = info.id;
    }
    return this.#file;
  }

  async #open(): Promise<FileHandle> {
    const path = this.#options.files.warc(this.#number);
    const file = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return open(path, 'wx+');
    });
    const { size } = await file.stat();
    if (size > this.#end) await file.truncate(this.#end);
    return file;
  }

  async #leave(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    this.#warcinfoId = '';
    await file?.close();
  }

  async #write(file: FileHandle, records: readonly WarcRecord[]): Promise<Place[]> {
    const filename = this.#options.files.warcName(this.#number);
    const places: Place[] = [];
    let end = this.#end;
    try {
      for (const record of records) {
        const offset = end;
        for await (const piece of gzipMember(record)) {
          await writeAt(file, piece, end);
          end += piece.length;
        }
        places.push({ filename, offset, length: end - offset });
      }
    } catch (error) {
      // Nothing torn is left behind, as far as the disk lets us.
      await file.truncate(this.#end).catch(() => {});
      throw error;
    }
    this.#end = end;
    return places;
  }
}
