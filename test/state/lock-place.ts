// Folders of notes, and processes that have their lock.

import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { acquireLock, type LockHolder, lockHolder } from '../../src/state/lock.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { built, type Child, startModule } from './child.js';

export const IMPORT = `import { acquireLock } from ${built('state/lock.js')};`;

export const HOLD = `${IMPORT}
await acquireLock(process.argv[1]);
console.log('held');
setInterval(() => {}, 1e6);
`;

export interface Place {
  readonly memory: string;
  readonly lock: string;
}

export async function place(): Promise<Place> {
  const memory = join(await temporaryFolder(), '.fetchall');
  await mkdir(memory);
  return { memory, lock: join(memory, 'lock') };
}

export async function holderIn({ lock }: Place): Promise<LockHolder> {
  return JSON.parse(await readFile(lock, 'utf8')) as LockHolder;
}

/** A process that has the lock. */
export async function holdElsewhere({ memory }: Place): Promise<Child> {
  const child = startModule(HOLD, memory);
  expect(await child.line()).toBe('held');
  return child;
}

/** The holder that a process which was killed has left. */
export async function deadHolder(): Promise<LockHolder> {
  const there = await place();
  const child = await holdElsewhere(there);
  await child.kill();
  return holderIn(there);
}

/** Takes a lock that is free, or stale, and gives it back. */
export async function expectFree({ memory, lock }: Place): Promise<void> {
  const ours = await acquireLock(memory);
  expect(await lockHolder(memory)).toMatchObject({ pid: process.pid, host: hostname() });
  await ours.release();
  await expect(stat(lock)).rejects.toMatchObject({ code: 'ENOENT' });
  // Nothing of the takeover is left.
  expect(await readdir(memory)).toEqual([]);
}
