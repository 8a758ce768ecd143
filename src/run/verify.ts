// Whether the files of a folder still are what was saved.

import { join } from 'node:path';
import { Pool } from '../coroutine/index.js';
import { systemDisk } from '../files/disk.js';
import { hashFile } from '../files/file-hash.js';
import type { FileRecord } from '../model/file-record.js';
import type { KnownFile } from '../model/known-file.js';
import { type Checksum, parseChecksumText } from '../model/source.js';
import { openStore } from '../state/open-store.js';

/** `unhashed`: the size is right, and there is no checksum to hold the content against. */
export type FileState = 'intact' | 'unhashed' | 'missing' | 'short' | 'changed';

export interface VerifiedFile {
  readonly url: string;
  readonly file: string;
  readonly state: FileState;
  /** Bytes that were saved, and that are there now; null when there is no such file. */
  readonly size: number;
  readonly found: number | null;
}

/** Files read at a time. */
const AT_ONCE = 4;

/**
 * Reads every file that is on record as saved, by name of the URL.
 *
 * @param folder the out folder, which has notes
 * @throws FetchallError ERR_LOCKED while a run is at work there; ERR_DISK
 */
export async function* verifyFolder(folder: string): AsyncGenerator<VerifiedFile> {
  const store = await openStore(folder, { synchronous: 'OFF' });
  try {
    yield* new Pool(AT_ONCE).imap((record: FileRecord) => verifyFile(folder, record), store.saved());
  } finally {
    await store.close();
  }
}

async function verifyFile(
  folder: string,
  { url, file: planned, name, saved }: FileRecord,
): Promise<VerifiedFile> {
  const file = name ?? planned;
  const size = saved?.size ?? 0;
  const path = join(folder, file);
  const found = await systemDisk.size(path);
  return { url, file, state: await stateOf(path, { found, saved }), size, found };
}

async function stateOf(
  path: string,
  { found, saved }: { readonly found: number | null; readonly saved: KnownFile | null },
): Promise<FileState> {
  if (found === null || saved === null) return 'missing';
  if (found !== saved.size) return found < saved.size ? 'short' : 'changed';
  const checksum = checksumOf(saved);
  if (checksum === null) return 'unhashed';
  return (await hashFile(path, checksum.algorithm)) === checksum.hex ? 'intact' : 'changed';
}

function checksumOf({ sha256, verified }: KnownFile): Checksum | null {
  if (sha256 !== null) return { algorithm: 'sha256', hex: sha256 };
  return verified === null ? null : parseChecksumText(verified);
}
