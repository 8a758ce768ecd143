import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  Full,
  Greenlet,
  GreenletExit,
  Group,
  getcurrent,
  Pool,
  PoolFull,
  sleep,
  spawn,
  Timeout,
  useClock,
  useErrorHandler,
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

describe.each([
  ['Group', () => new Group()],
  ['Pool', () => new Pool(4)],
  ['Pool without limit', () => new Pool()],
])('%s', (_, make) => {
  it('holds its greenlets until they end', async () => {
    const group = make();
    expect([group.size, group.full()]).toEqual([0, false]);
    const greenlet = await group.spawn((n: number) => sleep(n), 10);
    expect([...group]).toEqual([greenlet]);
    expect(group.has(greenlet)).toBe(true);
    await expect(clock.until(group.join())).resolves.toBe(true);
    expect([group.size, group.has(greenlet)]).toEqual([0, false]);
    await expect(group.join()).resolves.toBe(true);
  });

  it('adds each greenlet once, and lets one go', async () => {
    const group = make();
    const greenlet = spawn(() => sleep(10));
    await group.add(greenlet);
    await group.add(greenlet);
    expect(group.size).toBe(1);
    group.discard(greenlet);
    group.discard(greenlet);
    expect(group.size).toBe(0);
    await expect(group.join()).resolves.toBe(true);
    const other = new Greenlet(() => 'ran');
    await group.start(other);
    await group.join();
    expect(other.value).toBe('ran');
    await clock.advance(10);
  });

  it('joins at most as long as the timeout, and throws an error of a member when asked', async () => {
    const group = make();
    const error = new Error('mine');
    await group.spawn(() => sleep(10));
    await group.spawn(async () => {
      await sleep(20);
      throw error;
    });
    await expect(clock.until(group.join({ timeout: 5 }))).resolves.toBe(false);
    await expect(clock.until(group.join({ raiseError: true }))).rejects.toBe(error);
    await expect(group.join({ raiseError: true })).resolves.toBe(true);
  });

  it('kills all, those that join meanwhile too', async () => {
    const group = make();
    const ran = vi.fn();
    let joined: Greenlet | undefined;
    await group.spawn(async () => {
      await sleep(1000).catch(async () => {
        joined = await group.spawn(() => sleep(1000));
      });
    });
    const meek = await group.spawn(() => sleep(1000));
    await clock.settle();
    const fresh = group.trySpawn(ran);
    await group.kill();
    expect([group.size, clock.now()]).toEqual([0, 0]);
    expect(ran).not.toHaveBeenCalled();
    for (const greenlet of [meek, fresh, joined]) expect(greenlet?.value).toBeInstanceOf(GreenletExit);
    await expect(group.kill()).resolves.toBeUndefined();
  });

  it('kills each once, and waits no longer than the timeout', async () => {
    const group = make();
    let shots = 0;
    const stubborn = await group.spawn(async () => {
      for (let i = 0; i < 3; i++) await sleep(100).catch(() => shots++);
    });
    await clock.settle();
    await clock.until(group.kill(undefined, { timeout: 10 }));
    expect([shots, clock.now(), group.size]).toEqual([1, 10, 1]);
    const other = spawn(() => sleep(100));
    await clock.settle();
    await group.killone(other);
    expect(other.dead).toBe(false);
    await group.killone(stubborn, undefined, { block: false });
    await other.kill();
    await clock.until(group.join());
    expect(shots).toBe(2);
  });
});

it('Group takes greenlets at its making', async () => {
  const group = new Group([spawn(() => sleep(1)), spawn(() => sleep(2))]);
  expect(group.size).toBe(2);
  await expect(group.waitAvailable()).resolves.toBe(1);
  await clock.until(group.join());
});

describe('Pool', () => {
  it.each([0, -1, 1.5, Number.NaN])('refuses %d slots', (capacity) => {
    expect(() => new Pool(capacity)).toThrow(RangeError);
  });

  it.each([1, 2, 7])(
    'never runs more than %d at a time, reaches it, and keeps the order',
    async (capacity) => {
      const pool = new Pool(capacity);
      const begun: number[] = [];
      let running = 0;
      let most = 0;
      const work = async (i: number) => {
        begun.push(i);
        most = Math.max(most, ++running);
        await sleep(((i * 7) % 5) + 1);
        if (i % 3 === 0) throw new Error('failures free their slot too');
        running--;
      };
      const settle = (greenlet: Greenlet) => greenlet.linkException(() => running--);
      const feeding = spawn(async () => {
        for (let i = 0; i < 50; i++) {
          settle(await pool.spawn(work, i));
          expect(pool.size).toBeLessThanOrEqual(capacity);
        }
        await pool.join();
      });
      await clock.until(feeding.get());
      expect(most).toBe(capacity);
      expect(begun).toEqual(Array.from({ length: 50 }, (_, i) => i));
      expect([pool.size, pool.freeCount(), pool.full()]).toEqual([0, capacity, false]);
    },
  );

  it('resolves spawn with the greenlet when it has its slot, not when it has ended', async () => {
    const pool = new Pool(1);
    const first = await pool.spawn(() => sleep(10));
    expect([first.ready(), pool.full(), pool.freeCount()]).toEqual([false, true, 0]);
    const second = await clock.until(pool.spawn(() => sleep(5).then(() => 'second')));
    expect([first.ready(), second.started, clock.now()]).toEqual([true, true, 10]);
    await clock.until(pool.join());
    expect(second.value).toBe('second');
  });

  it('throws PoolFull where it may not wait', async () => {
    const pool = new Pool(1);
    const first = pool.trySpawn(() => sleep(100));
    expect(() => pool.trySpawn(() => {})).toThrow(PoolFull);
    expect(new PoolFull()).toBeInstanceOf(Full);
    const other = new Greenlet(() => 'other');
    await expect(pool.add(other, { block: false })).rejects.toBeInstanceOf(PoolFull);
    await expect(clock.until(pool.start(other, { timeout: 10 }))).rejects.toBeInstanceOf(PoolFull);
    expect([other.started, pool.has(other), clock.now()]).toEqual([false, false, 10]);
    await clock.until(pool.start(other, { timeout: 1000 }));
    await pool.join();
    expect([first.dead, other.value]).toEqual([true, 'other']);
  });

  it('gives no slot to a newcomer before those who wait', async () => {
    const pool = new Pool(1);
    const order: string[] = [];
    const first = await pool.spawn(() => sleep(10));
    const waiting = pool.spawn(() => order.push('waiting'));
    first.rawlink(() => {
      expect(() => pool.trySpawn(() => order.push('newcomer'))).toThrow(PoolFull);
    });
    await clock.until(waiting);
    await pool.join();
    expect(order).toEqual(['waiting']);
  });

  it('serves a caller who comes while the slot is being given back', async () => {
    for (let ticks = 0; ticks < 12; ticks++) {
      const pool = new Pool(1);
      const first = await pool.spawn(() => {});
      await first.join();
      for (let i = 0; i < ticks; i++) await null;
      const second = await clock.until(pool.spawn(() => ticks));
      await expect(second.get()).resolves.toBe(ticks);
      await pool.join();
      expect(pool.freeCount()).toBe(1);
    }
  });

  it('lets no newcomer overtake one who came while the slot was being given back', async () => {
    for (let ticks = 0; ticks < 12; ticks++) {
      const pool = new Pool(1);
      const order: string[] = [];
      const first = await pool.spawn(() => {});
      await first.join();
      for (let i = 0; i < ticks; i++) await null;
      const waiting = pool.spawn(() => order.push('waiting'));
      const coming = [];
      for (let i = 0; i < 12; i++) {
        coming.push(pool.spawn(() => order.push('newcomer')));
        await null;
      }
      await clock.until(Promise.all([waiting, ...coming]));
      await pool.join();
      expect(order[0]).toBe('waiting');
    }
  });

  it('has its slots free whenever it is empty', async () => {
    const pool = new Pool(1);
    await pool.spawn(() => {});
    for (let i = 0; i < 20; i++) {
      await null;
      expect(pool.size + pool.freeCount()).toBeGreaterThanOrEqual(1);
    }
    expect(pool.size).toBe(0);
  });

  it('gives the slot back of one that was killed before it began, or let go', async () => {
    const pool = new Pool(1);
    const fresh = await pool.spawn(() => 'never');
    await fresh.kill();
    await pool.join();
    const long = await pool.spawn(() => sleep(100));
    const waiting = pool.spawn(() => 'next');
    pool.discard(long);
    await expect((await waiting).get()).resolves.toBe('next');
    await pool.join();
    expect([long.dead, pool.freeCount()]).toEqual([false, 1]);
    await clock.until(long.join());
  });

  it('holds one slot for a greenlet that two callers add', async () => {
    const pool = new Pool(1);
    const first = await pool.spawn(() => sleep(10));
    const shared = spawn(() => sleep(50));
    const adding = Promise.all([pool.add(shared), pool.add(shared)]);
    const third = pool.spawn(() => 'third');
    await clock.until(first.join());
    await clock.until(Promise.race([adding, clock.settle()]));
    expect(pool.size).toBe(1);
    await clock.until(third.then((greenlet) => greenlet.join()));
    await clock.until(pool.join());
    await adding;
    expect([shared.dead, pool.freeCount()]).toEqual([true, 1]);
  });

  it('takes a greenlet that is dead already, and has its slot back', async () => {
    const pool = new Pool(1);
    const dead = spawn(() => {});
    await dead.join();
    await pool.add(dead);
    await expect(pool.join()).resolves.toBe(true);
    expect(pool.freeCount()).toBe(1);
  });

  it('waits until a slot is available', async () => {
    const pool = new Pool(2);
    await expect(pool.waitAvailable()).resolves.toBe(2);
    await pool.spawn(() => sleep(10));
    await pool.spawn(() => sleep(20));
    await expect(clock.until(pool.waitAvailable({ timeout: 5 }))).resolves.toBe(0);
    await expect(clock.until(pool.waitAvailable())).resolves.toBe(1);
    expect(clock.now()).toBe(10);
    await clock.until(pool.join());
    const unlimited = new Pool(null);
    expect([unlimited.capacity, unlimited.freeCount(), unlimited.full()]).toEqual([
      Number.POSITIVE_INFINITY,
      1,
      false,
    ]);
    await expect(unlimited.waitAvailable()).resolves.toBe(1);
  });

  it('lets the Timeout of the caller through, who then holds no place', async () => {
    const pool = new Pool(1);
    await pool.spawn(() => sleep(100));
    const never = vi.fn();
    const caller = spawn(async () => {
      const timeout = new Timeout(10).start();
      await expect(pool.spawn(never)).rejects.toBe(timeout);
    });
    await clock.until(caller.get());
    await clock.until(pool.join());
    expect(never).not.toHaveBeenCalled();
    expect(pool.freeCount()).toBe(1);
  });

  it('runs a greenlet in the async context of its caller, also when it had to wait', async () => {
    const request = new AsyncLocalStorage<string>();
    const pool = new Pool(1);
    const first = await request.run('first', () =>
      pool.spawn(() => sleep(10).then(() => request.getStore())),
    );
    const second = request.run('second', () => pool.spawn(() => [request.getStore(), getcurrent()]));
    const inner = await clock.until(second);
    await expect(first.get()).resolves.toBe('first');
    await expect(inner.get()).resolves.toEqual(['second', inner]);
    expect(getcurrent()).toBeNull();
  });
});
