// The system calls of this room, in one small object, so that a test can make any of them fail.

import { close, constants, lstat, open, rename, type Stats, unlink, writev } from 'node:fs';
import { mkdir, opendir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasSystemCode } from './disk-errors.js';

/** What stands at a path; links are not followed. `blocked`: nothing does, but something that is no file at its part. */
export type Occupant = 'nothing' | 'file' | 'folder' | 'other' | 'blocked';

export interface Disk {
  /** Makes a new file for writing; never opens one that is there, nor goes through a symbolic link. */
  create(path: string): Promise<number>;
  /** Writes all of the buffers from `position` on. */
  write(descriptor: number, buffers: readonly Uint8Array[], position: number): Promise<void>;
  close(descriptor: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** @param part where a new file at `path` would be written first */
  occupant(path: string, part?: string): Promise<Occupant>;
  /** All of a small file at once: written to `part` as {@link createAnew} makes it, closed, renamed to `final`. */
  save(part: string, final: string, buffers: readonly Uint8Array[]): Promise<void>;
  /** Makes a folder and those above it. */
  makeFolder(path: string): Promise<void>;
  /** Whether a folder holds nothing; one entry may be left out of account. */
  isEmpty(path: string, except: string): Promise<boolean>;
  /** Removes a folder and all that is in it; links are not followed. */
  removeFolder(path: string): Promise<void>;
}

/** A new file, never an old one, and never what a link points to. */
export const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

// The callback forms: a promise of node:fs/promises costs a FileHandle, and these are on the way of every URL.
export const systemDisk: Disk = {
  create: (path) =>
    new Promise((resolve, reject) => {
      open(path, CREATE, 0o666, (error, descriptor) => (error ? reject(error) : resolve(descriptor)));
    }),
  write: writeAll,
  close: (descriptor) => settled((done) => close(descriptor, done)),
  rename: (from, to) => settled((done) => rename(from, to, done)),
  unlink: (path) => settled((done) => unlink(path, done)),
  async occupant(path, part) {
    const found = await look(path);
    return found === 'nothing' && part !== undefined && isBlocking(await look(part)) ? 'blocked' : found;
  },
  async isEmpty(path, except) {
    for await (const { name } of await opendir(path)) if (name !== except) return false;
    return true;
  },
  save: (part, final, buffers) => saveBy(systemDisk, part, final, buffers),
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
): Promise<void> {
  const descriptor = await createAnew(disk, part);
  try {
    if (buffers.length > 0) await disk.write(descriptor, buffers, 0);
  } finally {
    await disk.close(descriptor);
  }
  await disk.rename(part, final);
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

function look(path: string): Promise<Occupant> {
  return new Promise((resolve, reject) => {
    lstat(path, (error, stats) => {
      if (error === null) resolve(occupantOf(stats));
      else if (error.code === 'ENOENT') resolve('nothing');
      else reject(error);
    });
  });
}

/** Whether what stands at a part cannot be what an earlier run has left there. */
export function isBlocking(atPart: Occupant): boolean {
  return atPart !== 'nothing' && atPart !== 'file';
}

export function occupantOf(stats: Stats): Occupant {
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'folder' : 'other';
}
