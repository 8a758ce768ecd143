// What a folder holds, as text.

import type { Totals } from '../model/report.js';
import { formatCount, formatDuration, formatNumber, formatSize } from './format.js';
import { printable } from './printable.js';

type Counts = Readonly<Record<string, number>>;

/** As far as the text needs it. */
export interface StatusFacts {
  readonly running: { readonly pid: number; readonly host: string; readonly since: string } | null;
  readonly snapshot:
    | (Totals & {
        readonly updated: string;
        readonly inFlight: number;
        readonly errors: Counts;
        readonly hosts: Counts;
        readonly crawl?: CrawlCounts;
      })
    | null;
  readonly content: {
    readonly saved: number;
    readonly size: number;
    readonly failed: number;
    readonly skipped: number;
    readonly parts: number;
    readonly errors: Counts;
    readonly hosts: Counts;
    readonly crawl: CrawlCounts | null;
    readonly runs: readonly StatusRun[];
  } | null;
}

interface CrawlCounts {
  readonly states: Counts;
  readonly refused: Counts;
}

interface StatusRun {
  readonly began: number;
  readonly mode: string;
  readonly totals: Totals | null;
  readonly seconds: number | null;
}

/** Hosts that are named; there may be thousands. */
const HOSTS_SHOWN = 10;

export function statusText(folder: string, { running, snapshot, content }: StatusFacts): string {
  const lines = [printable(folder)];
  if (running !== null) {
    const { pid, host, since } = running;
    lines.push(`a run is at work: process ${pid} on ${printable(host)}, since ${printable(since)}`);
    if (snapshot === null) lines.push('it has not told yet how it stands');
    else {
      lines.push(
        `${totalsText(snapshot)}; ${formatNumber(snapshot.inFlight)} in flight, at ${snapshot.updated}`,
      );
      lines.push(...crawlLines(snapshot.crawl ?? null), ...failures(snapshot));
    }
  }
  if (content !== null) {
    const { saved, size, failed, skipped, parts, crawl, runs } = content;
    const other = skipped === 0 ? '' : `, ${formatNumber(skipped)} left alone`;
    lines.push(`${formatCount(saved, 'file')}, ${formatSize(size)}; ${formatNumber(failed)} failed${other}`);
    if (parts > 0) lines.push(`${formatCount(parts, 'part file')} to go on with`);
    lines.push(...crawlLines(crawl), ...failures(content), ...runs.map(runText));
  }
  return `${lines.join('\n')}\n`;
}

function crawlLines(crawl: CrawlCounts | null): string[] {
  if (crawl === null) return [];
  const { states, refused } = crawl;
  const lines = [`crawl: ${countsText(states)}`];
  if (Object.keys(refused).length > 0) lines.push(`not fetched or not kept: ${countsText(refused)}`);
  return lines;
}

function failures({ errors, hosts }: { readonly errors: Counts; readonly hosts: Counts }): string[] {
  const lines = [];
  if (Object.keys(errors).length > 0) lines.push(`failed by kind: ${countsText(errors)}`);
  if (Object.keys(hosts).length > 0) lines.push(`failed by host: ${countsText(hosts)}`);
  return lines;
}

function countsText(counts: Counts): string {
  const all = Object.entries(counts).sort(([, one], [, other]) => other - one);
  const shown = all.slice(0, HOSTS_SHOWN).map(([name, count]) => `${printable(name)} ${formatNumber(count)}`);
  return all.length > HOSTS_SHOWN
    ? `${shown.join(', ')} and ${formatNumber(all.length - HOSTS_SHOWN)} more`
    : shown.join(', ');
}

function runText({ began, mode, totals, seconds }: StatusRun): string {
  const when = new Date(began).toISOString();
  if (totals === null) return `run of ${when}, ${printable(mode)}: did not come to its end`;
  return `run of ${when}, ${printable(mode)}: ${totalsText(totals)} in ${formatDuration(seconds ?? 0)}`;
}

function totalsText({ saved, skipped, failed, bytes }: Totals): string {
  return `${formatNumber(saved)} saved, ${formatNumber(skipped)} skipped, ${formatNumber(failed)} failed, ${formatSize(bytes)}`;
}
