// An archive while a run writes it.

import { mkdir, rm } from 'node:fs/promises';
import { clock } from '../coroutine/clock.js';
import { archiveError } from './archive-error.js';
import { ArchiveFiles } from './archive-files.js';
import { IndexBuilder } from './cdxj.js';
import type { IndexEntry } from './index-line.js';
import { PayloadMemory } from './payload-memory.js';
import { Recording } from './recording.js';
import { recover } from './recovery.js';
import { Spool } from './spool.js';
import { writeWacz } from './wacz.js';
import { warcDate } from './warc-record.js';
import { WarcWriter } from './warc-writer.js';

export interface ArchiveOptions {
  /** As in `--warc`. */
  readonly file: string;
  /** As in `--warc-size`. */
  readonly size: number;
  readonly wacz: boolean;
  /** For what is temporary: made, emptied, removed. */
  readonly folder: string;
}

export class Archive {
  readonly #options: ArchiveOptions;
  readonly #files: ArchiveFiles;
  readonly #writer: WarcWriter;
  readonly #payloads: PayloadMemory;
  readonly #index: IndexBuilder;
  /** Whether the index that is there goes into the new one. */
  readonly #hasIndex: boolean;
  #spools = 0;
  /** What is written for exchanges that nobody waits for. */
  readonly #unattended = new Set<Promise<void>>();
  #fault: unknown = null;

  private constructor(
    options: ArchiveOptions,
    parts: {
      files: ArchiveFiles;
      writer: WarcWriter;
      payloads: PayloadMemory;
      index: IndexBuilder;
      hasIndex: boolean;
    },
  ) {
    this.#options = options;
    this.#files = parts.files;
    this.#writer = parts.writer;
    this.#payloads = parts.payloads;
    this.#index = parts.index;
    this.#hasIndex = parts.hasIndex;
  }

  /**
   * Begins an archive, or goes on with the one that is there: a record that a killed run has torn is cut off.
   *
   * @throws FetchallError ERR_DISK
   */
  static async open(options: ArchiveOptions): Promise<Archive> {
    const files = new ArchiveFiles(options.file);
    const { folder } = options;
    try {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
    } catch (error) {
      throw archiveError(error, `cannot make ${folder}`);
    }
    const payloads = new PayloadMemory();
    const index = new IndexBuilder(folder);
    const note = ({ url, date, digest, mime }: IndexEntry): void => {
      if (mime !== 'warc/revisit' && digest !== EMPTY) payloads.note(digest, { url, date, id: null });
    };
    const { number, end, hasIndex } = await recover(files, {
      indexed: note,
      scanned(entry) {
        note(entry);
        return index.add(entry);
      },
    });
    const writer = await WarcWriter.open({ files, size: options.size, number, end });
    return new Archive(options, { files, writer, payloads, index, hasIndex });
  }

  /**
   * Begins to record an exchange.
   *
   * @param url without user, password and fragment
   * @param drained called when {@link Recording.write} may go on after it has returned false
   */
  record(url: string, drained: () => void): Recording {
    return new Recording({
      writer: this.#writer,
      payloads: this.#payloads,
      index: this.#index,
      spool: new Spool(`${this.#options.folder}/body-${++this.#spools}`, drained),
      url,
      date: warcDate(clock.date()),
    });
  }

  /** Waits, in {@link close}, for something that nobody else waits for; what it throws is thrown there. */
  leave(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => {
        this.#fault ??= error;
      })
      .then(() => void this.#unattended.delete(done));
    this.#unattended.add(done);
  }

  /**
   * Ends the archive with its index, and packs it where that is wanted.
   *
   * @throws FetchallError ERR_DISK
   */
  async close(): Promise<void> {
    const { index, wacz } = this.#files;
    try {
      await Promise.all(this.#unattended);
      await this.#writer.close();
      await this.#index.finish(index, this.#hasIndex ? index : null);
      if (this.#options.wacz) await writeWacz(wacz, this.#files);
    } finally {
      await rm(this.#options.folder, { recursive: true, force: true }).catch(() => {});
    }
    if (this.#fault !== null) throw this.#fault;
  }
}

/** Of nothing: no payload that could be referred to. */
const EMPTY = 'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ';
