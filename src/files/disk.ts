// The system calls of this room, in one small object, so that a test can make any of them fail.

import {
  close,
  constants,
  fstat,
  fsync,
  ftruncate,
  lstat,
  open,
  read,
  rename,
  type Stats,
  unlink,
  writev,
} from 'node:fs';
import { mkdir, opendir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasSystemCode } from './disk-errors.js';

/**
 * What stands at a path; links are not followed. `part`: nothing does, but a file at its part; `blocked`: nothing does, but
 * something at its part that is no file.
 */
export type Occupant = 'nothing' | 'file' | 'folder' | 'other' | 'part' | 'blocked';

/** A file that an earlier try has left, open for reading and writing. */
export interface OpenPart {
  readonly descriptor: number;
  readonly size: number;
}

export interface Disk {
  /** Makes a new file for writing; never opens one that is there, nor goes through a symbolic link. */
  create(path: string): Promise<number>;
  /**
   * Opens a file that is there; never goes through a symbolic link.
   *
   * @throws an Error with `code` EEXIST for what is no plain file, or has a second name
   */
  reopen(path: string): Promise<OpenPart>;
  /** @returns how many bytes were read; 0 at the end */
  read(descriptor: number, buffer: Uint8Array, position: number): Promise<number>;
  truncate(descriptor: number, size: number): Promise<void>;
  /** Waits until the file would survive a loss of power. */
  sync(descriptor: number): Promise<void>;
  /** The same for the names in a folder. */
  syncFolder(path: string): Promise<void>;
  /** Bytes of the file at a path; null when none stands there, or, with a descriptor, another than that. */
  size(path: string, descriptor?: number): Promise<number | null>;
  /** Writes all of the buffers from `position` on. */
  write(descriptor: number, buffers: readonly Uint8Array[], position: number): Promise<void>;
  close(descriptor: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** @param part where a new file at `path` would be written first */
  occupant(path: string, part?: string): Promise<Occupant>;
  /** All of a small file at once: written to `part` as {@link createAnew} makes it, perhaps synced, closed, renamed. */
  save(part: string, final: string, buffers: readonly Uint8Array[], synced: boolean): Promise<void>;
  /** Makes a folder and those above it. */
  makeFolder(path: string): Promise<void>;
  /** Whether a folder holds nothing; one entry may be left out of account. */
  isEmpty(path: string, except: string): Promise<boolean>;
  /** Removes a folder and all that is in it; links are not followed. */
  removeFolder(path: string): Promise<void>;
}

/** A new file, never an old one, and never what a link points to. */
export const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/** What syncing a folder comes to where the system knows no such thing. */
export const NO_SYNC: readonly string[] = ['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP'];

// The callback forms: a promise of node:fs/promises costs a FileHandle, and these are on the way of every URL.
export const systemDisk: Disk = {
  create: (path) => opened(path, CREATE),
  reopen,
  read: (descriptor, buffer, position) =>
    new Promise((resolve, reject) => {
      read(descriptor, buffer, 0, buffer.length, position, (error, count) =>
        error ? reject(error) : resolve(count),
      );
    }),
  truncate: (descriptor, size) => settled((done) => ftruncate(descriptor, size, done)),
  sync: (descriptor) => settled((done) => fsync(descriptor, done)),
  syncFolder,
  size: sizeAt,
  write: writeAll,
  close: (descriptor) => settled((done) => close(descriptor, done)),
  rename: (from, to) => settled((done) => rename(from, to, done)),
  unlink: (path) => settled((done) => unlink(path, done)),
  async occupant(path, part) {
    const found = await look(path);
    return found === 'nothing' && part !== undefined ? besidePart(await look(part)) : found;
  },
  async isEmpty(path, except) {
    for await (const { name } of await opendir(path)) if (name !== except) return false;
    return true;
  },
  save: (part, final, buffers, synced) => saveBy(systemDisk, part, final, buffers, synced),
  makeFolder,
  removeFolder: (path) => rm(path, { recursive: true, force: true }),
};

/** Folder by folder: where none can be made (`/proc/x`), mkdir's own `recursive` tries for ever. */
async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  try {
    await mkdir(path);
  } catch (error) {
    // Another may have made it meanwhile.
    if (!(hasSystemCode(error, 'EEXIST') && (await isFolder(path)))) throw error;
  }
}

/** Also through a link: a user's out folder may be one. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/**
 * Makes a new file in the place of one that an earlier run may have left: removing that first makes sure that nothing is
 * written through a link.
 */
export async function createAnew(disk: Disk, path: string): Promise<number> {
  try {
    return await disk.create(path);
  } catch (error) {
    if (!hasSystemCode(error, 'EEXIST')) throw error;
    await disk.unlink(path);
    return await disk.create(path);
  }
}

/** {@link Disk.save}, by the disk's own calls. */
export async function saveBy(
  disk: Disk,
  part: string,
  final: string,
  buffers: readonly Uint8Array[],
  synced: boolean,
): Promise<void> {
  const descriptor = await createAnew(disk, part);
  try {
    if (buffers.length > 0) await disk.write(descriptor, buffers, 0);
    if (synced) await disk.sync(descriptor);
  } finally {
    await disk.close(descriptor);
  }
  await disk.rename(part, final);
  if (synced) await disk.syncFolder(dirname(final));
}

const REOPEN = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

function opened(path: string, flags: number): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, flags, (error, descriptor) => (error ? reject(error) : resolve(descriptor)));
  });
}

function statsOf(descriptor: number): Promise<Stats> {
  return new Promise((resolve, reject) => {
    fstat(descriptor, (error, stats) => (error ? reject(error) : resolve(stats)));
  });
}

async function reopen(path: string): Promise<OpenPart> {
  const descriptor = await opened(path, REOPEN);
  try {
    const stats = await statsOf(descriptor);
    // Written through its second name, a file elsewhere would change.
    if (stats.isFile() && stats.nlink === 1) return { descriptor, size: stats.size };
    throw Object.assign(new Error(`EEXIST: no part of ours: ${path}`), { code: 'EEXIST' });
  } catch (error) {
    await systemDisk.close(descriptor);
    throw error;
  }
}

async function sizeAt(path: string, descriptor?: number): Promise<number | null> {
  const stats = await lstatOrNull(path);
  if (stats === null || !stats.isFile()) return null;
  if (descriptor === undefined) return stats.size;
  const { dev, ino } = await statsOf(descriptor);
  return dev === stats.dev && ino === stats.ino ? stats.size : null;
}

async function syncFolder(path: string): Promise<void> {
  const descriptor = await opened(path, constants.O_RDONLY);
  try {
    await systemDisk.sync(descriptor);
  } catch (error) {
    if (!hasSystemCode(error, ...NO_SYNC)) throw error;
  } finally {
    await systemDisk.close(descriptor);
  }
}

async function writeAll(descriptor: number, buffers: readonly Uint8Array[], position: number): Promise<void> {
  let rest = buffers;
  let at = position;
  while (rest.length > 0) {
    const written = await writeSome(descriptor, rest, at);
    at += written;
    rest = after(rest, written);
  }
}

/** One writev; a full disk or a signal can make it write less than it was given. */
function writeSome(descriptor: number, buffers: readonly Uint8Array[], position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    writev(descriptor, buffers, position, (error, written) => (error ? reject(error) : resolve(written)));
  });
}

function after(buffers: readonly Uint8Array[], written: number): readonly Uint8Array[] {
  let skip = written;
  for (const [index, buffer] of buffers.entries()) {
    if (skip < buffer.length) return [buffer.subarray(skip), ...buffers.slice(index + 1)];
    skip -= buffer.length;
  }
  return [];
}

function settled(call: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });
}

async function look(path: string): Promise<Occupant> {
  const stats = await lstatOrNull(path);
  return stats === null ? 'nothing' : occupantOf(stats);
}

function lstatOrNull(path: string): Promise<Stats | null> {
  return new Promise((resolve, reject) => {
    lstat(path, (error, stats) => {
      if (error === null) resolve(stats);
      else if (error.code === 'ENOENT') resolve(null);
      else reject(error);
    });
  });
}

/** What a name is where nothing stands but, perhaps, its part. */
export function besidePart(atPart: Occupant): Occupant {
  if (atPart === 'file') return 'part';
  return atPart === 'nothing' ? 'nothing' : 'blocked';
}

export function occupantOf(stats: Stats): Occupant {
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'folder' : 'other';
}
