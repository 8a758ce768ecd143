import type { Baseline, Summary, Tally } from '../model/report.js';
import type { Settings } from './options.js';

/**
 * The facts of a run. Pure.
 *
 * @param seconds from the first line read to the last result
 * @param concurrency as in {@link Summary}
 */
export function toSummary(
  tally: Tally,
  settings: Settings,
  seconds: number,
  baseline: Baseline | null,
  concurrency: number,
): Summary {
  const { compare, dryRun, sequential } = settings;
  const plain = sequential ? 'sequential' : 'concurrent';
  return {
    mode: compare && !dryRun ? 'compare' : plain,
    concurrency,
    ...tally.totals(),
    seconds,
    baseline,
    speedup: baseline === null || seconds === 0 ? null : baseline.seconds / seconds,
  };
}
