// A run: a list once, or twice for a comparison, with its summary at the end.

import type { Ending } from '../download/task.js';
import { type ChecksumList, readChecksums } from '../files/checksum-list.js';
import { systemDisk } from '../files/disk.js';
import { NameClaims } from '../files/name-claims.js';
import { Progress } from '../model/progress.js';
import { Tally } from '../model/report.js';
import type { Comparison } from '../state/pass-digests.js';
import { baselineOf, rememberBaseline } from './baseline.js';
import { comparePasses } from './compare.js';
import { dryRun } from './dry-run.js';
import { emitter, goLive, isFresh, type Live, outFolder, type RunSeams } from './live.js';
import type { Settings } from './options.js';
import { type EntrySource, Pass } from './pass.js';
import { Planner, type PlannerOptions } from './planner.js';
import { toSummary } from './summary.js';

/** An ending, and, in a comparison, how its bytes stand to those of the first pass. */
export type RunEnding = Ending & { readonly comparison?: Comparison | null };

/**
 * Fetches the entries; endings come as they happen, a few at a time, events go to `seams.onEvent`, the summary last. To
 * stop reading is to cancel.
 *
 * @throws FetchallError ERR_DISK when the out folder cannot be made or the list cannot be read to its end
 */
export function run(
  entries: EntrySource,
  settings: Settings,
  seams: RunSeams = {},
): AsyncGenerator<RunEnding[]> {
  if (settings.dryRun) return dry(entries, settings, seams);
  if (settings.compare) return compared(entries, settings, seams);
  return single(entries, settings, seams);
}

async function* single(entries: EntrySource, settings: Settings, seams: RunSeams): AsyncGenerator<Ending[]> {
  const checksums = await checksumsOf(entries, settings);
  const live = await goLive(entries, settings, seams);
  const planner = newPlanner(settings, live, { fresh: await isFresh(live), checksums, known: seams.known });
  const pass = new Pass(entries, planner, live, settings);
  const tally = new Tally();
  try {
    for await (const endings of pass.endings(seams.signal)) {
      for (const { result } of endings) tally.add(result);
      yield endings;
    }
  } finally {
    const finished = {
      ...settings,
      folder: live.folder,
      listHash: pass.listHash,
      seconds: pass.seconds,
      tally,
    };
    const baseline = await baselineOf(finished);
    await rememberBaseline(finished);
    live.emit({ event: 'summary', ...toSummary(tally, settings, pass.seconds, baseline) });
    await live.close();
  }
}

async function* compared(
  entries: EntrySource,
  settings: Settings,
  seams: RunSeams,
): AsyncGenerator<RunEnding[]> {
  const live = await goLive(entries, settings, seams);
  try {
    yield* comparePasses(entries, settings, live, seams.signal);
  } finally {
    await live.close();
  }
}

async function* dry(entries: EntrySource, settings: Settings, seams: RunSeams): AsyncGenerator<Ending[]> {
  const { signal, progress = new Progress(), disk = systemDisk } = seams;
  const emit = emitter(seams);
  const tally = new Tally();
  const planner = newPlanner(settings, { disk, folder: outFolder(settings) }, { fresh: false });
  const cancel = (): void => void entries.close?.();
  if (signal?.aborted === true) cancel();
  signal?.addEventListener('abort', cancel);
  try {
    for await (const ending of dryRun(entries, planner, { emit, progress })) {
      tally.add(ending.result);
      yield [ending];
    }
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
  emit({ event: 'summary', ...toSummary(tally, settings, 0, null) });
}

function newPlanner(
  { existing, policy }: Settings,
  { disk, folder }: Pick<Live, 'disk' | 'folder'>,
  more: Pick<PlannerOptions, 'fresh' | 'checksums' | 'known'>,
): Planner {
  return new Planner({ disk, folder, existing, policy, claims: new NameClaims(), ...more });
}

/** @throws FetchallError when the list of checksums cannot be read or understood; the entries are closed then */
async function checksumsOf(entries: EntrySource, { checksums }: Settings): Promise<ChecksumList | null> {
  if (checksums === null) return null;
  return await readChecksums(checksums).catch(async (error: unknown) => {
    await entries.close?.();
    throw error;
  });
}
