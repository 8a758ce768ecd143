// The soak: run after run in one process against one server, and what the process holds before and after.

import { type ChildProcess, fork } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FAULTS } from './faults.js';
import type { ServerCount } from './faulty-server.js';
import { type Holdings, holdings, inWords } from './holdings.js';
import { runRound } from './round.js';

/** Files of one run; what it leaves behind shows when it has ended. */
const ROUND = 20_000;
/** So many come before all measurements, in a run that loads what is loaded once and brings the heap to its size. */
const WARM_UP = { least: 1500, share: 0.1 };
/** How long the last connections may take to go, in ms. */
const PATIENCE = 5000;

export interface SoakPlan {
  readonly folder: string;
  /** It goes on until both so many files have been asked for and so many seconds are over. */
  readonly files: number;
  readonly seconds: number;
  readonly tell: (line: string) => void;
}

export interface SoakResult {
  readonly asked: number;
  readonly saved: number;
  /** By code. */
  readonly failures: Readonly<Record<string, number>>;
  /** Answers with which a URL is lost. */
  readonly final: number;
  readonly requests: number;
  /** Requests that were failed, and in how many ways. */
  readonly faults: number;
  readonly kinds: number;
  readonly before: Holdings;
  readonly after: Holdings;
  /** What is not as it ought to be, in words. */
  readonly wrong: readonly string[];
}

export async function soak({ folder, files, seconds, tell }: SoakPlan): Promise<SoakResult> {
  const { signal } = new AbortController();
  const server = fork(fileURLToPath(new URL('./faulty-server.js', import.meta.url)));
  const [port]: number[] = await once(server, 'message');
  if (port === undefined) throw new Error('the server did not start');
  const failures: Record<string, number> = {};
  const wrong: string[] = [];
  let asked = 0;
  let saved = 0;
  const oneRun = async (count: number): Promise<void> => {
    const out = join(folder, 'out');
    const result = await runRound({ port, first: asked, count, out, signal });
    rmSync(out, { recursive: true });
    asked += count;
    saved += result.saved;
    for (const [code, times] of Object.entries(result.failed)) failures[code] = (failures[code] ?? 0) + times;
    wrong.push(...result.wrong);
  };
  // Standard output is a handle from its first use on.
  tell(`${files} files, ${seconds} s, ${FAULTS.length} kinds of faults`);
  const untouched = held(signal);
  tell(`at first: ${inWords(untouched)}`);
  const began = performance.now();
  await oneRun(Math.min(ROUND, Math.max(WARM_UP.least, Math.ceil(WARM_UP.share * files))));
  const before = await atRest(signal, untouched);
  let after = before;
  tell(`after a run of ${asked} files: ${inWords(before)}`);
  while (asked < files || performance.now() - began < 1000 * seconds) {
    await oneRun(asked < files ? Math.min(ROUND, files - asked) : ROUND);
    after = await atRest(signal, before);
    tell(`after ${asked} files, ${((performance.now() - began) / 1000).toFixed(0)} s: ${inWords(after)}`);
  }
  const count = await countOf(server);
  if (count.connections > 0) wrong.push(`the server still has ${count.connections} connections`);
  server.disconnect();
  return { asked, saved, failures, wrong, before, after, ...sums(count) };
}

function held(signal: AbortSignal): Holdings {
  return holdings(getEventListeners(signal, 'abort').length);
}

/** As many descriptors as before, and neither sockets nor timers, or as long as one may wait for it. */
async function atRest(signal: AbortSignal, before: Holdings): Promise<Holdings> {
  const until = performance.now() + PATIENCE;
  for (;;) {
    await wait(200);
    const now = held(signal);
    const isSame = now.descriptors === before.descriptors && !/TCP|Timeout/.test(now.resources);
    if (isSame || performance.now() > until) return now;
  }
}

async function countOf(server: ChildProcess): Promise<ServerCount> {
  server.send('count');
  const [count]: ServerCount[] = await once(server, 'message');
  if (count === undefined) throw new Error('the server does not count');
  return count;
}

function sums({
  requests,
  faults,
}: ServerCount): Pick<SoakResult, 'requests' | 'faults' | 'kinds' | 'final'> {
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const finals = FAULTS.filter(({ isFinal }) => isFinal === true).map(({ name }) => faults[name] ?? 0);
  return {
    requests,
    faults: sum(Object.values(faults)),
    kinds: Object.keys(faults).length,
    final: sum(finals),
  };
}
