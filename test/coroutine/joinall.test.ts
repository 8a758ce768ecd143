import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { joinall, sleep, spawn, Timeout, useClock, useErrorHandler } from '../../src/coroutine/index.js';
import { FakeClock } from '../support/fake-clock.js';

let clock: FakeClock;
let restore: (() => void)[];

beforeEach(() => {
  clock = new FakeClock();
  restore = [useClock(clock), useErrorHandler(() => {})];
});

afterEach(() => {
  for (const put of restore) put();
  expect(clock.timers).toBe(0);
});

/** A greenlet that ends after a time, with the time as its value. */
function ending(milliseconds: number) {
  return spawn(async () => {
    await sleep(milliseconds);
    return milliseconds;
  });
}

function failing(milliseconds: number, error: Error) {
  return spawn(async (): Promise<number> => {
    await sleep(milliseconds);
    throw error;
  });
}

describe('joinall', () => {
  it('gives the greenlets in the order in which they ended, those that had ended before first', async () => {
    const done = spawn(() => 0);
    await done.join();
    const greenlets = [ending(30), ending(10), done, ending(20)];
    const ended = await clock.until(joinall(greenlets));
    expect(ended.map((greenlet) => greenlet.value)).toEqual([0, 10, 20, 30]);
    await expect(joinall(greenlets)).resolves.toHaveLength(4);
    await expect(joinall([])).resolves.toEqual([]);
  });

  it('takes any iterable, and each greenlet once', async () => {
    const greenlet = ending(10);
    const ended = await clock.until(joinall(new Set([greenlet]).values()));
    expect(ended).toEqual([greenlet]);
    await expect(joinall([greenlet, greenlet])).resolves.toEqual([greenlet]);
  });

  it('gives those that have ended when the time is over', async () => {
    const greenlets = [ending(30), ending(10), ending(20)];
    const ended = await clock.until(joinall(greenlets, { timeout: '25ms' }));
    expect(ended.map((greenlet) => greenlet.value)).toEqual([10, 20]);
    expect(greenlets[0]?.hasLinks()).toBe(0);
    await clock.advance(5);
    expect(ended).toHaveLength(2);
  });

  it('waits for no more than count', async () => {
    const greenlets = [ending(30), ending(10), ending(20)];
    const ended = await clock.until(joinall(greenlets, { count: 2 }));
    expect(ended.map((greenlet) => greenlet.value)).toEqual([10, 20]);
    await expect(joinall(greenlets, { count: 0 })).resolves.toEqual([]);
    await expect(joinall(greenlets, { count: 1 })).resolves.toHaveLength(1);
    await clock.advance(10);
  });

  it('throws the first error at once with raiseError; the others go on', async () => {
    const [early, late] = [new Error('early'), new Error('late')];
    const greenlets = [failing(20, late), failing(10, early), ending(30)];
    await expect(clock.until(joinall(greenlets, { raiseError: true }))).rejects.toBe(early);
    expect(clock.now()).toBe(10);
    expect(greenlets[2]?.dead).toBe(false);
    await clock.advance(20);
    expect(greenlets[2]?.value).toBe(30);
    await expect(joinall(greenlets, { raiseError: true })).rejects.toBe(late);
  });

  it('throws no error without raiseError', async () => {
    const greenlets = [failing(20, new Error('a')), failing(10, new Error('b'))];
    const ended = await clock.until(joinall(greenlets));
    expect(ended).toEqual([greenlets[1], greenlets[0]]);
  });

  it('lets the Timeout of another through', async () => {
    const greenlet = ending(100);
    const waiting = spawn(async () => {
      const timeout = new Timeout(10).start();
      await joinall([greenlet], { timeout: 50 }).catch((error: unknown) => {
        expect(error).toBe(timeout);
        throw error;
      });
    });
    await clock.until(waiting.join());
    expect([waiting.exception instanceof Timeout, clock.now()]).toEqual([true, 10]);
    await clock.until(greenlet.join());
  });

  it('ends a sequence of many', async () => {
    const greenlets = Array.from({ length: 10_000 }, (_, i) => spawn(() => i));
    const ended = await joinall(greenlets);
    expect(ended.map((greenlet) => greenlet.value)).toEqual(greenlets.map((_, i) => i));
  });
});
