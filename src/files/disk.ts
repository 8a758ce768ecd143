// The system calls of this room, in one small object, so that a test can make any of them fail.

import { close, constants, lstat, open, rename, type Stats, unlink, writev } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';

/** What stands at a path; links are not followed. */
export type Occupant = 'nothing' | 'file' | 'folder' | 'other';

export interface Disk {
  /** Makes a new file for writing; never opens one that is there, nor goes through a symbolic link. */
  create(path: string): Promise<number>;
  /** Writes all of the buffers from `position` on. */
  write(descriptor: number, buffers: readonly Uint8Array[], position: number): Promise<void>;
  close(descriptor: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  occupant(path: string): Promise<Occupant>;
  /** Makes a folder and those above it. */
  makeFolder(path: string): Promise<void>;
  /** Removes a folder and all that is in it; links are not followed. */
  removeFolder(path: string): Promise<void>;
}

// The callback forms: a promise of node:fs/promises costs a FileHandle, and these are on the way of every URL.
export const systemDisk: Disk = {
  create: (path) =>
    new Promise((resolve, reject) => {
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
      open(path, flags, 0o666, (error, descriptor) => (error ? reject(error) : resolve(descriptor)));
    }),
  write: writeAll,
  close: (descriptor) => settled((done) => close(descriptor, done)),
  rename: (from, to) => settled((done) => rename(from, to, done)),
  unlink: (path) => settled((done) => unlink(path, done)),
  occupant: (path) =>
    new Promise((resolve, reject) => {
      lstat(path, (error, stats) => {
        if (error === null) resolve(kind(stats));
        else if (error.code === 'ENOENT') resolve('nothing');
        else reject(error);
      });
    }),
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true });
  },
  removeFolder: (path) => rm(path, { recursive: true, force: true }),
};

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

function kind(stats: Stats): Occupant {
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'folder' : 'other';
}
