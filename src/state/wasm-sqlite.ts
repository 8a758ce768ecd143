// SQLite in WebAssembly, for a Node that has none of its own.

import fs from 'node:fs';
import sqlite, { type Statement as WasmStatement } from 'node-sqlite3-wasm';
import type { Database, Row, SqlValue, Statement } from './database.js';

export function openWasmSqlite(path: string): Database {
  const lock = `${path}.lock`;
  // A process that was killed has left it; whether another is alive is for the folder's own lock to know.
  fs.rmSync(lock, { recursive: true, force: true });
  const database = new sqlite.Database(path);
  const statements: WasmStatement[] = [];
  try {
    rollBack(() => database.get('SELECT count(*) FROM sqlite_schema'), lock);
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    exec: (sql) => database.exec(sql),
    prepare(sql): Statement {
      const statement = database.prepare(sql);
      statements.push(statement);
      return {
        run: (values) => statement.run(values as SqlValue[]).changes,
        get: (values) => statement.get(values as SqlValue[]) as Row | null,
        all: (values) => statement.all(values as SqlValue[]) as Row[],
      };
    },
    close() {
      // A statement that is not finalized keeps the file open.
      for (const statement of statements) finalize(statement);
      database.close();
    },
  };
}

function finalize(statement: WasmStatement): void {
  try {
    statement.finalize();
  } catch {
    // It is: what is thrown is the last error of its use, once more.
  }
}

/**
 * Lets the first look at the file undo a transaction that a kill has cut short. This build holds a folder beside the
 * file as its lock, and, asked whether another process is writing, takes its own for that one's: it would leave the
 * journal alone. So the lock is out of its sight for this one call, in which nobody else's code can run.
 */
function rollBack(look: () => void, lock: string): void {
  const { accessSync } = fs;
  const hiding = (path: fs.PathLike, mode?: number): void => {
    if (path === lock) throw new Error(`${lock} is our own`);
    accessSync(path, mode);
  };
  Reflect.set(fs, 'accessSync', hiding);
  try {
    look();
  } finally {
    Reflect.set(fs, 'accessSync', accessSync);
  }
}
