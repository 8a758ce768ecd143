// The table `parts`: a row for each part file that may be gone on with.

import { rangesText, readRanges } from '../model/byte-range.js';
import type { PartRecord } from '../model/part-record.js';
import type { Database, Statement } from './database.js';
import { number, text } from './file-rows.js';

export class PartRows {
  readonly #database: Database;
  readonly #put: Statement;
  readonly #find: Statement;
  readonly #drop: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO parts (file, url, name, etag, last_modified, date, coding, total, synced, done)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#find = database.prepare('SELECT * FROM parts WHERE file = ? AND url = ?');
    this.#drop = database.prepare('DELETE FROM parts WHERE file = ?');
  }

  put(file: string, url: string, record: PartRecord): void {
    const { name, etag, lastModified, date, coding, total, synced, done } = record;
    const ranges = done && rangesText(done);
    this.#put.run([file, url, name, etag, lastModified, date, coding, total, synced, ranges]);
  }

  find(file: string, url: string): PartRecord | null {
    const row = this.#find.get([file, url]);
    const done = row?.['done'] ?? null;
    return (
      row && {
        name: text(row['name']),
        etag: text(row['etag']),
        lastModified: text(row['last_modified']),
        date: text(row['date']),
        coding: text(row['coding']),
        total: number(row['total']),
        synced: number(row['synced']),
        done: done === null ? null : readRanges(text(done) ?? ''),
      }
    );
  }

  drop(file: string): void {
    this.#drop.run([file]);
  }

  count(): number {
    return number(this.#database.prepare('SELECT count(*) AS count FROM parts').get([])?.['count']) ?? 0;
  }

  dropAll(): void {
    this.#database.exec('DELETE FROM parts');
  }
}
