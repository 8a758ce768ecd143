// The table `runs`: when each began, and what it came to. A sequential run is the measured baseline of those after it.

import type { Summary, Totals } from '../model/report.js';
import type { Database, Row } from './database.js';
import { number, text } from './file-rows.js';

export interface RunRecord {
  readonly id: number;
  /** In ms since 1970; `ended` is null for a run that is going on or was killed. */
  readonly began: number;
  readonly ended: number | null;
  readonly mode: string;
  readonly concurrency: number;
  readonly listHash: string | null;
  /** null until the run has ended. */
  readonly totals: Totals | null;
  readonly seconds: number | null;
}

export interface RunFigures {
  /** Hash of the sequence of URL and name: the same list, the same files. null when it was not read through. */
  readonly listHash: string | null;
  readonly totals: Totals;
  readonly seconds: number;
  /** Where it was not known at the beginning. */
  readonly concurrency?: number;
}

export class RunRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  begin(mode: Summary['mode'], concurrency: number, began: number): number {
    const { id } =
      this.#database.prepare('SELECT coalesce(max(id), 0) + 1 AS id FROM runs').get([]) ?? ({} as Row);
    const next = number(id) ?? 1;
    this.#database
      .prepare('INSERT INTO runs (id, began, mode, concurrency) VALUES (?, ?, ?, ?)')
      .run([next, began, mode, concurrency]);
    return next;
  }

  end(id: number, { listHash, totals, seconds, concurrency }: RunFigures, ended: number): void {
    const { total, saved, skipped, failed, bytes, chunks } = totals;
    this.#database
      .prepare(
        `UPDATE runs SET ended = ?, list = ?, total = ?, saved = ?, skipped = ?, failed = ?, bytes = ?, chunks = ?,
         seconds = ?, concurrency = coalesce(?, concurrency) WHERE id = ?`,
      )
      .run([ended, listHash, total, saved, skipped, failed, bytes, chunks, seconds, concurrency ?? null, id]);
  }

  /** Seconds of the last sequential run of this list in which all was fetched; null when there is none. */
  baseline(listHash: string): number | null {
    const row = this.#database
      .prepare(
        `SELECT seconds FROM runs WHERE mode = 'sequential' AND list = ? AND skipped = 0 AND failed = 0 AND saved > 0
         ORDER BY id DESC LIMIT 1`,
      )
      .get([listHash]);
    return number(row?.['seconds']);
  }

  /** The last runs, the newest first. */
  last(count: number): RunRecord[] {
    return this.#database.prepare('SELECT * FROM runs ORDER BY id DESC LIMIT ?').all([count]).map(toRecord);
  }
}

function toRecord(row: Row): RunRecord {
  const count = (column: string): number => number(row[column]) ?? 0;
  const ended = number(row['ended']);
  const [total, saved, skipped, failed] = ['total', 'saved', 'skipped', 'failed'].map(count);
  return {
    id: count('id'),
    began: count('began'),
    ended,
    mode: text(row['mode']) ?? '',
    concurrency: count('concurrency'),
    listHash: text(row['list']),
    totals:
      ended === null
        ? null
        : {
            total: total ?? 0,
            saved: saved ?? 0,
            skipped: skipped ?? 0,
            failed: failed ?? 0,
            bytes: count('bytes'),
            chunks: count('chunks'),
          },
    seconds: number(row['seconds']),
  };
}
