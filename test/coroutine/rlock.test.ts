import { expect, it } from 'vitest';
import { GreenletExit, RLock, sleep, spawn, Timeout, withTimeout } from '../../src/coroutine/index.js';
import { useFakeTime } from '../support/fake-time.js';

const time = useFakeTime();

it('is taken again by its holder, across awaits, and free after as many releases', async () => {
  const lock = new RLock();
  const order: string[] = [];
  const holder = spawn(async () => {
    await expect(lock.acquire()).resolves.toBe(true);
    await sleep(10);
    await expect(lock.acquire({ block: false })).resolves.toBe(true);
    expect([lock.locked(), lock.owned()]).toEqual([true, true]);
    lock.release();
    await sleep(10);
    order.push('holder');
    lock.release();
  });
  const other = spawn(async () => {
    await sleep(5);
    expect([lock.locked(), lock.owned()]).toEqual([true, false]);
    await expect(lock.acquire({ block: false })).resolves.toBe(false);
    await expect(lock.acquire({ timeout: 1 })).resolves.toBe(false);
    await lock.acquire();
    order.push('other');
    lock.release();
  });
  await time.clock.until(other.get());
  await holder.get();
  expect([order, lock.locked()]).toEqual([['holder', 'other'], false]);
});

it('is released by its holder only: the error names owner and current', async () => {
  const lock = new RLock();
  expect(() => lock.release()).toThrow('owner nobody, current the main greenlet');
  const holder = spawn(() => lock.acquire());
  await holder.join();
  const thief = spawn(() => lock.release());
  holder.name = 'holder';
  thief.name = 'thief';
  await thief.join();
  expect(thief.exception).toMatchObject({ message: expect.stringContaining('owner <Greenlet "holder">') });
  expect(thief.exception).toMatchObject({ message: expect.stringContaining('current <Greenlet "thief">') });
  expect(lock.locked()).toBe(true);
});

it('belongs to the greenlet also inside withTimeout, and to all code outside any together', async () => {
  const lock = new RLock();
  await spawn(async () => {
    await lock.acquire();
    await withTimeout(10, () => lock.acquire());
    lock.release();
    lock.release();
  }).get();
  await lock.acquire();
  await expect(withTimeout(10, () => lock.acquire({ block: false }))).resolves.toBe(true);
  lock.release();
  lock.release();
  expect(lock.locked()).toBe(false);
});

it('wakes who waits for it by a kill and by the Timeout of another', async () => {
  const lock = new RLock();
  await lock.acquire();
  const killed = spawn(() => lock.acquire());
  const outer = new Timeout(10);
  const late = spawn(() => withTimeout(outer, () => lock.acquire({ timeout: 100 })));
  await time.clock.settle();
  await killed.kill();
  expect(killed.value).toBeInstanceOf(GreenletExit);
  await time.clock.advance(10);
  expect(late.exception).toBe(outer);
  lock.release();
  expect(lock.locked()).toBe(false);
});

it('is held for a block, or a function, also when its greenlet is killed', async () => {
  const lock = new RLock();
  const greenlet = spawn(async () => {
    using outer = await lock.hold();
    using inner = await lock.hold();
    expect([outer === inner, lock.owned()]).toEqual([false, true]);
    await sleep(100);
  });
  await time.clock.settle();
  expect(lock.locked()).toBe(true);
  await greenlet.kill();
  expect(lock.locked()).toBe(false);
  await expect(lock.use(() => lock.owned())).resolves.toBe(true);
  expect(lock.locked()).toBe(false);
});
