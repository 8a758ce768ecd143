// What a folder holds, and how the run that is at work there stands.

import { Failures } from '../model/failures.js';
import type { FrontierCounts } from '../state/frontier-tally.js';
import { type LockHolder, lockHolder } from '../state/lock.js';
import { memoryFolder } from '../state/memory-folder.js';
import { openStore } from '../state/open-store.js';
import type { RunRecord } from '../state/run-rows.js';
import { readSnapshot, type Snapshot } from '../state/snapshot.js';

export interface FolderContent {
  /** URLs whose file is there, bytes of these files, URLs that failed, and those that were left alone. */
  readonly saved: number;
  readonly size: number;
  readonly failed: number;
  readonly skipped: number;
  /** Part files that may be gone on with. */
  readonly parts: number;
  /** Failures by code, and by host; the most frequent first. */
  readonly errors: Readonly<Record<string, number>>;
  readonly hosts: Readonly<Record<string, number>>;
  /** URLs of a crawl by what became of them, and those that were not fetched by reason; null without a crawl. */
  readonly crawl: FrontierCounts | null;
  /** The last ones, the newest first. */
  readonly runs: readonly RunRecord[];
}

export type FolderStatus =
  | { readonly running: LockHolder; readonly snapshot: Snapshot | null; readonly content: null }
  | { readonly running: null; readonly snapshot: null; readonly content: FolderContent };

const RUNS_SHOWN = 5;

/**
 * The notes are the run's own while it is at work: meanwhile only its snapshot tells.
 *
 * @param folder the out folder, which has notes
 * @throws FetchallError ERR_DISK; ERR_LOCKED when a run begins at this moment: one that comes later waits
 */
export async function folderStatus(folder: string): Promise<FolderStatus> {
  const memory = memoryFolder(folder);
  const running = await lockHolder(memory);
  if (running !== null) return { running, snapshot: await readSnapshot(memory), content: null };
  const store = await openStore(folder, { synchronous: 'OFF', isPassing: true });
  try {
    const failures = new Failures();
    for (const { error, url } of store.failed()) if (error !== null) failures.add(error.code, url);
    const crawl = store.crawl.counts();
    const content: FolderContent = {
      ...store.counts(),
      errors: byFrequency(failures.codes),
      hosts: byFrequency(failures.hosts),
      crawl: Object.keys(crawl.states).length === 0 ? null : crawl,
      runs: store.lastRuns(RUNS_SHOWN),
    };
    return { running: null, snapshot: null, content };
  } finally {
    await store.close();
  }
}

function byFrequency(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([, one], [, other]) => other - one));
}
