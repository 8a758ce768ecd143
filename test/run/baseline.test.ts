// What a run is held against, and what is put on record for later ones.

import { readdir } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { FetchallError } from '../../src/model/errors.js';
import type { Baseline } from '../../src/model/report.js';
import { openStore } from '../../src/state/open-store.js';
import { ARun, type RunPlan, urls } from '../support/runs.js';
import { temporaryFolder } from '../support/temp-folder.js';

let out: string;

beforeEach(async () => {
  out = await temporaryFolder();
});

/** The downloads stay in memory; what the run remembers goes to the real folder. */
function aRun({ sources = urls(3), options = {}, ...plan }: Partial<RunPlan> = {}): Promise<ARun> {
  return new ARun({ ...plan, sources, options: { out, retries: 0, ...options } }).toEnd();
}

async function baseline(plan: Partial<RunPlan> = {}): Promise<Baseline | null | undefined> {
  return (await aRun(plan)).summary?.baseline;
}

/** Seconds of the sequential runs that later ones may be held against, the newest first. */
async function records(): Promise<number[]> {
  const store = await openStore(out, { synchronous: 'OFF' });
  try {
    const runs = store
      .lastRuns(10)
      .filter(({ mode, listHash }) => mode === 'sequential' && listHash !== null);
    return runs.map(({ listHash }) => store.baseline(listHash ?? '')).filter((seconds) => seconds !== null);
  } finally {
    await store.close();
  }
}

const sequential = { options: { sequential: true } };
const failing = () => new FetchallError('ERR_CONNECT', 'refused');

describe('the baseline', () => {
  it('is the run itself, when that is sequential', async () => {
    const { summary } = await aRun(sequential);
    expect(summary?.baseline).toEqual({ seconds: summary?.seconds, source: 'measured' });
    expect([summary?.speedup, summary?.mode, summary?.concurrency]).toEqual([1, 'sequential', 1]);
    expect(await records()).toHaveLength(1);
  });

  it('is estimated from the times of the greenlets, where none was measured', async () => {
    const each = await aRun();
    const sum = each.results.reduce((total, { seconds }) => total + seconds, 0);
    expect(each.summary?.baseline).toEqual({ seconds: sum, source: 'estimated' });
    expect(each.summary?.speedup).toBeCloseTo(sum / (each.summary?.seconds ?? 0), 9);
    expect(await records()).toEqual([]);
  });

  it('is the latest sequential run of the same list', async () => {
    await aRun(sequential);
    await aRun(sequential);
    const [seconds] = await records();
    expect(await baseline()).toEqual({ seconds, source: 'measured' });
  });

  it.each<[string, Partial<RunPlan>]>([
    ['another list', { sources: urls(4) }],
    ['another order', { sources: urls(3).reverse() }],
    ['other names', { sources: urls(3).map((url, at) => `${url} name=${at}`) }],
    ['a run in which something failed', { answer: (_, at) => (at === 0 ? failing() : {}) }],
    ['a run in which something was skipped', { sources: [...urls(3), ...urls(1)] }],
    ['a list with a bad line', { sources: [...urls(3), 'nonsense'] }],
  ])('is not that of %s', async (_, plan) => {
    await aRun(sequential);
    expect(await baseline(plan)).toMatchObject({ source: 'estimated' });
  });

  it('is none when nothing was fetched', async () => {
    expect(await baseline({ answer: failing })).toBeNull();
    expect(await baseline({ sources: [] })).toBeNull();
    expect(await baseline({ answer: failing, ...sequential })).toBeNull();
    expect((await aRun({ answer: failing })).summary?.speedup).toBeNull();
  });
});

describe('the record of a sequential run', () => {
  it.each<[string, Partial<RunPlan>]>([
    ['something failed', { answer: (_, at) => (at === 0 ? failing() : {}) }],
    ['something was skipped', { sources: [...urls(3), ...urls(1)] }],
    ['nothing was there', { sources: [] }],
  ])('is not made when %s', async (_, plan) => {
    await aRun({ ...plan, ...sequential });
    expect(await records()).toEqual([]);
  });

  it('is not made of a run that was cancelled after a file that was saved', async () => {
    const controller = new AbortController();
    const onEvent = ({ event }: { readonly event: string }): void => {
      if (event === 'finished') controller.abort();
    };
    const each = await aRun({ ...sequential, seams: { signal: controller.signal, onEvent } });
    expect(each.summary).toMatchObject({ total: 1, saved: 1 });
    expect(await records()).toEqual([]);
  });

  it('is not made of a run whose reader has gone', async () => {
    const each = new ARun({ sources: urls(3), options: { out, sequential: true } });
    for await (const _ of each.begin()) break;
    expect(each.summary).toMatchObject({ total: 1, saved: 1 });
    expect(await records()).toEqual([]);
  });

  it('is not made without notes', async () => {
    const { summary } = await aRun({ options: { sequential: true, state: false } });
    expect(summary).toMatchObject({ saved: 3, speedup: 1 });
    expect(await readdir(out)).toEqual([]);
  });
});
