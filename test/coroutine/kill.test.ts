import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  Event,
  Greenlet,
  GreenletExit,
  getcurrent,
  killall,
  Pool,
  Queue,
  Semaphore,
  sleep,
  spawn,
  spawnLater,
  Timeout,
  useClock,
  useErrorHandler,
  Waiter,
  withTimeout,
} from '../../src/coroutine/index.js';
import { FakeClock } from '../support/fake-clock.js';

let clock: FakeClock;
let reported: unknown[];
let restore: (() => void)[];
const unhandled = vi.fn();

beforeEach(() => {
  clock = new FakeClock();
  reported = [];
  restore = [useClock(clock), useErrorHandler((error) => reported.push(error))];
  process.on('unhandledRejection', unhandled);
});

afterEach(async () => {
  await clock.settle();
  process.off('unhandledRejection', unhandled);
  for (const put of restore) put();
  expect(unhandled).not.toHaveBeenCalled();
  expect(clock.timers).toBe(0);
});

describe('before the start', () => {
  it.each([
    ['not started', (run: () => void) => new Greenlet(run)],
    ['spawned', (run: () => void) => spawn(run)],
    ['to start later', (run: () => void) => spawnLater(10, run)],
  ])(
    'a greenlet that is %s never runs, is successful, and its links fire, but not at once',
    async (_, make) => {
      const run = vi.fn();
      const linked = vi.fn();
      const greenlet = make(run);
      greenlet.rawlink(linked);
      await expect(greenlet.kill()).resolves.toBeUndefined();
      expect([greenlet.dead, greenlet.successful(), clock.timers]).toEqual([true, true, 0]);
      expect(greenlet.value).toBeInstanceOf(GreenletExit);
      greenlet.start();
      await clock.advance(20);
      expect(run).not.toHaveBeenCalled();
      expect(linked).toHaveBeenCalledTimes(1);
    },
  );

  it('links are never called inside kill', () => {
    const greenlet = spawn(() => {});
    const linked = vi.fn();
    greenlet.rawlink(linked);
    void greenlet.kill();
    expect(linked).not.toHaveBeenCalled();
  });

  it('another error is a failure, reported once', async () => {
    const error = new Error('mine');
    const greenlet = spawn(() => {});
    await greenlet.kill(error);
    expect(greenlet.successful()).toBe(false);
    await expect(greenlet.get()).rejects.toBe(error);
    expect(reported).toEqual([error]);
  });

  it('a class is made into an error, and what is no error is wrapped in one', async () => {
    const [first, second] = [new Greenlet(() => {}), new Greenlet(() => {})];
    await first.kill(TypeError);
    expect(first.exception).toBeInstanceOf(TypeError);
    // @ts-expect-error the types refuse it
    await second.kill(42);
    expect(second.successful()).toBe(false);
    expect(second.exception).toMatchObject({ cause: 42 });
  });
});

describe('while it waits', () => {
  const waits: [string, () => Promise<unknown>][] = [
    ['sleep', () => sleep(1000)],
    ['sleep(0)', () => sleep(0)],
    ['Event.wait', () => new Event().wait({ timeout: 1000 })],
    ['Queue.get', () => new Queue().get({ timeout: 1000 })],
    ['Queue.put', () => new Queue(1, { items: [1] }).put(2)],
    ['Semaphore.acquire', () => new Semaphore(0).acquire({ timeout: 1000 })],
    ['Semaphore.wait', () => new Semaphore(0).wait()],
    ['a Waiter', () => new Waiter().get()],
    ['join', () => new Greenlet(() => {}).join({ timeout: 1000 })],
    ['get', () => new Greenlet(() => {}).get()],
    ['withTimeout', () => withTimeout(1000, () => sleep(2000), { timeoutValue: 1 })],
    ['withTimeout around a foreign promise', () => withTimeout(1000, () => new Promise(() => {}))],
  ];

  it.each(waits)('in %s it is woken at once', async (_, wait) => {
    const after = vi.fn();
    const greenlet = spawn(async () => {
      await wait();
      after();
    });
    await clock.settleMicrotasks();
    await expect(greenlet.kill()).resolves.toBeUndefined();
    expect(greenlet.value).toBeInstanceOf(GreenletExit);
    expect(after).not.toHaveBeenCalled();
    expect(clock.now()).toBe(0);
  });

  it('for the slot of a pool, it gives up its place', async () => {
    const pool = new Pool(1);
    const running = await pool.spawn(() => sleep(100));
    const never = vi.fn();
    const waiting = spawn(() => pool.spawn(never));
    const next = spawn(() => pool.spawn(() => 'mine'));
    await clock.settle();
    await waiting.kill();
    expect(waiting.value).toBeInstanceOf(GreenletExit);
    await clock.until(running.join());
    await expect((await next.get()).get()).resolves.toBe('mine');
    await pool.join();
    expect(never).not.toHaveBeenCalled();
    expect(pool.freeCount()).toBe(1);
  });

  it('in several places, all are woken', async () => {
    const woken: string[] = [];
    const note = (name: string) => (error: unknown) => {
      woken.push(name);
      throw error;
    };
    const greenlet = spawn(() =>
      Promise.all([sleep(10).catch(note('sleep')), new Queue().get().catch(note('queue'))]),
    );
    await clock.settle();
    await greenlet.kill();
    expect(woken).toEqual(['sleep', 'queue']);
  });

  it('it may catch the error, clean up, and wait again', async () => {
    const greenlet = spawn(async () => {
      try {
        await sleep(1000);
      } catch (error) {
        expect(error).toBeInstanceOf(GreenletExit);
      }
      await sleep(50);
      return 'went on';
    });
    await clock.settle();
    await clock.until(greenlet.kill());
    expect(clock.now()).toBe(50);
    await expect(greenlet.get()).resolves.toBe('went on');
  });

  it('kill waits no longer than its timeout, and not at all with block: false', async () => {
    const greenlet = spawn(() => sleep(1000).catch(() => sleep(100)));
    await clock.settle();
    await greenlet.kill(undefined, { block: false });
    await clock.until(greenlet.kill(undefined, { timeout: 0 }).then(() => undefined));
    expect(greenlet.dead).toBe(true);
    const stubborn = spawn(async () => {
      await sleep(1000).catch(() => {});
      await sleep(100);
    });
    await clock.settle();
    await clock.until(stubborn.kill(undefined, { timeout: 30 }));
    expect([stubborn.dead, clock.now()]).toEqual([false, 30]);
    await clock.until(stubborn.join());
  });

  it('a promise of ours that it has not awaited yet ends with it, without an unhandled rejection', async () => {
    const queue = new Queue<number>();
    const greenlet = spawn(async () => {
      const item = queue.get();
      await sleep(10);
      return item;
    });
    await clock.settle();
    await greenlet.kill();
    queue.putNowait(1);
    expect(queue.size).toBe(1);
  });

  it('a value that was handed over is not lost: the kill comes with the next wait', async () => {
    const queue = new Queue<number>();
    const got: number[] = [];
    const greenlet = spawn(async () => {
      got.push(await queue.get());
      await sleep(10);
    });
    await clock.settle();
    queue.putNowait(7);
    await greenlet.kill();
    expect(got).toEqual([7]);
    expect(greenlet.value).toBeInstanceOf(GreenletExit);
  });
});

describe('where nothing can be woken', () => {
  it('the kill comes with the next wait', async () => {
    let resolve: (value: string) => void = () => {};
    const foreign = new Promise<string>((done) => {
      resolve = done;
    });
    const reached = vi.fn();
    const greenlet = spawn(async () => {
      reached(await foreign);
      await sleep(0);
      reached('after');
    });
    await clock.settle();
    await greenlet.kill(undefined, { block: false });
    expect(greenlet.dead).toBe(false);
    resolve('foreign');
    await greenlet.join();
    expect(reached.mock.calls).toEqual([['foreign']]);
    expect(greenlet.successful()).toBe(true);
  });

  it('the signal is aborted with the error, also when it is read afterwards', async () => {
    const greenlet = spawn(async () => {
      const signal = getcurrent()?.signal;
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    });
    await clock.settle();
    await greenlet.kill();
    expect(greenlet.value).toBeInstanceOf(GreenletExit);
    const unread = spawn(() => {});
    expect(unread.signal.aborted).toBe(false);
    const late = spawn(() => {});
    const error = new GreenletExit('why');
    await late.kill(error);
    expect(late.signal.reason).toBe(error);
  });

  it('a greenlet can kill itself', async () => {
    const after = vi.fn();
    const greenlet = spawn(async () => {
      await getcurrent()?.kill();
      after();
    });
    await greenlet.join();
    expect(greenlet.value).toBeInstanceOf(GreenletExit);
    expect(after).not.toHaveBeenCalled();
  });

  it('a dead one is left alone', async () => {
    const greenlet = spawn(() => 'done');
    await greenlet.join();
    await greenlet.kill();
    await greenlet.kill(new Error('late'));
    expect(greenlet.value).toBe('done');
  });
});

describe('killall', () => {
  it('ends all, whether they have begun or not, each with an error of its own', async () => {
    const running = [spawn(() => sleep(100)), spawn(() => sleep(200))];
    await clock.settle();
    const fresh = spawn(() => 'never');
    await killall(new Set([...running, fresh]));
    const values = [...running, fresh].map((greenlet) => greenlet.value);
    for (const value of values) expect(value).toBeInstanceOf(GreenletExit);
    expect(new Set(values).size).toBe(3);
    await expect(killall([])).resolves.toBeUndefined();
  });

  it('first sees that those which have not begun never do', async () => {
    const begun = spawn(async () => {
      const signal = getcurrent()?.signal;
      signal?.addEventListener('abort', () => told.push(`fresh is ${fresh.dead ? 'dead' : 'alive'}`));
      await sleep(100);
    });
    const told: string[] = [];
    await clock.settle();
    const fresh = spawn(() => told.push('fresh ran'));
    await killall([begun, fresh]);
    expect(told).toEqual(['fresh is dead']);
  });

  it('goes on when a class of errors cannot make one', async () => {
    const error = new Error('constructor');
    class Broken extends Error {
      constructor() {
        super();
        throw error;
      }
    }
    const greenlets = [spawn(() => sleep(100)), spawn(() => sleep(100))];
    await clock.settle();
    await killall(greenlets, Broken);
    expect(greenlets.map((greenlet) => greenlet.exception)).toEqual([error, error]);
  });

  it('throws a Timeout when some do not die in time', async () => {
    const stubborn = spawn(async () => {
      await sleep(1000).catch(() => {});
      await sleep(100);
    });
    const meek = spawn(() => sleep(1000));
    await clock.settle();
    await expect(clock.until(killall([stubborn, meek], undefined, { timeout: 10 }))).rejects.toBeInstanceOf(
      Timeout,
    );
    expect([stubborn.dead, meek.dead]).toEqual([false, true]);
    await clock.until(stubborn.join());
  });

  it('does not wait with block: false', async () => {
    const greenlet = spawn(async () => {
      try {
        await sleep(1000);
      } finally {
        await sleep(10);
      }
    });
    await clock.settle();
    await killall([greenlet], new Error('mine'), { block: false });
    expect(greenlet.dead).toBe(false);
    await clock.until(greenlet.join());
    expect(reported).toEqual([expect.objectContaining({ message: 'mine' })]);
  });
});
