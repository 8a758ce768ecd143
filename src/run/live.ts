// The live things of one run, made from its settings and what the caller reaches in.

import { resolve } from 'node:path';
import type { Context } from '../download/context.js';
import { forgetfulParts } from '../download/forgetful-parts.js';
import { RateLimit } from '../download/rate-limit.js';
import { type Disk, systemDisk } from '../files/disk.js';
import { diskError } from '../files/disk-errors.js';
import { threadedDisk } from '../files/disk-thread.js';
import { fetchTransport } from '../http/fetch-transport.js';
import type { Transport } from '../http/transport.js';
import type { FetchallError } from '../model/errors.js';
import type { FetchallEvent } from '../model/events.js';
import type { KnownFiles } from '../model/known-file.js';
import type { PartRecords } from '../model/part-record.js';
import { Progress } from '../model/progress.js';
import { MEMORY_FOLDER } from '../state/memory-folder.js';
import type { Settings } from './options.js';
import type { EntrySource } from './pass.js';
import type { Seams } from './seams.js';

/** Beyond the public seams: what the command line and tests reach in. */
export interface RunSeams extends Seams {
  /** Hears every event, and with a failure the thrown error: its stack and causes are in no event. */
  listener?: (event: FetchallEvent, error?: FetchallError) => void;
  /** Where a display reads what is going on. */
  progress?: Progress;
  /** Where records of part files outlive the run. */
  parts?: PartRecords;
  /** What runs before have saved. */
  known?: KnownFiles;
  /** The system calls for files. */
  disk?: Disk;
}

export interface Live extends Context {
  /** Drops what is still open, the entries too. */
  close(): Promise<void>;
}

/**
 * Makes the out folder and opens what the run needs.
 *
 * @throws FetchallError ERR_DISK; the entries are closed then
 */
export async function goLive(entries: EntrySource, settings: Settings, seams: RunSeams): Promise<Live> {
  const thread = seams.disk === undefined ? threadedDisk(systemDisk) : null;
  const disk = seams.disk ?? thread ?? systemDisk;
  const folder = await makeOut(disk, settings).catch(async (error: unknown) => {
    await entries.close?.();
    throw error;
  });
  const transport = await openTransport(settings, seams);
  return {
    transport,
    disk,
    folder,
    progress: seams.progress ?? new Progress(),
    rateLimit: settings.limitRate === null ? null : new RateLimit(settings.limitRate),
    parts: seams.parts ?? forgetfulParts,
    onChunk: seams.onChunk ?? null,
    hashed: settings.compare,
    emit: emitter(seams),
    // The caller's own transport stays the caller's.
    async close() {
      await entries.close?.();
      if (transport !== seams.transport) await transport.close();
      await thread?.end();
    },
  };
}

async function openTransport(settings: Settings, { transport, fetch }: Seams): Promise<Transport> {
  if (transport !== undefined) return transport;
  if (fetch !== undefined) return fetchTransport(fetch, settings);
  // Loaded when it is needed: undici takes 70 ms.
  const { undiciTransport } = await import('../http/undici-transport.js');
  return undiciTransport(settings);
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
