// A fake clock for each test of a file, and what nobody may leave behind: a timer, a rejection that nobody handles.

import { afterEach, beforeEach, expect } from 'vitest';
import { useClock } from '../../src/coroutine/clock.js';
import { useErrorHandler } from '../../src/coroutine/handle-error.js';
import { FakeClock } from './fake-clock.js';

export interface FakeTime {
  /** Of the running test. */
  clock: FakeClock;
  /** Errors that reached the kernel's error handler. */
  reported: unknown[];
}

export function useFakeTime(): FakeTime {
  const time: FakeTime = { clock: new FakeClock(), reported: [] };
  let restore: (() => void)[] = [];
  let unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  beforeEach(() => {
    time.clock = new FakeClock();
    time.reported = [];
    unhandled = [];
    restore = [useClock(time.clock), useErrorHandler((error) => time.reported.push(error))];
    process.on('unhandledRejection', note);
  });
  afterEach(async () => {
    await time.clock.settle();
    process.off('unhandledRejection', note);
    for (const put of restore) put();
    expect(unhandled).toEqual([]);
    expect(time.clock.timers).toBe(0);
  });
  return time;
}
