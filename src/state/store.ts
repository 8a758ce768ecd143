// What a folder remembers between runs: DIR/.fetchall/state.db, for one run at a time. Written in batches, beside the work.

import { dirname, join } from 'node:path';
import { clock, type Scheduled } from '../coroutine/clock.js';
import type { FetchallError } from '../model/errors.js';
import type { FileRecord } from '../model/file-record.js';
import type { KnownFile, KnownFiles } from '../model/known-file.js';
import type { PartRecord, PartRecords } from '../model/part-record.js';
import type { Summary } from '../model/report.js';
import { CrawlRows } from './crawl-rows.js';
import { type Database, isDamaged } from './database.js';
import { type FileCounts, FileRows } from './file-rows.js';
import type { Lock } from './lock.js';
import { memoryError } from './memory-error.js';
import { PartRows } from './part-rows.js';
import { type RunFigures, type RunRecord, RunRows } from './run-rows.js';
import { setAside } from './set-aside.js';

export const STATE_FILE = 'state.db';

/**
 * Rows of a transaction at most, and how long one waits for others, in ms. With a thousand they wait so long that the collector
 * takes them for lasting ones, which costs 15 MB; it is no faster.
 */
const BATCH = 250;
const LATEST = 1000;

export class Store implements PartRecords, KnownFiles {
  /** The folder of notes. */
  readonly memory: string;
  /** Whether nothing at all was known when it was opened. */
  readonly isNew: boolean;
  /** What a crawl remembers; written within {@link write}. */
  readonly crawl: CrawlRows;
  /** Called once, when something cannot be written: nothing more is remembered then. */
  onFault: ((error: FetchallError) => void) | null = null;
  readonly #database: Database;
  readonly #lock: Lock;
  readonly #files: FileRows;
  readonly #parts: PartRows;
  readonly #runs: RunRows;
  #run = 0;
  /** Rows that wait: many in one go cost half of what they cost one by one between other work. */
  #records: FileRecord[] = [];
  #inTransaction = false;
  #timer: Scheduled | null = null;
  /** The commit at the end of this turn of the event loop. */
  #soon: Promise<void> | null = null;
  #fault: FetchallError | null = null;
  #isDamaged = false;

  constructor(database: Database, path: string, lock: Lock) {
    this.memory = dirname(path);
    this.#database = database;
    this.#lock = lock;
    this.#files = new FileRows(database);
    this.#parts = new PartRows(database);
    this.#runs = new RunRows(database);
    this.crawl = new CrawlRows(database);
    this.isNew =
      database.prepare('SELECT 1 FROM files UNION ALL SELECT 1 FROM parts LIMIT 1').get([]) === null;
  }

  beginRun(mode: Summary['mode'], concurrency: number): void {
    const began = clock.date().getTime();
    this.write(() => {
      this.#run = this.#runs.begin(mode, concurrency, began);
    });
  }

  endRun(figures: RunFigures): void {
    const ended = clock.date().getTime();
    this.write(() => this.#runs.end(this.#run, figures, ended));
  }

  /** Remembers how a URL has ended; committed with others, within a second. */
  record(record: FileRecord): void {
    if (this.#fault !== null) return;
    this.#records.push(record);
    if (this.#records.length >= BATCH) this.#commit();
    else this.#commitLater();
  }

  /** The file was written anew by ourselves. */
  rewritten(url: string, file: string, size: number, sha256: string): void {
    this.flush();
    this.write(() => this.#files.rewrite(url, file, size, sha256));
  }

  known(url: string, file: string): KnownFile | null {
    return this.isNew ? null : read(() => this.#files.known(url, file));
  }

  nameOf(url: string, file: string): string | null {
    return this.isNew ? null : read(() => this.#files.nameOf(url, file));
  }

  isAnothers(url: string, name: string): boolean {
    return !this.isNew && read(() => this.#files.isAnothers(url, name));
  }

  find(file: string, url: string): PartRecord | null {
    return read(() => this.#parts.find(file, url));
  }

  keep(file: string, url: string, record: PartRecord): Promise<void> {
    this.write(() => this.#parts.put(file, url, record));
    return this.commitSoon();
  }

  /**
   * What is written in one turn of the event loop is committed together.
   *
   * @throws FetchallError ERR_DISK
   */
  commitSoon(): Promise<void> {
    this.#soon ??= new Promise((resolve, reject) => {
      clock.soon(() => {
        this.#soon = null;
        try {
          this.flush();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
    return this.#soon;
  }

  drop(file: string): void {
    this.write(() => this.#parts.drop(file));
  }

  /** Forgets all parts. */
  dropParts(): void {
    this.write(() => this.#parts.dropAll());
  }

  /** Those that failed the last time. */
  failed(): Iterable<FileRecord> {
    return readAll(this.#files.failed());
  }

  /** Those whose file was saved. */
  saved(): Iterable<FileRecord> {
    return readAll(this.#files.saved());
  }

  /** What is on record, counted. */
  counts(): FileCounts & { readonly parts: number } {
    return read(() => ({ ...this.#files.counts(), parts: this.#parts.count() }));
  }

  lastRuns(count: number): RunRecord[] {
    return read(() => this.#runs.last(count));
  }

  /** Seconds of the last sequential run of this list in which everything was fetched; null when there is none. */
  baseline(listHash: string): number | null {
    return read(() => this.#runs.baseline(listHash));
  }

  /**
   * Commits what has been written.
   *
   * @throws FetchallError ERR_DISK when something could not be, now or before
   */
  flush(): void {
    const records = this.#records;
    this.#records = [];
    if (records.length > 0)
      this.write(() => {
        for (const record of records) this.#files.put(record, this.#run, !this.isNew);
      });
    if (this.#inTransaction) {
      this.#inTransaction = false;
      this.#guard(() => this.#database.exec('COMMIT'));
    }
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#fault !== null) throw this.#fault;
  }

  /** Commits, and gives the folder free. @throws FetchallError ERR_DISK */
  async close(): Promise<void> {
    try {
      this.flush();
    } finally {
      try {
        this.#database.close();
        // The next run shall not meet the same fault.
        if (this.#isDamaged) await setAside(join(this.memory, STATE_FILE));
      } finally {
        await this.#lock.release();
      }
    }
  }

  /** In a transaction with others: one for each row would take as long as a request. */
  write(put: () => void): void {
    if (this.#fault !== null) return;
    this.#commitLater();
    this.#guard(() => {
      if (!this.#inTransaction) this.#database.exec('BEGIN');
      this.#inTransaction = true;
      put();
    });
  }

  #commitLater(): void {
    this.#timer ??= clock.schedule(LATEST, () => this.#commit());
  }

  #commit(): void {
    try {
      this.flush();
    } catch {
      // The run has been told, and is at its end.
    }
  }

  #guard(write: () => void): void {
    try {
      write();
    } catch (thrown) {
      this.#inTransaction = false;
      this.#isDamaged ||= isDamaged(thrown);
      this.#fault ??= memoryError(thrown, this.memory);
      this.#undo();
      this.onFault?.(this.#fault);
    }
  }

  #undo(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself.
    }
  }
}

function read<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw memoryError(error);
  }
}

function* readAll<T>(rows: Iterable<T>): Generator<T> {
  try {
    yield* rows;
  } catch (error) {
    throw memoryError(error);
  }
}
