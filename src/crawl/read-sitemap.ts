import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Disk } from '../files/disk.js';
import { piecesOf } from '../files/whole-file.js';
import { type Sitemap, SitemapReader } from './sitemap.js';

/** Reads a sitemap from a file, through its gzip where it has one. What cannot be read ends it: what came before counts. */
export async function readSitemap(disk: Disk, path: string): Promise<Sitemap> {
  const reader = new SitemapReader();
  try {
    for await (const piece of unpacked(disk, path)) {
      reader.write(piece);
      if (reader.isFull) break;
    }
  } catch {
    // Nothing of a sitemap is an error.
    return { ...reader.end(), truncated: true };
  }
  return reader.end();
}

async function* unpacked(disk: Disk, path: string): AsyncGenerator<Uint8Array> {
  const pieces = piecesOf(disk, path);
  const first = await pieces.next();
  if (first.done === true) return;
  const start = first.value.slice();
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield start;
    for await (const piece of pieces) yield piece.slice();
  };
  if (start[0] === 0x1f && start[1] === 0x8b) yield* Readable.from(all()).pipe(createGunzip());
  else yield* all();
}
