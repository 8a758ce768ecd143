// One run of the soak over a stretch of the list, with all that it says and leaves behind held against the truth.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadEach } from 'fetchall';
import { contentOf, indexOf, pathOf } from './content.js';

/** So many that no Retry-After, and no silence, stops all of them. */
const HOSTS = 64;
const CONCURRENCY = 64;

export interface Round {
  readonly port: number;
  readonly first: number;
  readonly count: number;
  readonly out: string;
  readonly signal: AbortSignal;
}

export interface RoundResult {
  readonly saved: number;
  /** By code. */
  readonly failed: Readonly<Record<string, number>>;
  /** What is not as it ought to be, in words. */
  readonly wrong: readonly string[];
}

function* list({ port, first, count }: Round): Generator<string> {
  for (let index = first; index < first + count; index++)
    yield `http://127.0.7.${1 + (index % HOSTS)}:${port}${pathOf(index)}`;
}

export async function runRound(round: Round): Promise<RoundResult> {
  const { first, count, out, signal } = round;
  const reports = new Uint8Array(count);
  const failed: Record<string, number> = {};
  const saved = new Set<string>();
  const wrong: string[] = [];
  const results = downloadEach(list(round), {
    out,
    signal,
    concurrency: CONCURRENCY,
    retries: 8,
    retryWait: '20ms',
    retryMaxWait: '500ms',
    connectTimeout: '3s',
    headersTimeout: '1s',
    idleTimeout: '1s',
  });
  for await (const { url, outcome, file, error } of results) {
    const index = indexOf(new URL(url).pathname);
    reports[index - first] = (reports[index - first] ?? 0) + 1;
    if (outcome === 'saved' && file !== null) saved.add(file);
    else failed[error?.code ?? outcome] = (failed[error?.code ?? outcome] ?? 0) + 1;
  }
  for (const [at, times] of reports.entries())
    if (times !== 1) wrong.push(`${pathOf(first + at)} was reported ${times} times`);
  wrong.push(...faultsOfFiles(out, saved));
  return { saved: saved.size, failed, wrong };
}

/** Each saved file is there, and right; nothing else is but notes and parts of what failed. */
function faultsOfFiles(out: string, saved: ReadonlySet<string>): string[] {
  const names = new Set(readdirSync(out).filter((name) => name !== '.fetchall'));
  const faults: string[] = [];
  for (const name of saved) {
    if (!names.delete(name)) faults.push(`${name} is reported saved, and not there`);
    else if (!readFileSync(join(out, name)).equals(contentOf(indexOf(name)))) faults.push(`${name} is wrong`);
  }
  for (const name of names) if (!name.endsWith('.part')) faults.push(`nobody reported ${name}`);
  return faults;
}
