// Where things are: the checkout, and programs that may or may not be installed.

import { accessSync, constants, existsSync, rmSync, statfsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, whether this file is run from bench/ or from build/bench/. */
export const ROOT = checkoutAbove(dirname(fileURLToPath(import.meta.url)));
export const COMMAND_LINE = join(ROOT, 'bin/fetchall.js');
/** The compiled programs of this folder. */
export const BUILT = join(ROOT, 'build/bench');
export const SOURCES = join(ROOT, 'bench');

function checkoutAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : checkoutAbove(dirname(folder));
}

/** The path of a program, or undefined. Servers are often outside of the PATH of those who are not root. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A new folder, in memory if there is room there, so that no disk is measured. @throws Error if there is room nowhere */
export async function scratchFolder(bytes: number): Promise<string> {
  const roomy = ['/dev/shm', tmpdir()].find((place) => existsSync(place) && freeBytes(place) > bytes);
  if (roomy === undefined) {
    throw new Error(
      `there is no room for ${Math.ceil(bytes / 2 ** 20)} MiB: choose other works, or a --scale`,
    );
  }
  return mkdtemp(join(roomy, 'fetchall-bench-'));
}

/** Also while one who was just killed ends a call that makes a file there. */
export function removeFolder(folder: string, tries = 20): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    if (tries === 0) throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    removeFolder(folder, tries - 1);
  }
}

function freeBytes(place: string): number {
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize;
}
