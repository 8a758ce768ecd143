import { expect, it } from 'vitest';
import {
  BoundedSemaphore,
  DummySemaphore,
  GreenletExit,
  Semaphore,
  sleep,
  spawn,
  Timeout,
  withTimeout,
} from '../../src/coroutine/index.js';
import { useFakeTime } from '../support/fake-time.js';

const time = useFakeTime();

it('counts', async () => {
  const semaphore = new Semaphore(2);
  await expect(semaphore.acquire()).resolves.toBe(true);
  await expect(semaphore.acquire({ block: false })).resolves.toBe(true);
  await expect(semaphore.acquire({ block: false })).resolves.toBe(false);
  expect([semaphore.locked(), semaphore.ready(), semaphore.counter]).toEqual([true, false, 0]);
  await expect(time.clock.until(semaphore.acquire({ timeout: 10 }))).resolves.toBe(false);
  expect([semaphore.release(), semaphore.release(), semaphore.release()]).toEqual([1, 2, 3]);
  expect(() => new Semaphore(-1)).toThrow(RangeError);
});

it('serves first come, first served', async () => {
  const semaphore = new Semaphore(1);
  const order: string[] = [];
  await semaphore.acquire();
  for (const name of ['a', 'b', 'c']) {
    spawn(async () => {
      await semaphore.acquire();
      order.push(name);
    });
  }
  await time.clock.settle();
  for (let i = 0; i < 3; i++) expect(semaphore.release()).toBe(i + 1);
  await time.clock.settle();
  expect([order, semaphore.counter]).toEqual([['a', 'b', 'c'], 0]);
});

it('passes over those who were killed or gave up', async () => {
  const semaphore = new Semaphore(0);
  const [killed, late, next] = [
    spawn(() => semaphore.acquire()),
    spawn(() => semaphore.acquire({ timeout: 10 })),
    spawn(() => semaphore.acquire()),
  ] as const;
  await time.clock.settle();
  await killed.kill();
  await time.clock.advance(10);
  semaphore.release();
  await expect(next.get()).resolves.toBe(true);
  await expect(late.get()).resolves.toBe(false);
  expect(killed.value).toBeInstanceOf(GreenletExit);
  expect(semaphore.counter).toBe(0);
});

it('tells who only watches, without taking', async () => {
  const semaphore = new Semaphore(0);
  const watching = [semaphore.wait(), semaphore.wait({ timeout: 100 })];
  await expect(time.clock.until(semaphore.wait({ timeout: 10 }))).resolves.toBe(0);
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

it('is taken by whoever asks while a permit is free, before those who are woken for it: they keep their places', async () => {
  const semaphore = new Semaphore(0);
  const order: string[] = [];
  for (const name of ['a', 'b']) {
    spawn(async () => {
      await semaphore.acquire();
      order.push(name);
    });
  }
  await time.clock.settle();
  semaphore.release();
  // In the same breath, before the woken one runs.
  const barging = semaphore.acquire({ block: false });
  expect(semaphore.counter).toBe(0);
  await expect(barging).resolves.toBe(true);
  await time.clock.settle();
  expect(order).toEqual([]);
  semaphore.release();
  await time.clock.settle();
  semaphore.release();
  await time.clock.settle();
  expect([order, semaphore.counter]).toEqual([['a', 'b'], 0]);
});

it('loses no permit when the one it would go to is killed in that moment', async () => {
  const semaphore = new Semaphore(0);
  const [victim, next] = [spawn(() => semaphore.acquire()), spawn(() => semaphore.acquire())];
  await time.clock.settle();
  semaphore.release();
  await victim.kill();
  expect(victim.value).toBeInstanceOf(GreenletExit);
  await expect(next.get()).resolves.toBe(true);
});

it('lets the Timeout of another out of acquire, and keeps its own to itself', async () => {
  const semaphore = new Semaphore(0);
  const outer = new Timeout(10);
  await expect(time.clock.until(withTimeout(outer, () => semaphore.acquire({ timeout: 100 })))).rejects.toBe(
    outer,
  );
  await expect(time.clock.until(semaphore.acquire({ timeout: new Timeout(10) }))).resolves.toBe(false);
  semaphore.release();
  await time.clock.settle();
  expect(semaphore.counter).toBe(1);
});

it('calls links in their turn, for as long as a permit is free', async () => {
  const semaphore = new Semaphore(0);
  const called: unknown[] = [];
  const link = (source: Semaphore) => called.push(source.counter);
  const acquiring = semaphore.acquire();
  semaphore.rawlink(link);
  semaphore.rawlink(link);
  semaphore.release();
  await expect(acquiring).resolves.toBe(true);
  await time.clock.settle();
  expect(called).toEqual([]);
  semaphore.release();
  expect(called).toEqual([]);
  await time.clock.settle();
  expect(called).toEqual([1]);
  semaphore.rawlink(link);
  semaphore.unlink(link);
  await time.clock.settle();
  expect(called).toEqual([1]);
});

it('is held for a block, however that ends', async () => {
  const semaphore = new Semaphore(1);
  const work = async (fails: boolean) => {
    using permit = await semaphore.hold();
    expect([permit === undefined, semaphore.counter]).toEqual([false, 0]);
    await sleep(10);
    if (fails) throw new Error('out');
    permit[Symbol.dispose]();
  };
  await time.clock.until(work(false));
  await expect(time.clock.until(work(true))).rejects.toThrow('out');
  expect(semaphore.counter).toBe(1);
  const killed = spawn(work, false);
  await time.clock.settle();
  await killed.kill();
  expect(semaphore.counter).toBe(1);
  await semaphore.acquire();
  await expect(time.clock.until(semaphore.hold({ timeout: 10 }))).rejects.toBeInstanceOf(Timeout);
  await expect(semaphore.hold({ block: false })).rejects.toBeInstanceOf(Timeout);
});

it('that is a dummy never makes anybody wait', async () => {
  const dummy = new DummySemaphore();
  dummy.release();
  dummy.rawlink(() => {});
  dummy.unlink(() => {});
  for (let i = 0; i < 3; i++) await expect(dummy.acquire()).resolves.toBe(true);
  expect([dummy.locked(), dummy.ready(), await dummy.wait()]).toEqual([false, true, 1]);
  await expect(dummy.use(() => 'ran')).resolves.toBe('ran');
  using permit = await dummy.hold();
  expect(permit).toBeDefined();
});
