import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  Greenlet,
  GreenletExit,
  Group,
  getcurrent,
  joinall,
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
  ['Pool', () => new Pool(2)],
])('%s', (_, make) => {
  it('maps items to results in their order, in greenlets of its own', async () => {
    const group = make();
    const work = async (n: number) => {
      expect(group.has(getcurrent() as Greenlet)).toBe(true);
      await sleep(n);
      return n * 2;
    };
    await expect(clock.until(group.map(work, [30, 10, 20]))).resolves.toEqual([60, 20, 40]);
    const items = async function* () {
      yield 1;
      yield Promise.resolve(2);
    };
    await expect(clock.until(group.mapAsync(work, items()).get())).resolves.toEqual([2, 4]);
    expect(group.size).toBe(0);
  });

  it('throws the first error in the order of the items, and the others go on', async () => {
    const group = make();
    const ended: number[] = [];
    const work = async (n: number) => {
      await sleep(n);
      ended.push(n);
      if (n < 30) throw new Error(`${n}`);
    };
    await expect(clock.until(group.map(work, [20, 10, 40]))).rejects.toThrow('20');
    expect(ended).not.toContain(40);
    await clock.until(group.join());
    expect(ended).toContain(40);
  });

  it('applies: runs a function and gives its result, or throws its error', async () => {
    const group = make();
    await expect(clock.until(group.apply((n: number) => sleep(n).then(() => n), 5))).resolves.toBe(5);
    await expect(group.apply(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  });

  it('applies in the member itself when a member asks', async () => {
    const group = make();
    const nested = (depth: number): Promise<unknown> =>
      depth === 0 ? Promise.resolve(getcurrent()) : group.apply(nested, depth - 1);
    const greenlets = await Promise.all([1, 2].map(() => group.spawn(nested, 3)));
    await joinall(greenlets);
    expect(greenlets.map((greenlet) => greenlet.value)).toEqual(greenlets);
  });

  it('applyAsync never waits, and gives a greenlet', async () => {
    const group = make();
    const work = async (n: number) => {
      await sleep(n);
      return n;
    };
    const greenlets = [10, 20, 30].map((n) => group.applyAsync(work, n));
    expect(group.has(greenlets[0] as Greenlet)).toBe(true);
    // What waits for a slot is outside: the pool knows nothing of it.
    expect(group.has(greenlets[2] as Greenlet)).toBe(!(group instanceof Pool));
    const linked = vi.fn();
    greenlets[2]?.linkValue((greenlet) => linked(greenlet.value));
    await expect(clock.until(Promise.all(greenlets.map((each) => each.get())))).resolves.toEqual([
      10, 20, 30,
    ]);
    await group.join();
    await clock.settle();
    expect(linked).toHaveBeenCalledExactlyOnceWith(30);
  });

  it('is joined at the end of an await using block, an error of which comes after', async () => {
    const ended: number[] = [];
    const work = (n: number) => sleep(n).then(() => ended.push(n));
    const block = async (fails: boolean) => {
      await using group = make();
      await group.spawn(work, 20);
      await group.spawn(work, 10);
      if (fails) throw new Error('block');
      return clock.now();
    };
    await expect(clock.until(block(false))).resolves.toBe(0);
    expect([ended, clock.now()]).toEqual([[10, 20], 20]);
    await expect(clock.until(block(true))).rejects.toThrow('block');
    expect(clock.now()).toBe(40);
  });

  it('kills its members when the end of an await using block is interrupted', async () => {
    const member = vi.fn();
    const greenlet = spawn(async () => {
      await using group = make();
      const inner = await group.spawn(() => sleep(1000));
      inner.rawlink(() => member(inner.value));
    });
    await clock.settle();
    await clock.until(greenlet.kill());
    expect(member).toHaveBeenCalledExactlyOnceWith(expect.any(GreenletExit));
    expect(greenlet.value).toBeInstanceOf(GreenletExit);
    expect(clock.now()).toBe(0);
  });

  it('is used: joined after the function, or killed when it throws', async () => {
    const group = make();
    const work = () => sleep(10);
    const result = group.use(async () => {
      await group.spawn(work);
      return 'result';
    });
    await expect(clock.until(result)).resolves.toBe('result');
    expect([clock.now(), group.size]).toEqual([10, 0]);
    let member: Greenlet | undefined;
    const failing = group.use(function* (self) {
      member = yield self.spawn(work);
      yield;
      throw new Error('mine');
    });
    await expect(clock.until(failing)).rejects.toThrow('mine');
    expect([clock.now(), member?.value]).toEqual([10, expect.any(GreenletExit)]);
  });

  it('raises with join an error of one that was a member when it was called, and only then', async () => {
    const group = make();
    await group.spawn(async () => {
      await sleep(5);
      await group.spawn(() => Promise.reject(new Error('late')));
    });
    await expect(clock.until(group.join({ raiseError: true }))).resolves.toBe(true);
  });

  it('lets the Timeout of another through join and kill', async () => {
    const group = make();
    await group.spawn(() => sleep(1000).catch(() => sleep(100)));
    for (const wait of [() => group.join({ timeout: 500 }), () => group.kill(undefined, { timeout: 500 })]) {
      const waiting = spawn(async () => {
        new Timeout(10, { exception: 'foreign' }).start();
        await wait();
      });
      await clock.until(waiting.join());
      expect(waiting.exception).toMatchObject({ exception: 'foreign' });
    }
    await clock.until(group.join());
  });

  it('refuses what is no greenlet, and has its slot back', async () => {
    const group = make();
    // @ts-expect-error the types refuse it
    const adding = async () => group.add({});
    await expect(adding()).rejects.toBeInstanceOf(TypeError);
    expect(group.size).toBe(0);
    await group.spawn(() => sleep(1));
    await group.spawn(() => sleep(1));
    await clock.until(group.join());
  });
});

it('a slot is free again once all links were told', async () => {
  const pool = new Pool(1);
  const greenlet = await pool.spawn(() => 'done');
  const seen: string[] = [];
  greenlet.rawlink(() => seen.push('link'));
  const next = pool.spawn(() => seen.push('next'));
  await next;
  await pool.join();
  expect(seen).toEqual(['link', 'next']);
  expect(pool.freeCount()).toBe(1);
});

it('trySpawn, add and start say PoolFull; applyAsync does not', async () => {
  const pool = new Pool(1);
  await pool.spawn(() => sleep(10));
  expect(() => pool.trySpawn(() => {})).toThrow(PoolFull);
  await expect(pool.add(new Greenlet(() => {}), { block: false })).rejects.toBeInstanceOf(PoolFull);
  await expect(pool.start(new Greenlet(() => {}), { block: false })).rejects.toBeInstanceOf(PoolFull);
  const later = pool.applyAsync(() => 'later');
  await clock.until(pool.join());
  await expect(clock.until(later.get())).resolves.toBe('later');
});
