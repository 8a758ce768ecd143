import { describe, expect, it, onTestFinished } from 'vitest';
import { useClock } from '../../src/coroutine/clock.js';
import type { Totals } from '../../src/model/report.js';
import { FakeClock } from '../support/fake-clock.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { copied, savedRecord, storeIn } from './rows.js';

function fakeClock(): FakeClock {
  const clock = new FakeClock();
  onTestFinished(useClock(clock));
  return clock;
}

describe('a commit', () => {
  const inCopy = async (folder: string): Promise<number> => {
    const store = await storeIn(await copied(folder));
    const count = [...store.saved()].length;
    await store.close();
    return count;
  };

  it('comes a second after the first row that waits, and never without one', async () => {
    const clock = fakeClock();
    const folder = await temporaryFolder();
    const store = await storeIn(folder);
    expect(clock.timers).toBe(0);
    store.record(savedRecord('http://a.test/1'));
    await clock.advance(900);
    store.record(savedRecord('http://a.test/2'));
    await clock.advance(99);
    expect(await inCopy(folder)).toBe(0);
    await clock.advance(1);
    expect(await inCopy(folder)).toBe(2);
    expect(clock.timers).toBe(0);
    store.record(savedRecord('http://a.test/3'));
    await clock.advance(999);
    expect(await inCopy(folder)).toBe(2);
    await clock.advance(1);
    expect(await inCopy(folder)).toBe(3);
  });

  it('comes at once when 250 rows wait', async () => {
    const clock = fakeClock();
    const folder = await temporaryFolder();
    const store = await storeIn(folder);
    for (let row = 0; row < 249; row++) store.record(savedRecord(`http://a.test/${row}`));
    expect(await inCopy(folder)).toBe(0);
    store.record(savedRecord('http://a.test/249'));
    expect(await inCopy(folder)).toBe(250);
    expect(clock.timers).toBe(0);
  });

  it('comes at the end', async () => {
    const clock = fakeClock();
    const folder = await temporaryFolder();
    const store = await storeIn(folder);
    store.record(savedRecord('http://a.test/'));
    store.drop('f');
    await store.close();
    expect(clock.timers).toBe(0);
    expect(await inCopy(folder)).toBe(1);
  });
});

describe('runs', () => {
  const totals: Totals = { total: 3, saved: 3, skipped: 0, failed: 0, bytes: 2 ** 40, chunks: 9 };

  it('are known by when they began and what they came to, the newest first', async () => {
    const clock = fakeClock();
    const folder = await temporaryFolder();
    const began = clock.date().getTime();
    const first = await storeIn(folder);
    expect(first.lastRuns(5)).toEqual([]);
    first.beginRun('sequential', 1);
    await clock.advance(2_500);
    first.endRun({ listHash: 'l', totals, seconds: 2.5 });
    await first.close();
    const second = await storeIn(folder);
    second.beginRun('concurrent', 8);
    const one = {
      id: 1,
      began,
      ended: began + 2_500,
      mode: 'sequential',
      concurrency: 1,
      listHash: 'l',
      totals,
    };
    const none = { ended: null, listHash: null, totals: null, seconds: null };
    const two = { id: 2, began: began + 2_500, mode: 'concurrent', concurrency: 8, ...none };
    expect(second.lastRuns(5)).toEqual([two, { ...one, seconds: 2.5 }]);
    expect(second.lastRuns(1)).toEqual([two]);
  });

  it('are a baseline when they were sequential, of this list, and all was fetched', async () => {
    const store = await storeIn(await temporaryFolder());
    const run = (
      mode: 'sequential' | 'concurrent',
      seconds: number,
      of: Partial<Totals> = {},
      listHash = 'l',
    ) => {
      store.beginRun(mode, 1);
      store.endRun({ listHash, totals: { ...totals, ...of }, seconds });
    };
    run('concurrent', 1);
    run('sequential', 2, { failed: 1 });
    run('sequential', 3, { skipped: 1 });
    run('sequential', 4, { saved: 0 });
    run('sequential', 5, {}, 'other');
    store.beginRun('sequential', 1);
    expect(store.baseline('l')).toBeNull();
    expect(store.baseline('other')).toBe(5);
    run('sequential', 6);
    run('sequential', 7);
    run('sequential', 8, { failed: 1 });
    expect(store.baseline('l')).toBe(7);
  });
});
