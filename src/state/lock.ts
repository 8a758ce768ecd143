// One run a folder: DIR/.fetchall/lock says who has it.

import { link, open, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
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
}

export interface Lock {
  release(): Promise<void>;
}

const NAME = 'lock';
/** Nobody needs longer than this to take a stale lock over, in ms. */
const TAKEOVER = 10_000;
const TRIES = 20;

let attempts = 0;

/**
 * Takes the lock of a folder of notes. What a process that is no more has left is taken over.
 *
 * @param memory the folder, which is there
 * @throws FetchallError ERR_LOCKED while another run has it; ERR_DISK
 */
export async function acquireLock(memory: string): Promise<Lock> {
  const path = join(memory, NAME);
  const text = JSON.stringify(await ourselves());
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (await create(path, text)) return { release: () => release(path, text) };
    const holder = await holderOf(path);
    if (holder !== null && (await isAlive(holder))) throw locked(memory, path, holder);
    await removeStale(path);
  }
  throw new FetchallError('ERR_LOCKED', `others are taking ${path} over; try again`);
}

/** Who has the lock of a folder of notes now; null when nobody does. */
export async function lockHolder(memory: string): Promise<LockHolder | null> {
  const holder = await holderOf(join(memory, NAME));
  return holder !== null && (await isAlive(holder)) ? holder : null;
}

function locked(memory: string, path: string, { pid, host, since }: LockHolder): FetchallError {
  const where = host === hostname() ? '' : ` on ${host}`;
  const hint = where === '' ? '' : `; if that is over, remove ${path}`;
  const says = `another run (process ${pid}${where}, since ${since}) is at work in ${join(memory, '..')}${hint}`;
  return new FetchallError('ERR_LOCKED', says);
}

async function ourselves(): Promise<LockHolder> {
  const { pid } = process;
  return { pid, started: await startOf(pid), host: hostname(), since: clock.date().toISOString() };
}

/** All of it appears at once: nobody ever reads half a lock. @returns false when there is one */
async function create(path: string, text: string): Promise<boolean> {
  const own = `${path}.${hostname()}.${process.pid}.${++attempts}`;
  try {
    await writeFile(own, text, { flag: 'wx' });
    try {
      await link(own, path).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') throw error;
        // A file system without hard links.
        await writeFile(path, text, { flag: 'wx' });
      });
    } finally {
      await unlink(own);
    }
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw memoryError(error);
  }
}

/** Those who find the same stale lock remove it one after another, and look again first: never a lock that lives. */
async function removeStale(path: string): Promise<void> {
  const turn = `${path}.takeover`;
  try {
    await (await open(turn, 'wx')).close();
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw memoryError(error);
    await removeOld(turn);
    await new Promise<void>((resolve) => clock.schedule(5 + 20 * clock.random(), resolve));
    return;
  }
  try {
    const holder = await holderOf(path);
    if (holder === null || !(await isAlive(holder))) await rm(path, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}

/** Who was killed in the midst of a takeover has left this. */
async function removeOld(turn: string): Promise<void> {
  const age = await stat(turn).then(
    ({ mtimeMs }) => clock.date().getTime() - mtimeMs,
    () => 0,
  );
  if (age < TAKEOVER) return;
  const aside = `${turn}.${process.pid}.${++attempts}`;
  await rename(turn, aside).catch(() => {});
  await rm(aside, { force: true });
}

async function release(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => '')) === text) await rm(path, { force: true });
}

/** @returns null for a lock that is gone, or is none of ours */
async function holderOf(path: string): Promise<LockHolder | null> {
  try {
    const holder: unknown = JSON.parse(await readFile(path, 'utf8'));
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
    (started === null || typeof started === 'string') &&
    typeof host === 'string' &&
    typeof since === 'string'
  );
}

/** Another machine's process cannot be asked after: it is taken for alive. */
async function isAlive({ pid, started, host }: LockHolder): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return isCode(error, 'EPERM');
  }
  return started === null || started === (await startOf(pid));
}

/** The boot and the tick that a process began in (proc(5)); null where there is no /proc. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const [boot, status] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The second field is the program's name in parentheses, which may hold anything; the 22nd is the start.
    return `${boot.trim()} ${status.slice(status.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return null;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
