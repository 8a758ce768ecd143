// The sequential baseline that a run is held against.

import { clock } from '../coroutine/clock.js';
import type { Baseline, Tally } from '../model/report.js';
import { findRun, recordRun } from '../state/run-records.js';

export interface FinishedPass {
  readonly sequential: boolean;
  /** The out folder, absolute: where sequential runs are on record. */
  readonly folder: string;
  /** null when the list was not read through. */
  readonly listHash: string | null;
  readonly seconds: number;
  readonly tally: Tally;
}

/**
 * Measured when this run is the baseline, or when a sequential run of the same list is on record; otherwise the sum of
 * the greenlets' own times, which is the most that one after another could have taken.
 *
 * @returns null when nothing was fetched
 */
export async function baselineOf(pass: FinishedPass): Promise<Baseline | null> {
  const { tally, seconds } = pass;
  if (tally.saved === 0) return null;
  if (pass.sequential) return { seconds, source: 'measured' };
  const record = isWhole(pass) ? await findRun(pass.folder, pass.listHash ?? '') : null;
  if (record !== null) return { seconds: record.seconds, source: 'measured' };
  return { seconds: tally.ownSeconds, source: 'estimated' };
}

/** Puts a whole sequential run on record, for the concurrent runs to come. */
export async function rememberBaseline(pass: FinishedPass): Promise<void> {
  if (!pass.sequential || pass.listHash === null || !isWhole(pass)) return;
  const { listHash: list, seconds, folder } = pass;
  await recordRun(folder, {
    mode: 'sequential',
    list,
    seconds,
    total: pass.tally.total,
    ended: clock.date().toISOString(),
  });
}

/** Only runs in which everything was fetched can be compared. */
function isWhole({ tally }: FinishedPass): boolean {
  return tally.saved > 0 && tally.skipped === 0 && tally.failed === 0;
}
