// The pages and style sheets as they came, of those whose links were converted: a later run fetches more, and converts them again.

import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Disk } from '../files/disk.js';
import { wholeFile } from '../files/whole-file.js';

/** Below the out folder: `HH/HASH`, by the SHA-256 of what is in it. */
const ORIGINALS = '.fetchall/originals';

export class Originals {
  readonly #disk: Disk;
  readonly #folder: string;

  /** @param folder the out folder, absolute */
  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  /** @throws the system's errors */
  async keep(sha256: string, bytes: Uint8Array): Promise<void> {
    const path = this.#pathOf(sha256);
    if ((await this.#disk.size(path)) === bytes.length) return;
    await this.#disk.makeFolder(dirname(path));
    await this.#disk.save(`${path}.part`, path, [bytes], false);
  }

  /** @returns null where it is not there, or not what it was @throws the system's errors */
  async find(sha256: string): Promise<Uint8Array | null> {
    const path = this.#pathOf(sha256);
    if ((await this.#disk.size(path)) === null) return null;
    const bytes = await wholeFile(this.#disk, path);
    return hashOf(bytes) === sha256 ? bytes : null;
  }

  #pathOf(sha256: string): string {
    return join(this.#folder, ORIGINALS, sha256.slice(0, 2), sha256);
  }
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
