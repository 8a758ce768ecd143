// Node's own SQLite where there is one, else a build of it in WebAssembly: same SQL, same file.

import type { Database, Synchronous } from './database.js';
import { openNodeSqlite } from './node-sqlite.js';

/**
 * Opens or makes a database, for this process alone: two at a time are kept away by the folder's lock, not by SQLite.
 *
 * @throws the build's error; {@link isDamaged} says whether the file is no database
 */
export async function openDatabase(path: string, synchronous: Synchronous): Promise<Database> {
  const database = openNodeSqlite(path) ?? (await openWasm(path));
  try {
    database.exec(
      `PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=${synchronous}`,
    );
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Loaded where it is needed: it takes 20 ms. */
async function openWasm(path: string): Promise<Database> {
  const { openWasmSqlite } = await import('./wasm-sqlite.js');
  return openWasmSqlite(path);
}
