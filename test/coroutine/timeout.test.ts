import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readDuration } from '../../src/coroutine/duration.js';
import {
  Event,
  GreenletExit,
  getcurrent,
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
let restore: (() => void)[];
const unhandled = vi.fn();

beforeEach(() => {
  clock = new FakeClock();
  restore = [useClock(clock), useErrorHandler(() => {})];
  process.on('unhandledRejection', unhandled);
});

afterEach(async () => {
  await clock.settle();
  process.off('unhandledRejection', unhandled);
  for (const put of restore) put();
  expect(unhandled).not.toHaveBeenCalled();
  expect(clock.timers).toBe(0);
});

describe('Timeout', () => {
  it('is thrown into the greenlet that started it, wherever it waits', async () => {
    const timeout = new Timeout('10ms');
    const greenlet = spawn(async () => {
      timeout.start();
      await new Queue().get();
    });
    const other = spawn(() => sleep(20));
    await clock.advance(10);
    expect(greenlet.exception).toBe(timeout);
    expect(timeout.pending).toBe(false);
    await clock.advance(10);
    expect(other.successful()).toBe(true);
  });

  it.each([
    ['Event.wait', () => new Event().wait({ timeout: 50 })],
    ['Queue.get', () => new Queue().get({ timeout: 50 })],
    ['Semaphore.acquire', () => new Semaphore(0).acquire({ timeout: 50 })],
    ['join', () => spawn(() => sleep(60)).join({ timeout: 50 })],
    ['get', () => spawn(() => sleep(60)).get({ timeout: 50 })],
    ['withTimeout', () => withTimeout(50, () => sleep(60), { timeoutValue: 1 })],
  ])('of a caller goes through %s, which swallows only its own', async (_, wait) => {
    const outer = new Timeout(10);
    const greenlet = spawn(async () => {
      outer.start();
      await wait();
    });
    await clock.until(greenlet.join());
    expect(greenlet.exception).toBe(outer);
    await clock.advance(100);
  });

  it('does nothing once cancelled or closed, also when it has fired but was not delivered', async () => {
    const greenlet = spawn(async () => {
      const timeout = new Timeout(10).start();
      await new Promise<void>((resolve) => clock.schedule(20, resolve));
      timeout.cancel();
      await sleep(5);
      expect(timeout.start().pending).toBe(true);
      timeout.close();
      timeout.close();
      expect(() => timeout.start()).toThrow('closed');
      return 'fine';
    });
    await expect(clock.until(greenlet.get())).resolves.toBe('fine');
  });

  it('that found its greenlet awaiting something foreign comes with the next wait', async () => {
    const greenlet = spawn(async () => {
      const timeout = new Timeout(10).start();
      await new Promise<void>((resolve) => clock.schedule(20, resolve));
      await expect(sleep(5)).rejects.toBe(timeout);
      await sleep(5);
    });
    await clock.until(greenlet.get());
    expect(clock.now()).toBe(25);
  });

  it('throws another error in its place', async () => {
    const error = new Error('mine');
    const thrown = async (exception: Error | (new () => Error)) => {
      const greenlet = spawn(async () => {
        new Timeout(1, { exception }).start();
        await sleep(5);
      });
      await clock.until(greenlet.join());
      return greenlet.exception;
    };
    expect(await thrown(error)).toBe(error);
    expect(await thrown(TypeError)).toBeInstanceOf(TypeError);
  });

  it('starts once, and says what it is', () => {
    const timeout = Timeout.startNew(1000);
    expect(() => timeout.start()).toThrow('already');
    expect(Timeout.startNew(timeout)).toBe(timeout);
    timeout.close();
    expect([1000, '5s', null].map((length) => new Timeout(length).message)).toEqual([
      '1 second',
      '5 seconds',
      '',
    ]);
    expect(new Timeout(5000, { exception: false }).message).toBe('5 seconds (silent)');
    expect(new Timeout(5000, { exception: 'too slow' }).message).toBe('5 seconds: too slow');
    expect(new Timeout(5000, { exception: TypeError }).message).toBe('5 seconds: TypeError');
    expect(() => new Timeout(-1)).toThrow(RangeError);
    const never = new Timeout().start();
    expect([never.pending, clock.timers]).toEqual([true, 0]);
    never.close();
    expect(never.pending).toBe(false);
  });

  it('is closed at the end of a using block', async () => {
    const greenlet = spawn(async () => {
      let seen: Timeout | undefined;
      {
        using timeout = Timeout.startNew(10);
        seen = timeout;
        expect(timeout.pending).toBe(true);
      }
      expect(seen.pending).toBe(false);
      expect(() => seen.start()).toThrow('closed');
      await sleep(20);
      using _ = Timeout.startNew(10);
      await sleep(20);
    });
    await clock.until(greenlet.join());
    expect([greenlet.exception instanceof Timeout, clock.now()]).toEqual([true, 30]);
  });

  it('outside any greenlet interrupts what waits there', async () => {
    const timeout = new Timeout(10).start();
    const inside = spawn(() => sleep(20));
    await expect(clock.until(sleep(1000))).rejects.toBe(timeout);
    expect(clock.now()).toBe(10);
    await clock.until(inside.get());
  });
});

describe('withTimeout', () => {
  it('gives the result, and leaves no timer', async () => {
    await expect(withTimeout(10, () => 'at once')).resolves.toBe('at once');
    await expect(clock.until(withTimeout(10, () => sleep(5).then(() => 'late')))).resolves.toBe('late');
    await expect(withTimeout(null, () => 'no limit')).resolves.toBe('no limit');
    await expect(withTimeout(10, () => Promise.reject(new Error('out')))).rejects.toThrow('out');
    expect(clock.timers).toBe(0);
  });

  it('throws its Timeout, or gives the value for it', async () => {
    await expect(clock.until(withTimeout(10, () => sleep(50)))).rejects.toBeInstanceOf(Timeout);
    await expect(clock.until(withTimeout(10, () => sleep(50), { timeoutValue: 'late' }))).resolves.toBe(
      'late',
    );
    await expect(
      clock.until(withTimeout(10, () => sleep(50), { timeoutValue: undefined })),
    ).resolves.toBeUndefined();
    const silent = new Timeout(10, { exception: false });
    await expect(clock.until(withTimeout(silent, () => sleep(50)))).resolves.toBeUndefined();
    const error = new Error('mine');
    const other = new Timeout(10, { exception: error });
    await expect(clock.until(withTimeout(other, () => sleep(50), { timeoutValue: 1 }))).rejects.toBe(error);
  });

  it('knows its own Timeout from those around and inside', async () => {
    const greenlet = spawn(() =>
      withTimeout(10, () => withTimeout(50, () => sleep(100), { timeoutValue: 'inner' }), {
        timeoutValue: 'outer',
      }),
    );
    await expect(clock.until(greenlet.get())).resolves.toBe('outer');
    const nested = spawn(() =>
      withTimeout(50, () => withTimeout(10, () => sleep(100), { timeoutValue: 'inner' }), {
        timeoutValue: 'outer',
      }),
    );
    await expect(clock.until(nested.get())).resolves.toBe('inner');
    const foreign = new Timeout(7);
    const thrown = withTimeout(50, () => Promise.reject(foreign), { timeoutValue: 'mine' });
    await expect(thrown).rejects.toBe(foreign);
  });

  it('limits one flow and not the others of its greenlet', async () => {
    const both = () =>
      Promise.all([
        withTimeout(10, () => sleep(50).then(() => 'a'), { timeoutValue: 'late' }),
        withTimeout(100, () => sleep(50).then(() => 'b'), { timeoutValue: 'late' }),
      ]);
    await expect(clock.until(both())).resolves.toEqual(['late', 'b']);
    await expect(clock.until(spawn(both).get())).resolves.toEqual(['late', 'b']);
  });

  it('lets the function clean up before it returns', async () => {
    const cleaned = vi.fn();
    const work = async () => {
      try {
        await sleep(50);
      } finally {
        await sleep(5);
        cleaned(clock.now());
      }
    };
    await expect(clock.until(withTimeout(10, work, { timeoutValue: 'late' }))).resolves.toBe('late');
    expect(cleaned).toHaveBeenCalledExactlyOnceWith(15);
  });

  it('leaves a foreign promise behind, and interrupts what comes after it', async () => {
    const after = vi.fn();
    let resolve: () => void = () => {};
    const foreign = new Promise<void>((done) => {
      resolve = done;
    });
    const late = withTimeout(
      10,
      async () => {
        await foreign;
        await sleep(0);
        after();
      },
      { timeoutValue: 'late' },
    );
    await expect(clock.until(late)).resolves.toBe('late');
    resolve();
    await clock.advance(10);
    expect(after).not.toHaveBeenCalled();
  });

  it('runs as the same greenlet, and does not begin when a kill is to be delivered', async () => {
    const ran = vi.fn();
    const greenlet = spawn(async () => {
      expect(await withTimeout(10, () => getcurrent())).toBe(greenlet);
      await new Promise<void>((resolve) => clock.schedule(20, resolve));
      await withTimeout(10, ran);
    });
    await clock.advance(10);
    await greenlet.kill(undefined, { block: false });
    await clock.advance(10);
    expect(greenlet.value).toBeInstanceOf(GreenletExit);
    expect(ran).not.toHaveBeenCalled();
  });
});

describe('a duration', () => {
  it.each([
    [5, 5],
    ['0', 0],
    ['500ms', 500],
    ['2s', 2000],
    ['1.5m', 90_000],
    ['1 h', 3_600_000],
    ['1D', 86_400_000],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])('%s is %d ms', (written, milliseconds) => {
    expect(readDuration(written)).toBe(milliseconds);
  });

  it.each(['', '5', 's', '1x', 'two', '1s2', Number.NaN])('%s is none', (written) => {
    expect(() => readDuration(written)).toThrow(RangeError);
  });
});
