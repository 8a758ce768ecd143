import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BoundedSemaphore,
  Empty,
  Event,
  Full,
  GreenletExit,
  Queue,
  Semaphore,
  sleep,
  spawn,
  Timeout,
  useClock,
  useErrorHandler,
  Waiter,
} from '../../src/coroutine/index.js';
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

describe('Event', () => {
  it('wakes all in the order in which they wait, even if cleared at once', async () => {
    const event = new Event();
    const woken: number[] = [];
    for (let i = 0; i < 3; i++) {
      spawn(async () => {
        expect(await event.wait()).toBe(true);
        woken.push(i);
      });
    }
    await clock.settle();
    event.set();
    event.clear();
    await clock.settle();
    expect(woken).toEqual([0, 1, 2]);
    expect([event.isSet(), event.ready()]).toEqual([false, false]);
  });

  it('does not make wait when it is set; gives false when the time is over', async () => {
    const event = new Event();
    await expect(clock.until(event.wait({ timeout: 10 }))).resolves.toBe(false);
    await expect(clock.until(event.wait({ timeout: new Timeout(10) }))).resolves.toBe(false);
    event.set();
    await expect(event.wait()).resolves.toBe(true);
    event.set();
    expect(event.isSet()).toBe(true);
  });
});

describe('Semaphore', () => {
  it('counts', async () => {
    const semaphore = new Semaphore(2);
    await expect(semaphore.acquire()).resolves.toBe(true);
    await expect(semaphore.acquire({ block: false })).resolves.toBe(true);
    await expect(semaphore.acquire({ block: false })).resolves.toBe(false);
    expect([semaphore.locked(), semaphore.ready(), semaphore.counter]).toEqual([true, false, 0]);
    await expect(clock.until(semaphore.acquire({ timeout: 10 }))).resolves.toBe(false);
    expect([semaphore.release(), semaphore.release(), semaphore.release()]).toEqual([1, 2, 3]);
    expect(() => new Semaphore(-1)).toThrow(RangeError);
  });

  it('serves first come, first served, and nobody before', async () => {
    const semaphore = new Semaphore(1);
    const order: string[] = [];
    await semaphore.acquire();
    for (const name of ['a', 'b', 'c']) {
      spawn(async () => {
        await semaphore.acquire();
        order.push(name);
      });
    }
    await clock.settle();
    semaphore.release();
    await expect(semaphore.acquire({ block: false })).resolves.toBe(false);
    semaphore.release();
    semaphore.release();
    await clock.settle();
    expect([order, semaphore.counter]).toEqual([['a', 'b', 'c'], 0]);
  });

  it('passes over those who were killed or gave up', async () => {
    const semaphore = new Semaphore(0);
    const [killed, late, next] = [
      spawn(() => semaphore.acquire()),
      spawn(() => semaphore.acquire({ timeout: 10 })),
      spawn(() => semaphore.acquire()),
    ] as const;
    await clock.settle();
    await killed.kill();
    await clock.advance(10);
    semaphore.release();
    await expect(next.get()).resolves.toBe(true);
    await expect(late.get()).resolves.toBe(false);
    expect(killed.value).toBeInstanceOf(GreenletExit);
    expect(semaphore.counter).toBe(0);
  });

  it('tells who only watches, without taking', async () => {
    const semaphore = new Semaphore(0);
    const watching = [semaphore.wait(), semaphore.wait({ timeout: 100 })];
    await expect(clock.until(semaphore.wait({ timeout: 10 }))).resolves.toBe(0);
    semaphore.release();
    await expect(Promise.all(watching)).resolves.toEqual([1, 1]);
    await expect(semaphore.wait()).resolves.toBe(1);
  });

  it('is held for as long as a function runs', async () => {
    const semaphore = new Semaphore(1);
    await expect(semaphore.use(() => semaphore.counter)).resolves.toBe(0);
    await expect(semaphore.use(() => Promise.reject(new Error('out')))).rejects.toThrow('out');
    expect(semaphore.counter).toBe(1);
  });

  it('that is bounded refuses more than it had', async () => {
    const semaphore = new BoundedSemaphore(1);
    expect(() => semaphore.release()).toThrow('too many times');
    await semaphore.acquire();
    expect(semaphore.release()).toBe(1);
  });
});

describe('Queue', () => {
  it('gives items in the order in which they were put', async () => {
    const queue = new Queue<number>(null, { items: [1, 2] });
    await queue.put(3);
    queue.putNowait(4);
    expect([queue.size, queue.empty(), queue.full(), queue.maxsize]).toEqual([
      4,
      false,
      false,
      Number.POSITIVE_INFINITY,
    ]);
    expect([await queue.get(), queue.getNowait(), await queue.get(), await queue.get()]).toEqual([
      1, 2, 3, 4,
    ]);
    expect(queue.empty()).toBe(true);
  });

  it('throws Empty and Full where it may not wait, or not longer', async () => {
    const queue = new Queue<number>(1);
    expect(() => queue.getNowait()).toThrow(Empty);
    await expect(queue.get({ block: false })).rejects.toBeInstanceOf(Empty);
    await expect(clock.until(queue.get({ timeout: 10 }))).rejects.toBeInstanceOf(Empty);
    await queue.put(1);
    expect(queue.full()).toBe(true);
    expect(() => queue.putNowait(2)).toThrow(Full);
    await expect(queue.put(2, { block: false })).rejects.toBeInstanceOf(Full);
    await expect(clock.until(queue.put(2, { timeout: new Timeout(10) }))).rejects.toBeInstanceOf(Full);
    expect([queue.size, queue.getNowait(), queue.empty()]).toEqual([1, 1, true]);
  });

  it('refuses a negative timeout, and holds no place for it', async () => {
    const queue = new Queue<number>(1);
    await expect(queue.get({ timeout: -1 })).rejects.toBeInstanceOf(RangeError);
    queue.putNowait(1);
    expect(queue.size).toBe(1);
  });

  it('serves first come, first served, on both sides', async () => {
    const queue = new Queue<number>(1);
    const got: string[] = [];
    for (const name of ['a', 'b']) spawn(async () => got.push(`${name}${await queue.get()}`));
    await clock.settle();
    for (let i = 1; i <= 4; i++) spawn(() => queue.put(i));
    await clock.settle();
    expect([got, queue.size]).toEqual([['a1', 'b2'], 1]);
    expect([queue.getNowait(), queue.getNowait()]).toEqual([3, 4]);
    expect(queue.empty()).toBe(true);
  });

  it('passes over those who were killed or gave up', async () => {
    const queue = new Queue<number>(1);
    const killed = spawn(() => queue.get());
    const late = spawn(() => queue.get({ timeout: 10 }));
    const next = spawn(() => queue.get());
    await clock.settle();
    await killed.kill();
    await clock.advance(10);
    queue.putNowait(1);
    await expect(next.get()).resolves.toBe(1);
    expect(late.exception).toBeInstanceOf(Empty);
    queue.putNowait(2);
    const putting = spawn(() => queue.put(3));
    const last = spawn(() => queue.put(4));
    await clock.settle();
    await putting.kill();
    expect([queue.getNowait(), queue.getNowait(), queue.size]).toEqual([2, 4, 0]);
    await last.get();
  });

  it('lets a producer and a consumer run at different speeds', async () => {
    const queue = new Queue<number>(2);
    const got: number[] = [];
    spawn(async () => {
      for (let i = 0; i < 10; i++) await queue.put(i);
    });
    const consumer = spawn(async () => {
      for (let i = 0; i < 10; i++) {
        expect(queue.size).toBeLessThanOrEqual(2);
        got.push(await queue.get());
        await sleep(5);
      }
    });
    await clock.until(consumer.get());
    expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
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
