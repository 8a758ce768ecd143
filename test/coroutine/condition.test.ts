import { expect, it } from 'vitest';
import {
  Condition,
  GreenletExit,
  RLock,
  Semaphore,
  spawn,
  Timeout,
  withTimeout,
} from '../../src/coroutine/index.js';
import { useFakeTime } from '../support/fake-time.js';

const time = useFakeTime();

/** Greenlets that wait for a condition and note when they go on. */
async function waiters(condition: Condition, count: number) {
  const awake: number[] = [];
  const greenlets = Array.from({ length: count }, (_, index) =>
    spawn(async () => {
      using _held = await condition.hold();
      await condition.wait();
      awake.push(index);
    }),
  );
  await time.clock.settle();
  return { awake, greenlets };
}

it('lets n through, in the order in which they wait; the others wait on', async () => {
  const condition = new Condition();
  const { awake } = await waiters(condition, 5);
  await condition.use(() => condition.notify());
  await time.clock.settle();
  expect(awake).toEqual([0]);
  await condition.use(() => condition.notify(2));
  await time.clock.settle();
  expect(awake).toEqual([0, 1, 2]);
  await condition.use(() => condition.notifyAll());
  await time.clock.settle();
  expect([awake, condition.locked()]).toEqual([[0, 1, 2, 3, 4], false]);
});

it('gives the lock up for the wait, however often it was taken, and has it again afterwards', async () => {
  const lock = new RLock();
  const condition = new Condition(lock);
  const waiting = spawn(async () => {
    await condition.acquire();
    await condition.acquire();
    await expect(condition.wait()).resolves.toBe(true);
    expect(lock.owned()).toBe(true);
    condition.release();
    expect(lock.owned()).toBe(true);
    condition.release();
  });
  await time.clock.settle();
  expect(lock.locked()).toBe(false);
  await lock.acquire();
  condition.notify();
  await time.clock.settle();
  expect(waiting.ready()).toBe(false);
  lock.release();
  await waiting.get();
  expect(lock.locked()).toBe(false);
});

it('works on a semaphore too', async () => {
  const permit = new Semaphore(1);
  const condition = new Condition(permit);
  const { awake } = await waiters(condition, 2);
  expect(permit.counter).toBe(1);
  await condition.use(() => condition.notify(2));
  await time.clock.settle();
  expect([awake, permit.counter]).toEqual([[0, 1], 1]);
});

it('is acquired before it is used', async () => {
  const condition = new Condition();
  expect(() => condition.notify()).toThrow('acquired');
  expect(() => condition.notifyAll()).toThrow('acquired');
  await expect(condition.wait()).rejects.toThrow('acquired');
  expect(() => condition.release()).toThrow('not held');
});

it('gives false when the timeout is first, with the lock', async () => {
  const condition = new Condition();
  await condition.acquire();
  await expect(time.clock.until(condition.wait({ timeout: 10 }))).resolves.toBe(false);
  condition.release();
  await condition.use(() => condition.notify());
});

it('waits for a predicate, in all no longer than the timeout', async () => {
  const condition = new Condition();
  let items = 0;
  const taker = spawn(() => condition.use(() => condition.waitFor(() => items >= 2 && items)));
  for (let i = 0; i < 3; i++) {
    await time.clock.settle();
    await condition.use(() => {
      items++;
      condition.notify();
    });
  }
  await expect(taker.get()).resolves.toBe(2);
  await expect(condition.use(() => condition.waitFor(() => 'at once'))).resolves.toBe('at once');
  const late = spawn(() => condition.use(() => condition.waitFor(() => false, { timeout: 10 })));
  await time.clock.advance(6);
  await condition.use(() => condition.notify());
  await time.clock.until(late.join());
  expect([late.value, time.clock.now()]).toEqual([false, 10]);
});

it('throws a kill and the Timeout of another when it has the lock again', async () => {
  const condition = new Condition();
  const outer = new Timeout(20);
  const { greenlets } = await waiters(condition, 1);
  const late = spawn(() => withTimeout(outer, () => condition.use(() => condition.wait({ timeout: 100 }))));
  await time.clock.settle();
  await condition.acquire();
  for (const greenlet of greenlets) {
    void greenlet.kill();
    // Another, while it waits for the lock.
    await time.clock.settle();
    void greenlet.kill(new Error('again'));
    await time.clock.advance(30);
    expect([greenlet.ready(), late.ready()]).toEqual([false, false]);
  }
  condition.release();
  await time.clock.settle();
  expect(greenlets[0]?.exception).toMatchObject({ message: 'again' });
  expect(late.exception).toBe(outer);
  expect(condition.locked()).toBe(false);
});

it('loses no notify when the one it went to is killed before he has the lock', async () => {
  const condition = new Condition();
  const { awake, greenlets } = await waiters(condition, 2);
  await condition.acquire();
  condition.notify();
  await time.clock.settle();
  void greenlets[0]?.kill();
  condition.release();
  await time.clock.settle();
  expect([awake, condition.locked()]).toEqual([[1], false]);
  expect(greenlets[0]?.value).toBeInstanceOf(GreenletExit);
});
