// The table `files`: a row for each URL and the name that it goes under.

import type { FileRecord } from '../model/file-record.js';
import type { KnownFile } from '../model/known-file.js';
import type { ErrorSummary, Outcome, Reason } from '../model/result.js';
import type { Database, Row, SqlValue, Statement } from './database.js';

const COLUMNS = [
  'url',
  'file',
  'outcome',
  'reason',
  'status',
  'attempts',
  'seconds',
  'bytes',
  'ended',
  'error_code',
  'error_message',
  'run',
  'expected',
  'size',
  'etag',
  'last_modified',
  'sha256',
  'verified',
  'name',
];

const INSERT = `INSERT INTO files (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`;
const ON_CONFLICT = 'ON CONFLICT (file, url) DO UPDATE SET';
const all = (columns: readonly string[]): string =>
  columns.map((column) => `${column} = excluded.${column}`).join(', ');

const UPSERTS: Readonly<Record<Outcome, string>> = {
  saved: `${INSERT} ${ON_CONFLICT} ${all(COLUMNS.slice(2))}`,
  // The file of before, if there was one, is still there.
  failed: `${INSERT} ${ON_CONFLICT} ${all(COLUMNS.slice(2, 13))}`,
  // Nothing was done, so what was known stays known; but what had failed is settled.
  skipped: `${INSERT} ${ON_CONFLICT} outcome = CASE WHEN size IS NULL THEN 'skipped' ELSE 'saved' END,
    name = CASE WHEN size IS NULL THEN excluded.name ELSE name END, ${all(['reason', 'ended', 'run'])}, error_code = NULL, error_message = NULL WHERE outcome = 'failed'`,
};

/** Rows of a page: a million are never in memory at once. */
const PAGE = 1000;

export interface FileCounts {
  /** URLs whose file is there, and the bytes of these files. */
  readonly saved: number;
  readonly size: number;
  readonly failed: number;
  readonly skipped: number;
}

export class FileRows {
  readonly #database: Database;
  readonly #upserts: Readonly<Record<Outcome, Statement>>;
  readonly #replaced: readonly Statement[];
  readonly #known: Statement;
  readonly #named: Statement;
  readonly #others: readonly Statement[];
  readonly #pages: (where: string) => Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#upserts = {
      saved: database.prepare(UPSERTS.saved),
      failed: database.prepare(UPSERTS.failed),
      skipped: database.prepare(UPSERTS.skipped),
    };
    this.#replaced = [
      database.prepare('DELETE FROM files WHERE file = ? AND name IS NULL AND url <> ?'),
      database.prepare('DELETE FROM files WHERE name = ? AND url <> ?'),
    ];
    this.#known = database.prepare('SELECT * FROM files WHERE file = ? AND url = ? AND size IS NOT NULL');
    const ofAnother = 'AND url <> ? AND size IS NOT NULL LIMIT 1';
    this.#others = [
      database.prepare(`SELECT 1 FROM files WHERE file = ? AND name IS NULL ${ofAnother}`),
      database.prepare(`SELECT 1 FROM files WHERE name = ? ${ofAnother}`),
    ];
    this.#named = database.prepare('SELECT name FROM files WHERE file = ? AND url = ?');
    this.#pages = (where) =>
      database.prepare(
        `SELECT * FROM files WHERE (file, url) > (?, ?) AND ${where} ORDER BY file, url LIMIT ${PAGE}`,
      );
  }

  /** @param mayReplace whether the file may have been another URL's, of whose content nothing is there then */
  put(record: FileRecord, run: number, mayReplace: boolean): void {
    if (mayReplace && record.outcome === 'saved')
      for (const statement of this.#replaced) statement.run([record.name ?? record.file, record.url]);
    this.#upserts[record.outcome].run(toValues(record, run));
  }

  /** The file has other bytes now. */
  rewrite(url: string, file: string, size: number, sha256: string): void {
    this.#database
      .prepare('UPDATE files SET size = ?, sha256 = ? WHERE file = ? AND url = ?')
      .run([size, sha256, file, url]);
  }

  known(url: string, file: string): KnownFile | null {
    const row = this.#known.get([file, url]);
    return row === null ? null : toKnown(row);
  }

  nameOf(url: string, file: string): string | null {
    return text(this.#named.get([file, url])?.['name']);
  }

  isAnothers(url: string, name: string): boolean {
    return this.#others.some((statement) => statement.get([name, url]) !== null);
  }

  /** Those that failed the last time. */
  failed(): Generator<FileRecord> {
    return this.#where("outcome = 'failed'");
  }

  /** Those whose file was saved, whatever has become of later tries. */
  saved(): Generator<FileRecord> {
    return this.#where('size IS NOT NULL');
  }

  counts(): FileCounts {
    const row = this.#database
      .prepare(
        `SELECT count(size) AS saved, total(size) AS size, count(*) FILTER (WHERE outcome = 'failed') AS failed,
         count(*) FILTER (WHERE outcome = 'skipped') AS skipped FROM files`,
      )
      .get([]);
    const count = (column: keyof FileCounts): number => number(row?.[column]) ?? 0;
    return { saved: count('saved'), size: count('size'), failed: count('failed'), skipped: count('skipped') };
  }

  *#where(condition: string): Generator<FileRecord> {
    const statement = this.#pages(condition);
    for (let last: FileRecord | undefined; ; ) {
      const page = statement.all([last?.file ?? '', last?.url ?? '']).map(toRecord);
      yield* page;
      const next = page.at(-1);
      // A key that another program has written may be no text, and lead nowhere.
      if (next === undefined || page.length < PAGE || (next.file === '' && next.url === '')) return;
      last = next;
    }
  }
}

function toValues(record: FileRecord, run: number): SqlValue[] {
  const { saved, error } = record;
  return [
    record.url,
    record.file,
    record.outcome,
    record.reason,
    record.status,
    record.attempts,
    record.seconds,
    record.bytes,
    record.ended,
    error?.code ?? null,
    error?.message ?? null,
    run,
    record.expected,
    saved?.size ?? null,
    saved?.etag ?? null,
    saved?.lastModified ?? null,
    saved?.sha256 ?? null,
    saved?.verified ?? null,
    record.name,
  ];
}

function toRecord(row: Row): FileRecord {
  const code = text(row['error_code']);
  return {
    url: text(row['url']) ?? '',
    file: text(row['file']) ?? '',
    name: text(row['name']),
    outcome: (text(row['outcome']) ?? 'failed') as Outcome,
    reason: text(row['reason']) as Reason | null,
    status: number(row['status']),
    attempts: number(row['attempts']) ?? 0,
    seconds: number(row['seconds']) ?? 0,
    bytes: number(row['bytes']) ?? 0,
    ended: number(row['ended']) ?? 0,
    error: code === null ? null : ({ code, message: text(row['error_message']) ?? '' } as ErrorSummary),
    expected: text(row['expected']),
    saved: toKnown(row),
  };
}

function toKnown(row: Row): KnownFile | null {
  const size = number(row['size']);
  if (size === null) return null;
  return {
    name: text(row['name']),
    size,
    etag: text(row['etag']),
    lastModified: text(row['last_modified']),
    sha256: text(row['sha256']),
    verified: text(row['verified']),
  };
}

/** A column holds what SQLite was given: by another program it may be anything. */
export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function number(value: unknown): number | null {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}
