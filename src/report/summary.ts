// What a run came to, as text: a pure function of the summary.

import type { Summary } from '../model/report.js';
import { formatCount, formatDuration, formatNumber, formatSize, formatSpeedup } from './format.js';

/**
 * Two lines, and a third for a comparison.
 *
 * @param greenlets how many ran; the summary event does not hold it
 */
export function summaryText(summary: Summary, greenlets: number): string {
  const { saved, skipped, failed, bytes, chunks } = summary;
  const outcomes = `${formatNumber(saved)} saved, ${formatNumber(skipped)} skipped, ${formatNumber(failed)} failed`;
  const work = `${formatSize(bytes)} in ${formatCount(chunks, 'chunk')} by ${formatCount(greenlets, 'greenlet')}`;
  return `${outcomes}; ${work}\n${comparedText(summary)}elapsed ${formatDuration(summary.seconds)}${baselineText(summary)}\n`;
}

function comparedText({ identical, different }: Summary): string {
  if (identical === undefined && different === undefined) return '';
  return `both passes: ${formatCount(identical ?? 0, 'file')} identical, ${formatNumber(different ?? 0)} different\n`;
}

function baselineText({ mode, baseline, speedup }: Summary): string {
  if (baseline === null) return '';
  if (mode === 'sequential') return '; this run is the sequential baseline (speed-up 1)';
  // An estimate adds up the greenlets' own times, and they slow each other down: it is an upper bound.
  const atMost = baseline.source === 'estimated' ? 'at most ' : '';
  const faster = speedup === null ? '' : `; ${atMost}${formatSpeedup(speedup)}`;
  return `; sequential baseline ${atMost}${formatDuration(baseline.seconds)} (${baseline.source})${faster}`;
}
