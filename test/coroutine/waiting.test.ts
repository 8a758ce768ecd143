import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sleep, spawn, useClock, useErrorHandler, Waiter } from '../../src/coroutine/index.js';
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

describe('Waiter', () => {
  it('hands over a value, whether it comes before or after get', async () => {
    const [before, after] = [new Waiter<number>(), new Waiter<number>()];
    expect(before.switch(1)).toBe(true);
    expect(before.ready).toBe(true);
    await expect(before.get()).resolves.toBe(1);
    const got = after.get();
    expect(after.ready).toBe(false);
    after.switch(2);
    await expect(got).resolves.toBe(2);
    await expect(after.get()).resolves.toBe(2);
  });

  it('throws an error in, which is kept too', async () => {
    const error = new Error('mine');
    const [before, after] = [new Waiter<number>(), new Waiter<number>()];
    before.throw(error);
    await expect(before.get()).rejects.toBe(error);
    const got = after.get();
    after.throw(error);
    await expect(got).rejects.toBe(error);
  });

  it('is woken once', async () => {
    const waiter = new Waiter<number>();
    const got = waiter.get();
    expect([waiter.switch(1), waiter.switch(2), waiter.throw(new Error('late'))]).toEqual([
      true,
      false,
      false,
    ]);
    await expect(got).resolves.toBe(1);
  });

  it('serves one caller at a time', async () => {
    const waiter = new Waiter<number>();
    const got = waiter.get();
    await expect(waiter.get()).rejects.toThrow('one caller');
    waiter.switch(1);
    await expect(got).resolves.toBe(1);
  });

  it('tells when it is woken, by whatever, and at once when it is awake', async () => {
    const told: number[] = [];
    const waiter = new Waiter<number>();
    waiter.onWake(() => told.push(1));
    waiter.onWake(() => told.push(2));
    const greenlet = spawn(() => waiter.get());
    await clock.settle();
    await greenlet.kill();
    waiter.onWake(() => told.push(3));
    expect(told).toEqual([1, 2, 3]);
  });
});

describe('sleep', () => {
  it('of 0 lets all that is ready go first', async () => {
    const order: string[] = [];
    spawn(async () => {
      order.push('a');
      await sleep(0);
      order.push('a again');
    });
    spawn(() => order.push('b'));
    await clock.settle();
    expect(order).toEqual(['a', 'b', 'a again']);
    await clock.until(sleep(-5));
    expect(clock.now()).toBe(0);
  });

  it('takes units', async () => {
    await clock.until(sleep('1.5s'));
    expect(clock.now()).toBe(1500);
    expect(() => sleep('long')).toThrow(RangeError);
    expect(() => sleep(Number.NaN)).toThrow(RangeError);
  });
});
