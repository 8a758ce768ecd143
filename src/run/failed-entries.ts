// The URLs that failed in a folder, as a list to be fetched once more.

import { join } from 'node:path';
import { systemDisk } from '../files/disk.js';
import type { FileRecord } from '../model/file-record.js';
import { type Entry, parseChecksumText } from '../model/source.js';
import { EntrySpool } from '../state/entry-spool.js';
import { memoryFolder } from '../state/memory-folder.js';
import { openStore } from '../state/open-store.js';
import type { EntrySource } from './pass.js';

/**
 * Reads what failed the last time. The list is copied first: the run writes to the notes that it comes from.
 *
 * @param folder the out folder, which has notes
 * @throws FetchallError ERR_LOCKED while a run is at work there; ERR_DISK
 */
export async function failedEntries(folder: string): Promise<EntrySource> {
  const store = await openStore(folder, { synchronous: 'OFF' });
  const path = join(memoryFolder(folder), 'retry.ndjson');
  const remove = (): Promise<void> => systemDisk.unlink(path).catch(() => {});
  try {
    await remove(); // what a killed run has left
    const spool = await EntrySpool.create(path);
    for await (const _ of spool.keep(toEntries(store.failed())));
    return {
      [Symbol.asyncIterator]: () => spool.again(),
      async close() {
        spool.close();
        await remove();
      },
    };
  } finally {
    await store.close();
  }
}

async function* toEntries(records: Iterable<FileRecord>): AsyncGenerator<Entry> {
  for (const { url, file, expected } of records) {
    // Another program may have written to the notes.
    if (!URL.canParse(url)) continue;
    const checksum = expected === null ? null : parseChecksumText(expected);
    yield { url, name: file, ...(checksum === null ? {} : { checksum }), line: null };
  }
}
