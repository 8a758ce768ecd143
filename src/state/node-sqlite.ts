// Node's own SQLite: in 22.13 and newer.

import type { Database, Row, SqlValue, Statement } from './database.js';

/** What is used of `node:sqlite`; the types of the oldest Node that is supported do not have it. */
interface NodeSqlite {
  readonly DatabaseSync: new (
    path: string,
  ) => {
    exec(sql: string): void;
    prepare(sql: string): {
      run(...values: readonly SqlValue[]): { readonly changes: number | bigint };
      get(...values: readonly SqlValue[]): Row | undefined;
      all(...values: readonly SqlValue[]): Row[];
    };
    close(): void;
  };
}

/** @returns null where Node has none */
export function openNodeSqlite(path: string): Database | null {
  const sqlite = loadQuietly();
  if (sqlite === null) return null;
  const database = new sqlite.DatabaseSync(path);
  return {
    exec: (sql) => database.exec(sql),
    prepare(sql): Statement {
      const statement = database.prepare(sql);
      return {
        run: (values) => Number(statement.run(...values).changes),
        get: (values) => statement.get(...values) ?? null,
        all: (values) => statement.all(...values),
      };
    },
    close: () => database.close(),
  };
}

/** Without the warning that it is experimental: what is used here has been the same in every version. */
function loadQuietly(): NodeSqlite | null {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (rest[0] !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    // Versions before 20.16 do not have the function; they do not have SQLite either.
    return (process.getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined) ?? null;
  } finally {
    process.emitWarning = emitWarning;
  }
}
