// The live things of one run, made from its settings and what the caller reaches in.

import { resolve } from 'node:path';
import { archivingTransport } from '../download/archiving-transport.js';
import type { Context } from '../download/context.js';
import { forgetfulParts } from '../download/forgetful-parts.js';
import { RateLimit } from '../download/rate-limit.js';
import { type Disk, systemDisk } from '../files/disk.js';
import { diskError } from '../files/disk-errors.js';
import { threadedDisk } from '../files/disk-thread.js';
import type { FsyncMode } from '../files/options.js';
import { fetchTransport } from '../http/fetch-transport.js';
import type { Transport } from '../http/transport.js';
import type { FetchallError } from '../model/errors.js';
import type { FetchallEvent } from '../model/events.js';
import { Progress } from '../model/progress.js';
import type { Synchronous } from '../state/database.js';
import { MEMORY_FOLDER } from '../state/memory-folder.js';
import { forgetParts, openStore } from '../state/open-store.js';
import type { Store } from '../state/store.js';
import type { OpenArchive } from './open-archive.js';
import type { Settings } from './options.js';
import type { EntrySource } from './pass.js';
import type { Seams } from './seams.js';
import { mostByItself, Workers, type WorkersOptions } from './workers.js';

/** Beyond the public seams: what the command line and tests reach in. */
export interface RunSeams extends Seams {
  /** Hears every event, and with a failure the thrown error: its stack and causes are in no event. */
  listener?: (event: FetchallEvent, error?: FetchallError) => void;
  /** Where a display reads what is going on. */
  progress?: Progress;
  /** Hears what the user should know and no event tells. */
  note?: (text: string) => void;
  /** The system calls for files. */
  disk?: Disk;
  /** Bytes of the smallest file that is fetched in several ranges. */
  splitFrom?: number;
  /** How worker threads are begun. */
  threads?: Pick<WorkersOptions, 'file' | 'isAlways' | 'most' | 'worth' | 'saturation'>;
}

/** What a pass brings itself: its names, and its gate, which hears of answers. */
export type PassContext = Omit<Context, 'names' | 'onSent' | 'onAnswer'>;

/** With `file`, what is remembered of a file that is safe may be lost, but never wrong. */
const SYNCHRONOUS: Readonly<Record<FsyncMode, Synchronous>> = {
  never: 'OFF',
  file: 'NORMAL',
  always: 'FULL',
};

export interface Live extends PassContext {
  /** What the folder remembers; null when it shall not. */
  readonly store: Store | null;
  /** Other event loops; null for a run that has one in any case. */
  readonly workers: Workers | null;
  /** Drops what is still open, the entries too. */
  close(): Promise<void>;
}

/**
 * Makes the out folder and opens what the run needs.
 *
 * @throws FetchallError ERR_DISK, ERR_LOCKED; the entries are closed then
 */
export async function goLive(entries: EntrySource, settings: Settings, seams: RunSeams): Promise<Live> {
  const thread = seams.disk === undefined ? threadedDisk(systemDisk) : null;
  const disk = seams.disk ?? thread ?? systemDisk;
  try {
    const folder = await makeOut(disk, settings);
    const progress = seams.progress ?? new Progress();
    const workers = openWorkers(folder, progress, settings, seams);
    const transport = await openTransport(settings, seams);
    const store = await openState(folder, settings, seams);
    const archive = await archiveOf(folder, settings, disk).catch(async (error: unknown) => {
      await store?.close();
      throw error;
    });
    return {
      transport: archive === null ? transport : archivingTransport(transport, archive.archive),
      disk,
      folder,
      store,
      progress,
      workers,
      rateLimit: settings.limitRate === null ? null : new RateLimit(settings.limitRate),
      parts: store ?? forgetfulParts,
      onChunk: seams.onChunk ?? null,
      ...(seams.splitFrom !== undefined && { splitFrom: seams.splitFrom }),
      hashed: isHashed(settings),
      emit: emitter(seams),
      // The caller's own transport stays the caller's.
      async close() {
        await entries.close?.();
        if (transport !== seams.transport) await transport.close();
        await workers?.end();
        await thread?.end();
        try {
          await archive?.close();
        } finally {
          await store?.close();
        }
      },
    };
  } catch (error) {
    await entries.close?.();
    throw error;
  }
}

/** @throws FetchallError ERR_DISK, ERR_LOCKED */
async function openState(folder: string, settings: Settings, { note }: RunSeams): Promise<Store | null> {
  if (!settings.state) {
    // What is written without notes must not meet notes of before.
    await forgetParts(folder);
    return null;
  }
  return await openStore(folder, {
    synchronous: SYNCHRONOUS[settings.fsync],
    onDamaged: (path) =>
      note?.(`fetchall: the notes in the out folder were damaged and begin anew; they are now ${path}`),
  });
}

/** @throws FetchallError ERR_DISK, ERR_LOCKED */
async function archiveOf(folder: string, settings: Settings, disk: Disk): Promise<OpenArchive | null> {
  const { warc: file } = settings;
  if (file === null) return null;
  const { openArchive } = await import('./open-archive.js');
  return await openArchive(folder, { ...settings, file }, disk);
}

async function openTransport(settings: Settings, { transport, fetch }: Seams): Promise<Transport> {
  if (transport !== undefined) return transport;
  if (fetch !== undefined) return fetchTransport(fetch, settings);
  // Loaded when it is needed: undici takes 70 ms.
  const { undiciTransport } = await import('../http/undici-transport.js');
  return undiciTransport(settings);
}

function isHashed({ compare, manifest }: Settings): boolean {
  return compare || manifest !== null;
}

/** @returns null where there is one loop in any case: for what a caller has reached in, and what all transfers share */
function openWorkers(
  folder: string,
  progress: Progress,
  settings: Settings,
  seams: RunSeams,
): Workers | null {
  const { workers: loops, concurrency, compare, warc, limitRate, policy } = settings;
  const { transport, fetch, onChunk, disk, splitFrom } = seams;
  const isReached = [transport, fetch, onChunk, disk].some((seam) => seam !== undefined);
  const most = loops === 'auto' ? (seams.threads?.most ?? mostByItself()) : loops;
  if (most === 1 || concurrency === 1 || isReached) return null;
  if (compare || warc !== null || limitRate !== null) return null;
  // Files in ranges stay in this thread, and they are what `auto` has threads for.
  if (loops === 'auto' && policy.split > 1 && !policy.splitsWhenSlow) return null;
  const frees = globalThis.gc !== undefined;
  return new Workers({
    loops,
    settings,
    folder,
    hashed: isHashed(settings),
    frees,
    progress,
    ...(splitFrom !== undefined && { splitFrom }),
    ...seams.threads,
  });
}

/** Tells the listeners. One that throws cannot hurt the run. */
export function emitter({ onEvent, listener }: RunSeams): Context['emit'] {
  return (event, error) => {
    guard(() => onEvent?.(event));
    guard(() => listener?.(event, error));
  };
}

function guard(tell: () => void): void {
  try {
    tell();
  } catch {
    // Events go one way: there is nobody to tell.
  }
}

/** Whether nothing stands in the folder that a download could meet. */
export async function isFresh({ disk, folder }: Pick<Live, 'disk' | 'folder'>): Promise<boolean> {
  // A folder that cannot be read may still be written to: then each name is looked at.
  return await disk.isEmpty(folder, MEMORY_FOLDER).catch(() => false);
}

async function makeOut(disk: Disk, settings: Settings): Promise<string> {
  const folder = outFolder(settings);
  await makeFolder(disk, folder);
  return folder;
}

/**
 * The absolute path of the out folder.
 *
 * @throws FetchallError ERR_DISK when it is relative to a current folder that is gone
 */
export function outFolder({ out }: Settings): string {
  try {
    return resolve(out);
  } catch (error) {
    throw diskError(error, `cannot find the folder ${out}, the current one is gone`);
  }
}

/** @throws FetchallError ERR_DISK */
export async function makeFolder(disk: Disk, folder: string): Promise<void> {
  try {
    await disk.makeFolder(folder);
  } catch (error) {
    throw diskError(error, `cannot make the folder ${folder}`);
  }
}
