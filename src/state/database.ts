// SQLite, as far as the state needs it.

export type SqlValue = null | number | string;

export type Row = Readonly<Record<string, unknown>>;

export interface Statement {
  /** @returns rows that it changed */
  run(values: readonly SqlValue[]): number;
  get(values: readonly SqlValue[]): Row | null;
  all(values: readonly SqlValue[]): Row[];
}

/** Errors are those of the build; {@link isDamaged} understands them. */
export interface Database {
  exec(sql: string): void;
  /** Kept as long as the database is open. */
  prepare(sql: string): Statement;
  close(): void;
}

/** How much is made safe against a loss of power: nothing, the order of things, or each transaction. */
export type Synchronous = 'OFF' | 'NORMAL' | 'FULL';

const DAMAGED = /malformed|not a database|unsupported file format|file is encrypted/i;

/** Whether the file holds no database, or a broken one. */
export function isDamaged(error: unknown): boolean {
  return error instanceof Error && DAMAGED.test(error.message);
}

/** Whether the file could not be written or read, for a reason that is not told. */
export function isWriteError(error: unknown): boolean {
  return error instanceof Error && /disk I\/O error/i.test(error.message);
}

/** Whether there is no room for more. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && /database or disk is full/i.test(error.message);
}
