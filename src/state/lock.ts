// One run a folder: DIR/.fetchall/lock says who has it. An archive has a lock of its own.

import { createHash } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { clock } from '../coroutine/clock.js';
import { FetchallError } from '../model/errors.js';
import { memoryError } from './memory-error.js';

export interface LockHolder {
  readonly pid: number;
  /** When the process started, as the system counts it; null where that cannot be known. A pid is used again. */
  readonly started: string | null;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  /** Only has a look, and is gone in a moment: who comes meanwhile waits. */
  readonly isPassing?: boolean;
}

export interface Lock {
  release(): Promise<void>;
}

const NAME = 'lock';
/** Whoever fails so often has seen as many others win. */
const TRIES = 20;
/** How long one who is only passing is waited for, and how often it is looked whether it is gone, in ms. */
const LONGEST_WAIT = 10_000;
const LOOK_EVERY = 50;

let attempts = 0;

/**
 * Takes the lock of a folder of notes. What a process that is no more has left is taken over.
 *
 * @param memory the folder, which is there
 * @param isPassing for who only has a look
 * @throws FetchallError ERR_LOCKED while another run has it; ERR_DISK
 */
export function acquireLock(memory: string, isPassing = false): Promise<Lock> {
  return acquireLockFile(join(memory, NAME), `is at work in ${join(memory, '..')}`, isPassing);
}

/**
 * The same with any path, whose folder is there.
 *
 * @param does what the other run does while it has the lock, for the error
 * @throws FetchallError ERR_LOCKED, ERR_DISK
 */
export async function acquireLockFile(path: string, does: string, isPassing = false): Promise<Lock> {
  const text = JSON.stringify({ ...(await ourselves()), ...(isPassing && { isPassing }) });
  try {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      await passed(path);
      const { holder, names } = await lookAt(path);
      if (holder !== null) throw locked(does, path, holder);
      if (await claim(names, text)) return lockOf(path, text);
    }
  } catch (error) {
    throw error instanceof FetchallError ? error : memoryError(error);
  }
  throw new FetchallError('ERR_LOCKED', `others are taking ${path} over; try again`);
}

/** Waits while somebody who is only passing has the lock, but not for ever. */
async function passed(path: string): Promise<void> {
  for (let waited = 0; waited < LONGEST_WAIT; waited += LOOK_EVERY) {
    const { holder } = await lookAt(path);
    if (holder?.isPassing !== true) return;
    await new Promise((resolve) => clock.schedule(LOOK_EVERY, () => resolve(null)));
  }
}

/**
 * Which run has the lock of a folder of notes now; null when none does.
 *
 * @throws FetchallError ERR_DISK when it cannot be read
 */
export async function lockHolder(memory: string): Promise<LockHolder | null> {
  try {
    const { holder } = await lookAt(join(memory, NAME));
    return holder?.isPassing === true ? null : holder;
  } catch (error) {
    throw memoryError(error);
  }
}

function locked(does: string, path: string, { pid, host, since }: LockHolder): FetchallError {
  const where = host === hostname() ? '' : ` on ${host}`;
  const hint = where === '' ? '' : `; if that is over, remove ${path}`;
  const says = `another run (process ${pid}${where}, since ${since}) ${does}${hint}`;
  return new FetchallError('ERR_LOCKED', says);
}

async function ourselves(): Promise<LockHolder> {
  const { pid } = process;
  const started = (await statusOf(pid))?.started ?? null;
  return { pid, started, host: hostname(), since: clock.date().toISOString() };
}

interface Look {
  readonly holder: LockHolder | null;
  /** Files that name a holder each, from `lock` on; where there is no holder, the last is still to be made. */
  readonly names: readonly string[];
}

/**
 * A stale lock is not removed, since a live one might have come in its place: its successor is the one process that makes
 * the file which is named for what the lock says. A process that dies as a successor may have one, too.
 */
async function lookAt(path: string): Promise<Look> {
  const names = [path];
  for (let name = path; ; names.push(name)) {
    const text = await readLock(name);
    if (text === null) return { holder: null, names };
    const holder = parse(text);
    if (holder !== null && (await isAlive(holder))) return { holder, names };
    name = `${path}.after-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  }
}

/** All of a file appears at once: nobody ever reads half a holder. @returns false when another was faster */
async function claim(names: readonly string[], text: string): Promise<boolean> {
  const [path = '', ...after] = names;
  const own = `${path}.${hostname()}.${process.pid}.${++attempts}`;
  // One that was left by a process of the same pid may be a link to what is no longer its own.
  await rm(own, { force: true });
  try {
    await writeFile(own, text, { flag: 'wx' });
    if (!(await makeLink(own, names.at(-1) ?? path, text))) return false;
    if (after.length === 0) return true;
    // A successor that was faster has cleared up already: what led here leads elsewhere now.
    const leadsHere = (await lookAt(path)).names.at(-1) === names.at(-1);
    if (leadsHere) await rename(own, path);
    for (const name of leadsHere ? after : after.slice(-1)) await rm(name, { force: true });
    return leadsHere;
  } finally {
    await rm(own, { force: true });
  }
}

async function makeLink(from: string, to: string, text: string): Promise<boolean> {
  try {
    await link(from, to).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      // A file system without hard links.
      await writeFile(to, text, { flag: 'wx' });
    });
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function lockOf(path: string, text: string): Lock {
  let isOurs = true;
  return {
    async release() {
      if (isOurs && (await readFile(path, 'utf8').catch(() => '')) === text) await rm(path, { force: true });
      isOurs = false;
    },
  };
}

/** @returns null when it is gone */
async function readLock(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function parse(text: string): LockHolder | null {
  try {
    const holder: unknown = JSON.parse(text);
    return isHolder(holder) ? holder : null;
  } catch {
    return null;
  }
}

function isHolder(value: unknown): value is LockHolder {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, started, host, since } = value as Partial<Record<keyof LockHolder, unknown>>;
  return (
    Number.isInteger(pid) &&
    Number(pid) > 0 &&
    (started === null || typeof started === 'string') &&
    typeof host === 'string' &&
    typeof since === 'string'
  );
}

/** Another machine's process cannot be asked after: it is taken for alive. */
async function isAlive({ pid, started, host }: LockHolder): Promise<boolean> {
  if (host !== hostname()) return true;
  let isSeen = true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's, which may have got the pid since.
    if (!isCode(error, 'EPERM')) return false;
    isSeen = false;
  }
  const status = await statusOf(pid);
  if (status === null) return started === null || !isSeen;
  return !status.isDead && (started === null || started === status.started);
}

/** When a process began, as boot and tick, and whether it is dead but not waited for (proc(5)); null without /proc. */
async function statusOf(pid: number): Promise<{ readonly started: string; readonly isDead: boolean } | null> {
  try {
    const [boot, status] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The second field is the program's name in parentheses, which may hold anything; the 3rd is the state, the 22nd the start.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return { started: `${boot.trim()} ${fields[19]}`, isDead: /^[ZXx]$/.test(fields[0] ?? '') };
  } catch {
    return null;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
