// A run: a list once, or twice for a comparison, with its summary at the end.

import { clock } from '../coroutine/clock.js';
import type { Ending } from '../download/task.js';
import { type ChecksumList, readChecksums } from '../files/checksum-list.js';
import { systemDisk } from '../files/disk.js';
import { FinalNames } from '../files/final-names.js';
import { NameClaims } from '../files/name-claims.js';
import { Progress } from '../model/progress.js';
import { Tally } from '../model/report.js';
import type { Comparison } from '../state/pass-digests.js';
import { baselineOf } from './baseline.js';
import { comparePasses } from './compare.js';
import { startDeadline } from './deadline.js';
import { dryRun } from './dry-run.js';
import { emitter, goLive, isFresh, type Live, outFolder, type RunSeams } from './live.js';
import { ManifestWriter } from './manifest-writer.js';
import { fixedConcurrency, type Settings } from './options.js';
import { type EntrySource, Pass } from './pass.js';
import { Planner, type PlannerOptions } from './planner.js';
import { Recorder } from './recorder.js';
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
  return inTime(entries, settings, seams);
}

/** @throws FetchallError ERR_DEADLINE where no URL tells of it: the list has not been read to its end */
async function* inTime(
  entries: EntrySource,
  settings: Settings,
  seams: RunSeams,
): AsyncGenerator<RunEnding[]> {
  const deadline = startDeadline(settings.deadline, seams.signal);
  const within = { ...seams, ...(deadline.signal && { signal: deadline.signal }) };
  let isTold = false;
  try {
    for await (const endings of (settings.compare ? compared : single)(entries, settings, within)) {
      isTold ||= endings.some(({ error }) => error?.code === 'ERR_DEADLINE');
      yield endings;
    }
    const passed = deadline.passed();
    if (passed !== null && !isTold) throw passed;
  } finally {
    deadline.close();
  }
}

async function* single(entries: EntrySource, settings: Settings, seams: RunSeams): AsyncGenerator<Ending[]> {
  const checksums = await checksumsOf(entries, settings);
  const live = await goLive(entries, settings, seams);
  const { store } = live;
  const mode = settings.sequential ? 'sequential' : 'concurrent';
  const claims = new NameClaims();
  try {
    const fresh = await isFresh(live);
    const planner = newPlanner(settings, live, { fresh, checksums, known: store, claims });
    const names = new FinalNames({ ...live, existing: settings.existing, claims, known: store });
    const pass = new Pass(entries, planner, { ...live, names, hashesList: store !== null }, settings);
    const tally = new Tally();
    // A run whose notes cannot be kept is stopped: what it did would be forgotten.
    if (store !== null) store.onFault = (error) => pass.stop(error);
    const manifest = await openManifest(settings, live);
    const recorder =
      store && new Recorder(store, { mode, concurrency: fixedConcurrency(settings) }, live.progress, tally);
    try {
      yield* recorded(pass.endings(seams.signal), { tally, recorder, manifest });
    } finally {
      const { seconds, listHash, concurrency } = pass;
      const onRecord = (): number | null => (listHash === null ? null : (store?.baseline(listHash) ?? null));
      const baseline = baselineOf({ sequential: settings.sequential, seconds, tally, onRecord });
      await recorder?.end({ listHash, totals: tally.totals(), seconds, concurrency });
      live.emit({ event: 'summary', ...toSummary(tally, settings, seconds, baseline, concurrency) });
    }
  } finally {
    claims.close();
    await live.close();
  }
}

async function* compared(
  entries: EntrySource,
  settings: Settings,
  seams: RunSeams,
): AsyncGenerator<RunEnding[]> {
  const live = await goLive(entries, settings, seams);
  const { store } = live;
  const tally = new Tally();
  const began = clock.now();
  try {
    const manifest = await openManifest(settings, live);
    const recorder =
      store &&
      new Recorder(store, { mode: 'compare', concurrency: fixedConcurrency(settings) }, live.progress, tally);
    try {
      yield* recorded(comparePasses(entries, settings, live, seams.signal), { tally, recorder, manifest });
    } finally {
      const seconds = (clock.now() - began) / 1000;
      await recorder?.end({ listHash: null, totals: tally.totals(), seconds });
    }
  } finally {
    await live.close();
  }
}

/** What keeps account of the endings. */
interface Accounts {
  readonly tally: Tally;
  readonly recorder: Recorder | null;
  readonly manifest: ManifestWriter | null;
}

async function* recorded<T extends Ending>(
  batches: AsyncIterable<T[]>,
  { tally, recorder, manifest }: Accounts,
): AsyncGenerator<T[]> {
  try {
    for await (const endings of batches) {
      for (const { result } of endings) tally.add(result);
      recorder?.add(endings);
      if (manifest !== null) await manifest.add(endings);
      yield endings;
    }
    await manifest?.finish();
  } finally {
    await manifest?.discard();
  }
}

/** @throws FetchallError ERR_DISK */
async function openManifest({ manifest }: Settings, { folder, store }: Live): Promise<ManifestWriter | null> {
  return manifest === null ? null : await ManifestWriter.create(manifest, folder, store);
}

async function* dry(entries: EntrySource, settings: Settings, seams: RunSeams): AsyncGenerator<Ending[]> {
  const { signal, progress = new Progress(), disk = systemDisk } = seams;
  const emit = emitter(seams);
  const tally = new Tally();
  const claims = new NameClaims();
  const planner = newPlanner(settings, { disk, folder: outFolder(settings) }, { fresh: false, claims });
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
    claims.close();
  }
  const concurrency = settings.concurrency === 'auto' ? 0 : settings.concurrency;
  emit({ event: 'summary', ...toSummary(tally, settings, 0, null, concurrency) });
}

function newPlanner(
  { existing, policy }: Settings,
  { disk, folder }: Pick<Live, 'disk' | 'folder'>,
  more: Pick<PlannerOptions, 'fresh' | 'checksums' | 'known' | 'claims'>,
): Planner {
  return new Planner({ disk, folder, existing, policy, ...more });
}

/** @throws FetchallError when the list of checksums cannot be read or understood; the entries are closed then */
async function checksumsOf(entries: EntrySource, { checksums }: Settings): Promise<ChecksumList | null> {
  if (checksums === null) return null;
  return await readChecksums(checksums).catch(async (error: unknown) => {
    await entries.close?.();
    throw error;
  });
}
