// What the servers serve: 1,000 small files, some with names that must be encoded, and one that is large enough to be resumed.

import { createCipheriv, createHash } from 'node:crypto';
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomFrom } from '../support/crash.js';

const FILES = 1000;
export const LARGE = 'large.bin';
export const LARGE_SIZE = 24_000_000;

/** Each is the name on disk at both ends; on the way it stands percent-encoded. */
const ODD_NAMES = [
  'a space.bin',
  '100%.bin',
  '%41.bin',
  '%2e%2e.bin',
  'plus+and&equals=.bin',
  'semicolon;a,b@c.bin',
  'hash#.bin',
  "quote'(1) [2] {3}.bin",
  'grüße.bin',
  '日本語.bin',
  '🦊 fox.bin',
  '.dot',
  'no-extension',
  'page.html',
  'archive.tar.gz',
];

/** Long ago, so that no server takes its own validators for weak (RFC 9110 8.8.2.2). */
const MODIFIED = Date.UTC(2024, 0, 1) / 1000;

export class Site {
  readonly folder: string;
  /** The name of each file and what it holds now; the large one comes first. */
  readonly files = new Map<string, Buffer>();
  #changes = 0;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder);
    // Apache reads as a user that may not look into folders of root's.
    chmodSync(folder, 0o755);
    const random = randomFrom(4);
    this.#write(LARGE, LARGE_SIZE);
    for (let at = 0; at < FILES; at++) {
      // Every hundredth is empty; most are small.
      const size = at % 100 === 99 ? 0 : Math.floor(300_000 * random() ** 12);
      this.#write(ODD_NAMES[at] ?? `${at}.bin`, size);
    }
  }

  /** The file gets other content of the same size, and a later date. */
  change(name: string): void {
    this.#changes++;
    this.#write(name, this.files.get(name)?.length ?? 0);
  }

  urls(origin: string): string[] {
    return [...this.files.keys()].map((name) => `${origin}/${encodeURIComponent(name)}`);
  }

  #write(name: string, size: number): void {
    const content = contentOf(`${name} ${this.#changes}`, size);
    const path = join(this.folder, name);
    this.files.set(name, content);
    writeFileSync(path, content);
    chmodSync(path, 0o644);
    utimesSync(path, MODIFIED, MODIFIED + 3600 * this.#changes);
  }
}

/** Bytes that repeat nowhere, so that none can stand in another's place unseen. */
function contentOf(seed: string, size: number): Buffer {
  const key = createHash('md5').update(seed).digest();
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}
