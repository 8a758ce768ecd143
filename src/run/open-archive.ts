// The archive of a run, which no other run may write meanwhile.

import { join } from 'node:path';
import { Archive } from '../archive/archive.js';
import { ArchiveFiles } from '../archive/archive-files.js';
import type { Disk } from '../files/disk.js';
import { diskError } from '../files/disk-errors.js';
import { acquireLockFile } from '../state/lock.js';
import { makeMemoryFolder } from '../state/memory-folder.js';
import type { Settings } from './options.js';

export interface OpenArchive {
  readonly archive: Archive;
  /** @throws FetchallError ERR_DISK when the archive could not be ended with its index */
  close(): Promise<void>;
}

/**
 * @param folder the out folder, absolute
 * @throws FetchallError ERR_DISK, ERR_LOCKED
 */
export async function openArchive(
  folder: string,
  { file, warcSize: size, wacz }: Pick<Settings, 'warcSize' | 'wacz'> & { readonly file: string },
  disk: Disk,
): Promise<OpenArchive> {
  const temporary = join(await makeMemoryFolder(folder), 'archive');
  const files = new ArchiveFiles(file);
  try {
    await disk.makeFolder(files.folder);
  } catch (error) {
    throw diskError(error, `cannot make the folder ${files.folder}`);
  }
  const lock = await acquireLockFile(files.lock, `writes the archive ${files.warc(0)}`);
  try {
    const archive = await Archive.open({ file, size, wacz, folder: temporary });
    return {
      archive,
      async close() {
        try {
          await archive.close();
        } finally {
          await lock.release();
        }
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
