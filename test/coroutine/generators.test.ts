import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  GreenletExit,
  getcurrent,
  Pool,
  Queue,
  Semaphore,
  sleep,
  spawn,
  Timeout,
  useClock,
  useErrorHandler,
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

/** Not a promise, and yet awaited. */
function foreignThenable(value: number): PromiseLike<number> {
  const promise = Promise.resolve(value);
  const name = 'then';
  return { [name]: promise.then.bind(promise) } as PromiseLike<number>;
}

const never = () => new Promise<never>(() => {});

describe('a generator in a greenlet', () => {
  it('waits for what it yields and returns its result', async () => {
    const greenlet = spawn(function* (first: number) {
      const second: number = yield Promise.resolve(first + 1);
      const third: number = yield foreignThenable(second + 1);
      yield sleep(10);
      return [first, second, third];
    }, 1);
    expect(greenlet.begun).toBe(false);
    await expect(clock.until(greenlet.get())).resolves.toEqual([1, 2, 3]);
    expect(clock.now()).toBe(10);
  });

  it('gets the error of what it yields thrown in, and may go on', async () => {
    const error = new Error('mine');
    const greenlet = spawn(function* () {
      try {
        yield Promise.reject(error);
      } catch (caught) {
        yield;
        return caught;
      }
      return null;
    });
    await expect(clock.until(greenlet.get())).resolves.toBe(error);
  });

  it('fails with what it throws, reported once, or with what it returns', async () => {
    const error = new Error('mine');
    const throwing = spawn(function* () {
      yield;
      throw error;
    });
    const returning = spawn(function* () {
      yield;
      return Promise.reject(error);
    });
    await clock.settle();
    expect([throwing.exception, returning.exception]).toEqual([error, error]);
    expect(reported).toEqual([error, error]);
  });

  it('lets others go first at any other yield, in turns', async () => {
    const steps: string[] = [];
    const work = function* (name: string) {
      for (let i = 0; i < 3; i++) {
        steps.push(`${name}${i}`);
        const value: unknown = yield i % 2 === 0 ? undefined : i;
        expect(value).toBeUndefined();
      }
    };
    const greenlets = [spawn(work, 'a'), spawn(work, 'b')];
    await clock.settle();
    expect(greenlets.every((greenlet) => greenlet.successful())).toBe(true);
    expect(steps).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
  });

  it('delegates with yield*', async () => {
    const inner = function* (n: number): Generator<Promise<void>, number, void> {
      yield sleep(n);
      return n;
    };
    const greenlet = spawn(function* () {
      return (yield* inner(5)) + (yield* inner(7));
    });
    await expect(clock.until(greenlet.get())).resolves.toBe(12);
  });

  it('takes a hundred thousand steps on one stack, at settled promises too', async () => {
    const greenlet = spawn(function* () {
      let sum = 0;
      for (let i = 0; i < 100_000; i++) sum += (yield Promise.resolve(1)) as number;
      return sum;
    });
    await expect(greenlet.get()).resolves.toBe(100_000);
  });

  it('is itself at each step, in the async context of its spawner', async () => {
    const request = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const note = () => seen.push([getcurrent(), request.getStore()]);
    const greenlet = request.run('mine', () =>
      spawn(function* () {
        note();
        yield;
        note();
        try {
          yield never();
        } finally {
          note();
        }
      }),
    );
    await clock.settle();
    const killer = request.run('another', () => spawn(() => greenlet.kill()));
    await clock.until(killer.join());
    expect(seen).toEqual(Array.from({ length: 3 }, () => [greenlet, 'mine']));
  });

  it('runs wherever a function does: in pools, links and withTimeout', async () => {
    const work = function* (n: number) {
      yield sleep(n);
      return n;
    };
    const pool = new Pool(2);
    const greenlet = await pool.spawn(work, 3);
    const linked = vi.fn();
    greenlet.link(function* (self) {
      yield;
      linked(self.value);
    });
    await expect(clock.until(greenlet.get())).resolves.toBe(3);
    await expect(clock.until(pool.apply(work, 4))).resolves.toBe(4);
    const limited = withTimeout(
      10,
      function* () {
        yield sleep(50);
        return 'done';
      },
      { timeoutValue: 'late' },
    );
    await expect(clock.until(limited)).resolves.toBe('late');
    expect(linked).toHaveBeenCalledExactlyOnceWith(3);
  });

  it('is refused when it is an async one', async () => {
    const greenlet = spawn(async function* () {
      yield 1;
    });
    await greenlet.join();
    expect(greenlet.exception).toBeInstanceOf(TypeError);
  });
});

describe('killing a generator', () => {
  it.each([
    ['a wait of ours', () => sleep(1000)],
    ['a bare yield', () => undefined],
    ['a foreign promise', () => never()],
    ['a function that waits', () => withTimeout(1000, () => never())],
  ])('comes in at the yield of %s, and finally runs', async (_, wait) => {
    const steps: unknown[] = [];
    const greenlet = spawn(function* () {
      try {
        yield wait();
        steps.push('after');
      } catch (error) {
        steps.push(error);
        throw error;
      } finally {
        yield sleep(5);
        steps.push('cleaned');
      }
    });
    await clock.settleMicrotasks();
    await clock.until(greenlet.kill());
    expect(steps).toEqual([expect.any(GreenletExit), 'cleaned']);
    expect(greenlet.value).toBe(steps[0]);
    expect([greenlet.successful(), clock.now()]).toEqual([true, 5]);
  });

  it('ignores the foreign promise from then on, however it ends', async () => {
    let reject: (error: Error) => void = () => {};
    const foreign = new Promise<void>((_, fail) => {
      reject = fail;
    });
    const steps: string[] = [];
    const greenlet = spawn(function* () {
      try {
        yield foreign;
      } catch {
        steps.push('killed');
      }
      yield sleep(10);
      steps.push('slept');
    });
    await clock.settle();
    await greenlet.kill(undefined, { block: false });
    await clock.settle();
    reject(new Error('late'));
    await clock.until(greenlet.get());
    expect(steps).toEqual(['killed', 'slept']);
  });

  it('before it began means that it never runs', async () => {
    const ran = vi.fn();
    const linked = vi.fn();
    const greenlet = spawn(function* () {
      ran();
      yield;
    });
    greenlet.rawlink(linked);
    await greenlet.kill();
    await clock.settle();
    expect(ran).not.toHaveBeenCalled();
    expect(linked).toHaveBeenCalledExactlyOnceWith(greenlet);
    expect([greenlet.begun, greenlet.successful()]).toEqual([false, true]);
  });

  it('by itself comes with the next yield', async () => {
    for (const wait of [() => undefined, never, () => sleep(100)]) {
      const reached = vi.fn();
      const greenlet = spawn(function* () {
        void getcurrent()?.kill(undefined, { block: false });
        reached('before');
        yield wait();
        reached('after');
      });
      await clock.until(greenlet.join());
      expect(reached.mock.calls).toEqual([['before']]);
      expect(greenlet.value).toBeInstanceOf(GreenletExit);
    }
    expect(clock.now()).toBe(0);
  });

  it('loses nothing that was handed over already: it comes with the next wait', async () => {
    const queue = new Queue<number>();
    const semaphore = new Semaphore(0);
    const got: unknown[] = [];
    const greenlet = spawn(function* () {
      got.push(yield queue.get());
      try {
        got.push(yield semaphore.acquire());
      } finally {
        got.push('cleaned');
      }
    });
    await clock.settle();
    queue.putNowait(7);
    void greenlet.kill();
    await clock.settle();
    expect(got).toEqual([7, 'cleaned']);
    const other = spawn(function* () {
      const permit: boolean = yield semaphore.acquire();
      got.push(permit);
      semaphore.release();
      yield sleep(100);
    });
    await clock.settle();
    semaphore.release();
    // A released permit is handed over a moment later.
    await Promise.resolve();
    void other.kill();
    await clock.settle();
    // Whether it had the permit for a moment or not: it is there.
    expect([semaphore.counter, other.dead]).toEqual([1, true]);
  });

  it('twice throws twice, at two yields', async () => {
    const [first, second] = [new Error('first'), new Error('second')];
    const thrown: unknown[] = [];
    const greenlet = spawn(function* () {
      for (let i = 0; i < 2; i++) {
        try {
          yield never();
        } catch (error) {
          thrown.push(error);
        }
      }
    });
    await clock.settle();
    void greenlet.kill(first);
    void greenlet.kill(second);
    await clock.until(greenlet.join());
    expect(thrown).toEqual([first, second]);
  });

  it('throws once what also comes by its signal', async () => {
    const thrown: unknown[] = [];
    const greenlet = spawn(function* () {
      const signal = getcurrent()?.signal as AbortSignal;
      try {
        yield new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      } catch (error) {
        thrown.push(error);
      }
      yield sleep(5);
      return 'went on';
    });
    await clock.settle();
    const error = new Error('mine');
    await clock.until(greenlet.kill(error));
    expect([greenlet.value, thrown]).toEqual(['went on', [error]]);
  });

  it('is the same for a Timeout, unless it is cancelled in time', async () => {
    const greenlet = spawn(function* () {
      const timeout = new Timeout(10).start();
      try {
        yield never();
      } catch (error) {
        expect(error).toBe(timeout);
      }
      const other = new Timeout(10).start();
      yield sleep(5);
      other.cancel();
      yield sleep(50);
      return clock.now();
    });
    await expect(clock.until(greenlet.get())).resolves.toBe(65);
  });
});
