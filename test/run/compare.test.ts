// The same list twice.

import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useClock, useErrorHandler } from '../../src/coroutine/index.js';
import { systemDisk } from '../../src/files/disk.js';
import { FetchallError } from '../../src/model/errors.js';
import { drive, eventually } from '../support/drive.js';
import { FakeClock } from '../support/fake-clock.js';
import { ARun, type RunPlan, urls } from '../support/runs.js';
import type { StubAnswer } from '../support/stub-transport.js';
import { temporaryFolder } from '../support/temp-folder.js';

/** What stays of the notes when a run has ended. */
const NOTES = ['state.db', 'state.db-journal'];

let out: string;
let restore: (() => void)[] = [];

beforeEach(async () => {
  out = await temporaryFolder();
  restore = [useErrorHandler(() => {})];
});

afterEach(() => {
  for (const put of restore) put();
});

function aComparison({ options = {}, seams = {}, ...plan }: RunPlan): ARun {
  return new ARun({
    ...plan,
    options: { out, compare: true, retries: 0, ...options },
    seams: { disk: systemDisk, ...seams },
  });
}

function answers(first: StubAnswer, second: StubAnswer): (request: unknown, index: number) => StubAnswer {
  return (_, index) => (index === 0 ? first : second);
}

describe('a comparison', () => {
  it('of 200 URLs of 100 ms measures 20 s and 1.3 s', async () => {
    const clock = new FakeClock();
    restore.push(useClock(clock));
    let inSlots = 0;
    const answer = (): Promise<StubAnswer> => {
      inSlots++;
      return new Promise((resolve) =>
        clock.schedule(100, () => {
          inSlots--;
          resolve({ body: 'content' });
        }),
      );
    };
    const each = aComparison({ sources: urls(200), answer, options: { concurrency: 16 } });
    // Time passes only when every slot waits for the server: the real disk has its own time.
    const mayPass = (): boolean => {
      const { sent } = each.transport;
      return inSlots === (sent <= 200 ? 1 : sent === 400 ? 200 % 16 : 16);
    };
    await drive(clock, each.toEnd(), mayPass);
    expect(each.summary).toMatchObject({
      mode: 'compare',
      total: 200,
      saved: 200,
      identical: 200,
      different: 0,
    });
    expect(each.summary?.baseline).toEqual({ seconds: expect.closeTo(20, 6), source: 'measured' });
    expect(each.summary?.seconds).toBeCloseTo(1.3, 6);
    expect(each.summary?.speedup).toBeCloseTo(20 / 1.3, 4);
  });

  it('says the mode in every event, sums up pass two once, and leaves only its files', async () => {
    const each = await aComparison({ sources: [...urls(3), 'nonsense', ...urls(1)] }).toEnd();
    const told = each.events.map((event) => `${event.event} ${'mode' in event ? event.mode : ''}`);
    expect(told.slice(0, 8).every((line) => line.endsWith(' sequential'))).toBe(true);
    expect(told.filter((line) => line === 'finished concurrent')).toHaveLength(5);
    expect(told.filter((line) => line.startsWith('summary'))).toEqual(['summary compare']);
    expect(told.at(-1)).toBe('summary compare');
    expect(each.results).toHaveLength(5);
    expect(each.summary).toMatchObject({
      total: 5,
      saved: 3,
      skipped: 1,
      failed: 1,
      identical: 3,
      different: 0,
    });
    expect((await readdir(out)).sort()).toEqual(['.fetchall', '0.bin', '1.bin', '2.bin']);
    expect((await readdir(join(out, '.fetchall'))).sort()).toEqual(NOTES);
  });

  it.each([
    ['identical', { body: 'a' }, { body: 'a' }, [1, 0]],
    ['different', { body: 'a' }, { body: 'b' }, [0, 1]],
    ['different', { body: 'a', headers: { etag: '"1"' } }, { body: 'b', headers: { etag: '"1"' } }, [0, 1]],
    ['changed', { body: 'a', headers: { etag: '"1"' } }, { body: 'b', headers: { etag: '"2"' } }, [0, 1]],
    ['changed', { body: 'a' }, { body: 'b', headers: { 'last-modified': 'now' } }, [0, 1]],
    [null, { status: 404 }, { body: 'b' }, [0, 0]],
    [null, { body: 'a' }, { status: 404 }, [0, 0]],
  ])('finds %s', async (comparison, first, second, [identical, different]) => {
    const each = await aComparison({ sources: urls(1), answer: answers(first, second) }).toEnd();
    expect(each.endings.map((ending) => ending.comparison)).toEqual([comparison]);
    expect(each.summary).toMatchObject({ identical, different });
  });

  it('overwrites what is there, whatever --existing says', async () => {
    await writeFile(join(out, '0.bin'), 'old');
    const each = await aComparison({ sources: urls(1), options: { existing: 'fail' } }).toEnd();
    expect(each.summary).toMatchObject({ saved: 1, identical: 1 });
    expect(await readFile(join(out, '0.bin'), 'utf8')).toBe('content');
  });

  it('has no baseline when nothing was fetched', async () => {
    const answer = (): StubAnswer => new FetchallError('ERR_CONNECT', 'refused');
    const { summary } = await aComparison({ sources: urls(2), answer }).toEnd();
    expect(summary).toMatchObject({ baseline: null, speedup: null, identical: 0, different: 0, failed: 2 });
  });

  it('keeps the list where nobody else can read it, and clears away what a killed run has left', async () => {
    const folder = join(out, '.fetchall', 'compare');
    await mkdir(join(folder, 'files'), { recursive: true });
    await writeFile(join(folder, 'entries.ndjson'), 'left behind');
    await writeFile(join(folder, 'files', '0.bin'), 'left behind');
    let mode = 0;
    const answer = async (): Promise<StubAnswer> => {
      mode = (await stat(join(folder, 'entries.ndjson'))).mode & 0o777;
      return { body: 'content' };
    };
    const each = await aComparison({ sources: ['http://user:secret@a.test/0.bin'], answer }).toEnd();
    expect([mode, each.summary?.identical]).toEqual([0o600, 1]);
    expect(JSON.stringify(each.events)).not.toContain('secret');
    expect((await readdir(join(out, '.fetchall'))).sort()).toEqual(NOTES);
  });

  it.each([1, 4])('that is cancelled after %d requests is summed up and cleared away', async (requests) => {
    const controller = new AbortController();
    const never = new Promise<never>(() => {});
    const answer = (_: unknown, index: number) => (index + 1 >= requests ? never : { body: 'content' });
    const each = aComparison({
      sources: urls(3),
      answer,
      seams: { disk: systemDisk, signal: controller.signal },
    });
    const running = each.toEnd();
    await eventually(() => each.transport.sent >= requests);
    controller.abort();
    await running;
    expect(each.events.filter(({ event }) => event === 'summary')).toHaveLength(1);
    const { total, saved, skipped, failed } = each.summary ?? { total: -1, saved: 0, skipped: 0, failed: 0 };
    expect(total).toBe(saved + skipped + failed);
    expect(failed).toBeGreaterThan(0);
    expect((await readdir(join(out, '.fetchall'))).sort()).toEqual(NOTES);
  });

  it('says in one of our errors when it cannot keep its notes', async () => {
    await writeFile(join(out, '.fetchall'), 'mine');
    await expect(aComparison({ sources: urls(1) }).toEnd()).rejects.toMatchObject({ code: 'ERR_DISK' });
    expect(await readFile(join(out, '.fetchall'), 'utf8')).toBe('mine');
  });
});
