// The sequential baseline that a run is held against.

import type { Baseline, Tally } from '../model/report.js';

export interface FinishedPass {
  readonly sequential: boolean;
  readonly seconds: number;
  readonly tally: Tally;
  /** Seconds of a sequential run of the same list that is on record; null when there is none. */
  onRecord(): number | null;
}

/**
 * Measured when this run is the baseline, or when a sequential run of the same list is on record and everything was
 * fetched in both; otherwise the sum of the greenlets' own times, which is the most that one after another could have
 * taken.
 *
 * @returns null when nothing was fetched
 */
export function baselineOf({ sequential, seconds, tally, onRecord }: FinishedPass): Baseline | null {
  if (tally.saved === 0) return null;
  if (sequential) return { seconds, source: 'measured' };
  const recorded = tally.skipped === 0 && tally.failed === 0 ? onRecord() : null;
  return recorded === null
    ? { seconds: tally.ownSeconds, source: 'estimated' }
    : { seconds: recorded, source: 'measured' };
}
