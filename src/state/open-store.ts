// The way to what a folder remembers: its lock, its database, and what to do when that is damaged.

import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FetchallError } from '../model/errors.js';
import { isDamaged, type Synchronous } from './database.js';
import { acquireLock, type Lock } from './lock.js';
import { memoryError } from './memory-error.js';
import { makeMemoryFolder, memoryFolder } from './memory-folder.js';
import { openDatabase } from './open-database.js';
import { prepareSchema } from './schema.js';
import { setAside } from './set-aside.js';
import { STATE_FILE, Store } from './store.js';

export interface StoreOptions {
  readonly synchronous: Synchronous;
  /** For who only has a look: a run that begins meanwhile waits. */
  readonly isPassing?: boolean;
  /** A file that was damaged has been set aside under this path, and a new one begun. */
  onDamaged?(path: string): void;
}

/**
 * Opens what an out folder remembers, and keeps other runs away from it.
 *
 * @param folder the out folder, which is there
 * @throws FetchallError ERR_LOCKED while another run has it; ERR_DISK
 */
export async function openStore(folder: string, options: StoreOptions): Promise<Store> {
  const memory = await makeMemoryFolder(folder);
  const lock = await acquireLock(memory, options.isPassing);
  try {
    const path = join(memory, STATE_FILE);
    await refuseLink(path);
    return await openOrReplace(path, lock, options);
  } catch (error) {
    await lock.release();
    throw error instanceof FetchallError ? error : memoryError(error);
  }
}

/** Whether an out folder has notes. */
export async function hasNotes(folder: string): Promise<boolean> {
  const stats = await stat(join(memoryFolder(folder), STATE_FILE)).catch(() => null);
  return stats?.isFile() === true;
}

/**
 * Forgets the part files of an out folder that may have notes: for a run that keeps none, and writes to the same names.
 *
 * @throws FetchallError ERR_LOCKED while another run has the folder; ERR_DISK
 */
export async function forgetParts(folder: string): Promise<void> {
  if (!(await hasNotes(folder))) return;
  const store = await openStore(folder, { synchronous: 'OFF' });
  store.dropParts();
  await store.close();
}

/** Nothing is written through a link. */
async function refuseLink(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => null);
  if (stats?.isSymbolicLink() === true) throw new Error(`${path} is a link; remove it`);
}

async function openOrReplace(path: string, lock: Lock, options: StoreOptions): Promise<Store> {
  try {
    return await open(path, lock, options);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    const aside = await setAside(path);
    options.onDamaged?.(aside);
    return await open(path, lock, options);
  }
}

async function open(path: string, lock: Lock, { synchronous }: StoreOptions): Promise<Store> {
  const database = await openDatabase(path, synchronous);
  try {
    prepareSchema(database, path);
    return new Store(database, path, lock);
  } catch (error) {
    database.close();
    throw error;
  }
}
