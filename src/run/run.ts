// A run: a list once, or twice for a comparison, with its summary at the end.

import type { Ending } from '../download/task.js';
import { NameClaims } from '../files/name-claims.js';
import { Tally } from '../model/report.js';
import type { Comparison } from '../state/pass-digests.js';
import { baselineOf, rememberBaseline } from './baseline.js';
import { comparePasses } from './compare.js';
import { dryRun } from './dry-run.js';
import { goLive, type Live, makeFolder, type RunSeams } from './live.js';
import type { Settings } from './options.js';
import { type EntrySource, Pass } from './pass.js';
import { Planner } from './planner.js';
import { toSummary } from './summary.js';

/** An ending, and, in a comparison, how its bytes stand to those of the first pass. */
export type RunEnding = Ending & { readonly comparison?: Comparison | null };

/**
 * Fetches the entries; endings come as they happen, events go to `seams.onEvent`, the summary last. To stop reading is
 * to cancel.
 *
 * @throws FetchallError ERR_DISK when the out folder cannot be made or the list cannot be read to its end
 */
export async function* run(
  entries: EntrySource,
  settings: Settings,
  seams: RunSeams = {},
): AsyncGenerator<RunEnding> {
  const live = await goLive(settings, seams);
  try {
    if (settings.dryRun) yield* dry(entries, settings, live);
    else if (settings.compare) yield* comparePasses(entries, settings, live, seams.signal);
    else yield* single(entries, settings, live, seams.signal);
  } finally {
    await entries.close?.();
    await live.close();
  }
}

async function* single(
  entries: EntrySource,
  settings: Settings,
  live: Live,
  signal?: AbortSignal,
): AsyncGenerator<Ending> {
  await makeFolder(live, live.folder);
  const pass = new Pass(entries, newPlanner(settings, live), live, settings);
  const tally = new Tally();
  try {
    yield* tallied(tally, pass.endings(signal));
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
  }
}

async function* dry(entries: EntrySource, settings: Settings, live: Live): AsyncGenerator<Ending> {
  const tally = new Tally();
  yield* tallied(tally, dryRun(entries, newPlanner(settings, live), live));
  live.emit({ event: 'summary', ...toSummary(tally, settings, 0, null) });
}

async function* tallied(tally: Tally, endings: AsyncIterable<Ending>): AsyncGenerator<Ending> {
  for await (const ending of endings) {
    tally.add(ending.result);
    yield ending;
  }
}

function newPlanner({ existing, policy }: Settings, { disk, folder }: Live): Planner {
  return new Planner({ disk, folder, existing, policy, claims: new NameClaims() });
}
