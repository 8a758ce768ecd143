// What a run is held against, and what is put on record for later ones.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { FetchallError } from '../../src/model/errors.js';
import type { Baseline } from '../../src/model/report.js';
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

async function records(): Promise<string[]> {
  const text = await readFile(join(out, '.fetchall', 'runs.ndjson'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
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
    const seconds = (JSON.parse((await records())[1] ?? '') as { seconds: number }).seconds;
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

  it('does no harm where it cannot be written', async () => {
    await writeFile(join(out, '.fetchall'), 'a file, and no folder');
    const { summary } = await aRun(sequential);
    expect(summary).toMatchObject({ saved: 3, speedup: 1 });
  });

  it('that a crash has cut short, or that is none, is passed over', async () => {
    await aRun(sequential);
    const [record = ''] = await records();
    const folder = join(out, '.fetchall');
    await mkdir(folder, { recursive: true });
    const lines = ['{}', '[]', '1', 'null', '', record, record.slice(0, 30)];
    await writeFile(join(folder, 'runs.ndjson'), lines.join('\n'));
    expect(await baseline()).toMatchObject({ source: 'measured' });
    await aRun({ ...sequential, sources: urls(5) });
    expect(await baseline({ sources: urls(5) })).toMatchObject({ source: 'measured' });
  });
});
