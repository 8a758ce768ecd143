// What the server has: files of every size that a work asks for, always the same bytes; and a certificate.

import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileName, type Work } from './works.js';

const BLOCK = 2 ** 20;

/** Writes SITE/SIZE/FILE for all works that are answered from files. */
export function makeSite(site: string, works: readonly Work[]): void {
  const block = noise(BLOCK);
  for (const [size, files] of filesBySize(works)) {
    const folder = join(site, String(size));
    mkdirSync(folder, { recursive: true });
    for (let n = 0; n < files; n++) {
      // No two are the same.
      block.writeUInt32LE(n);
      const file = openSync(join(folder, fileName(n)), 'w');
      for (let left = size; left > 0; left -= BLOCK) writeSync(file, block, 0, Math.min(left, BLOCK));
      closeSync(file);
    }
  }
}

/** What the site and the output of the largest work take together, on a file system with pages of 4 KiB. */
export function bytesNeeded(works: readonly Work[]): number {
  const stored = (files: number, size: number): number => files * Math.ceil(size / 4096) * 4096;
  const site = [...filesBySize(works)].reduce((sum, [size, files]) => sum + stored(files, size), 0);
  const lists = works.map(({ files }) => files * 1000);
  return site + Math.max(...works.map(({ files, size }) => stored(files, size))) + Math.max(...lists);
}

function filesBySize(works: readonly Work[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { size, files, same, latency } of works) {
    if (!same && latency === 0) counts.set(size, Math.max(files, counts.get(size) ?? 0));
  }
  return counts;
}

/** xorshift32: bytes that look random and are the same each time. */
function noise(length: number): Buffer {
  const words = new Uint32Array(length / 4);
  let state = 0x9e3779b9;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return Buffer.from(words.buffer);
}

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Signed by itself, for 127.0.0.1; undefined where there is no openssl. */
export function makeCertificate(folder: string): Certificate | undefined {
  const made = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  const { status } = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '30'],
    ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-keyout', made.key, '-out', made.certificate],
  ]);
  return status === 0 ? made : undefined;
}
