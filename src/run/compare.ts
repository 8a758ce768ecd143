// A comparison: the same list twice, one after another and then at once, and whether the files are the same.

import { join } from 'node:path';
import { forgetfulParts } from '../download/forgetful-parts.js';
import type { Ending } from '../download/task.js';
import type { Disk } from '../files/disk.js';
import { diskError } from '../files/disk-errors.js';
import { FinalNames } from '../files/final-names.js';
import { NameClaims } from '../files/name-claims.js';
import type { RunMode } from '../model/report.js';
import { Tally } from '../model/report.js';
import { EntrySpool } from '../state/entry-spool.js';
import { makeMemoryFolder } from '../state/memory-folder.js';
import { type BodyDigest, type Comparison, PassDigests } from '../state/pass-digests.js';
import { isFresh, type Live, makeFolder, type PassContext } from './live.js';
import { type Settings, sequentially } from './options.js';
import { type EntrySource, Pass } from './pass.js';
import { Planner, type PlannerOptions } from './planner.js';
import { toSummary } from './summary.js';

export interface ComparedEnding extends Ending {
  /** How the bytes stand to those of the first pass; null when one of the two has none. */
  readonly comparison: Comparison | null;
}

/** Yields the endings of the second pass; the first is heard in the events. */
export async function* comparePasses(
  entries: EntrySource,
  settings: Settings,
  live: Live,
  signal?: AbortSignal,
): AsyncGenerator<ComparedEnding[]> {
  const folder = join(await makeMemoryFolder(live.folder), 'compare');
  const files = join(folder, 'files');
  await clearFolder(live.disk, folder); // of what a killed run has left
  await makeFolder(live.disk, files);
  const fresh = await isFresh(live);
  const claims = { sequential: new NameClaims(), concurrent: new NameClaims() };
  const spool = await EntrySpool.create(join(folder, 'entries.ndjson'));
  const digests = await PassDigests.create(join(folder, 'digests'));
  try {
    const first = inMode(live, 'sequential', files);
    const baseline = newPass(spool.keep(entries), sequentially(settings), first, {
      claims: claims.sequential,
      fresh: true,
    });
    const sequential = await recorded(baseline.endings(signal), digests);
    if (signal?.aborted === true) {
      live.emit({
        event: 'summary',
        ...toSummary(sequential, settings, baseline.seconds, null, baseline.concurrency),
        identical: 0,
        different: 0,
      });
      return;
    }
    const second = inMode(live, 'concurrent', live.folder);
    const pass = newPass(spool.again(), settings, second, { claims: claims.concurrent, fresh });
    const comparer = new Comparer(digests);
    try {
      for await (const endings of pass.endings(signal))
        for (const ending of endings) yield [await comparer.take(ending)];
    } finally {
      const { tally, identical, different } = comparer;
      const measured =
        tally.saved === 0 ? null : ({ seconds: baseline.seconds, source: 'measured' } as const);
      live.emit({
        event: 'summary',
        ...toSummary(tally, settings, pass.seconds, measured, pass.concurrency),
        identical,
        different,
      });
    }
  } finally {
    claims.sequential.close();
    claims.concurrent.close();
    spool.close();
    await digests.close();
    await live.disk.removeFolder(folder);
  }
}

/** @throws FetchallError ERR_DISK */
async function clearFolder(disk: Disk, folder: string): Promise<void> {
  try {
    await disk.removeFolder(folder);
  } catch (error) {
    throw diskError(error, `cannot clear the folder ${folder}`);
  }
}

/** The second pass, held against the first. */
class Comparer {
  readonly tally = new Tally();
  identical = 0;
  different = 0;
  readonly #digests: PassDigests;

  constructor(digests: PassDigests) {
    this.#digests = digests;
  }

  async take(ending: Ending): Promise<ComparedEnding> {
    this.tally.add(ending.result);
    const body = bodyOf(ending);
    const comparison = body === null ? null : await this.#digests.compare(body.index, body);
    if (comparison === 'identical') this.identical++;
    else if (comparison !== null) this.different++;
    return { ...ending, comparison };
  }
}

async function recorded(batches: AsyncIterable<readonly Ending[]>, digests: PassDigests): Promise<Tally> {
  const tally = new Tally();
  for await (const endings of batches) {
    for (const ending of endings) {
      tally.add(ending.result);
      const body = bodyOf(ending);
      if (body !== null) await digests.write(body.index, body);
    }
  }
  return tally;
}

function bodyOf({ task, result }: Ending): (BodyDigest & { readonly index: number }) | null {
  if (task === null || task.digest === null || result.outcome !== 'saved') return null;
  const { etag, lastModified } = task.version ?? {};
  const validator = `${etag ?? ''} ${lastModified ?? ''}`.trim();
  return { index: task.job.index, digest: task.digest, validator };
}

/** The same live things for one of the two passes: its own folder, its mode on every event, its own progress. */
function inMode(live: Live, mode: RunMode, folder: string): PassContext {
  live.progress.reset();
  // Notes are of files in the out folder.
  const parts = folder === live.folder ? live.parts : forgetfulParts;
  return {
    ...live,
    folder,
    parts,
    emit: (event, error) => live.emit({ ...event, mode } as typeof event, error),
  };
}

/** Both passes write as with `--existing overwrite`: nothing may be skipped. */
function newPass(
  entries: EntrySource,
  settings: Settings,
  context: PassContext,
  { claims, fresh }: Pick<PlannerOptions, 'claims' | 'fresh'>,
): Pass {
  const { disk, folder } = context;
  const existing = 'overwrite';
  const planner = new Planner({
    disk,
    folder,
    existing,
    // Each pass gets every byte itself.
    policy: Object.freeze({ ...settings.policy, resume: false }),
    claims,
    fresh,
  });
  const names = new FinalNames({ disk, folder, existing, claims });
  return new Pass(entries, planner, { ...context, names }, settings);
}
