// What became of the run. Totals are computed from results, and from nothing else.

import type { Result } from './result.js';

export type RunMode = 'concurrent' | 'sequential';

export interface Baseline {
  readonly seconds: number;
  /** Measured by a sequential run, or estimated ("at most") from the greenlets' own times. */
  readonly source: 'measured' | 'estimated';
}

export interface Totals {
  readonly total: number;
  readonly saved: number;
  readonly skipped: number;
  readonly failed: number;
  readonly bytes: number;
  readonly chunks: number;
}

/** Exactly the fields of the NDJSON `summary` event. */
export interface Summary extends Totals {
  readonly mode: RunMode | 'compare';
  /** Requests in flight: as many as were asked for; with `auto`, the most that there have been: 0 in a dry run. */
  readonly concurrency: number;
  /** From the first line read to the last result. */
  readonly seconds: number;
  /** null when nothing was fetched. */
  readonly baseline: Baseline | null;
  /** Baseline over `seconds`; null without a baseline. */
  readonly speedup: number | null;
  /** `--compare` only: files whose bytes were the same in both passes. */
  readonly identical?: number;
  /** `--compare` only: files whose bytes were not. */
  readonly different?: number;
}

/** The summary and every result: it grows with the list. For millions of URLs use `downloadEach`. */
export interface Report extends Summary {
  readonly results: readonly Result[];
}

/** Sums of results, kept while they pass. */
export class Tally {
  total = 0;
  saved = 0;
  skipped = 0;
  failed = 0;
  bytes = 0;
  chunks = 0;
  /** Greenlets that ran. */
  greenlets = 0;
  /** Sum of the greenlets' own times, in seconds. */
  ownSeconds = 0;

  add(result: Result): void {
    this.total++;
    this[result.outcome]++;
    this.bytes += result.bytes;
    this.chunks += result.chunks;
    this.ownSeconds += result.seconds;
    if (result.greenlet !== null) this.greenlets++;
  }

  totals(): Totals {
    const { total, saved, skipped, failed, bytes, chunks } = this;
    return { total, saved, skipped, failed, bytes, chunks };
  }
}
