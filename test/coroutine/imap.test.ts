import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  Event,
  type Greenlet,
  GreenletExit,
  Group,
  getcurrent,
  type Imap,
  Pool,
  sleep,
  spawn,
  Timeout,
  useClock,
  useErrorHandler,
  withTimeout,
  zip,
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

/** Numbers from 1, without an end; knows how far it was read and whether it was ended. */
class Counting {
  pulled = 0;
  ended = 0;

  async *[Symbol.asyncIterator](): AsyncGenerator<number, void, void> {
    try {
      for (;;) yield ++this.pulled;
    } finally {
      this.ended++;
    }
  }
}

/** Takes as long as the number says. */
async function after(milliseconds: number): Promise<number> {
  await sleep(milliseconds);
  return milliseconds;
}

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

/** All results and errors, to the end. */
async function exhaust<T>(results: Imap<unknown, T>): Promise<unknown[]> {
  const all: unknown[] = [];
  for (;;) {
    try {
      const step = await results.next();
      if (step.done) return all;
      all.push(step.value);
    } catch (error) {
      all.push(error);
    }
  }
}

describe.each([
  ['Group', () => new Group()],
  ['Pool', () => new Pool(3)],
])('%s', (_, make) => {
  it('gives results in the order of the items, or as they come', async () => {
    const items = [30, 10, 20, 40];
    await expect(clock.until(collect(make().imap(after, items)))).resolves.toEqual(items);
    const unordered = collect(make().imapUnordered(after, new Set(items)));
    await expect(clock.until(unordered)).resolves.toEqual([10, 20, 30, 40]);
    await expect(collect(make().imap(after, []))).resolves.toEqual([]);
  });

  it.each(['imap', 'imapUnordered'] as const)(
    '%s throws an error of an item from its next, and goes on after it',
    async (method) => {
      const work = function* (n: number) {
        yield sleep(n);
        if (n % 20 === 0) throw new Error(`item ${n}`);
        return n;
      };
      const group = make();
      const results = group[method](work, [10, 20, 30, 40]);
      await expect(clock.until(exhaust(results))).resolves.toEqual([
        10,
        expect.objectContaining({ message: 'item 20' }),
        30,
        expect.objectContaining({ message: 'item 40' }),
      ]);
      await expect(results.next()).resolves.toEqual({ done: true, value: undefined });
      await group.join();
    },
  );

  it.each(['imap', 'imapUnordered'] as const)(
    '%s ends with the error of its source, after the results of the items before it',
    async (method) => {
      const error = new Error('source');
      const items = async function* () {
        yield 20;
        yield 10;
        throw error;
      };
      const expected = method === 'imap' ? [20, 10, error] : [10, 20, error];
      const results = make()[method](after, items());
      await expect(clock.until(exhaust(results))).resolves.toEqual(expected);
      await expect(results.next()).resolves.toMatchObject({ done: true });
      // @ts-expect-error the types refuse it
      await expect(make()[method](after, 5).next()).rejects.toBeInstanceOf(TypeError);
    },
  );

  it('begins with the first next', async () => {
    const source = new Counting();
    const results = make().imap(after, source, { maxsize: 2 });
    await clock.settle();
    expect(source.pulled).toBe(0);
    await clock.until(results.next());
    expect(source.pulled).toBeGreaterThan(0);
    await results.return();
    const unread = make().imap(after, source);
    await unread.return();
    await expect(unread.next()).resolves.toMatchObject({ done: true });
  });

  it('serves several who ask at once, in their order', async () => {
    const results = make().imap(after, [20, 10]);
    const steps = await clock.until(Promise.all([results.next(), results.next(), results.next()]));
    expect(steps.map((step) => step.value)).toEqual([20, 10, undefined]);
  });

  it('awaits promises among the items', async () => {
    const items = [Promise.resolve(2), 1];
    await expect(clock.until(collect(make().imap(after, items)))).resolves.toEqual([2, 1]);
  });

  it('reads several sources side by side, to the end of the shortest', async () => {
    const source = new Counting();
    const rows = zip<[number, string]>(source, ['a', 'b']);
    const results = make().imap(([n, letter]) => `${n}${letter}`, rows);
    await expect(collect(results)).resolves.toEqual(['1a', '2b']);
    expect(source.ended).toBe(1);
    await expect(collect(zip())).resolves.toEqual([]);
  });

  it.each([0, -1, Number.NaN])('refuses a maxsize of %d', (maxsize) => {
    expect(() => make().imap(after, [], { maxsize })).toThrow(RangeError);
  });
});

describe('an endless source', () => {
  it.each([
    [3, 2, 2],
    [3, 5, 5],
    [4, undefined, 8],
  ])('is read by a pool of %d with maxsize %s no more than %d ahead', async (slots, maxsize, most) => {
    const pool = new Pool(slots);
    const source = new Counting();
    let running = 0;
    let reached = 0;
    const work = async (n: number) => {
      reached = Math.max(reached, ++running);
      await sleep(n % 3);
      running--;
      return n;
    };
    const results = pool.imap(work, source, maxsize === undefined ? {} : { maxsize });
    for (let read = 0; read < 500; read++) {
      const step = await clock.until(results.next());
      expect(step.value).toBe(read + 1);
      // A slow reader: all that can happen happens.
      await clock.advance(50);
      expect(source.pulled - (read + 1)).toBeLessThanOrEqual(most);
    }
    expect(source.pulled - 500).toBe(most);
    expect(reached).toBe(Math.min(slots, most));
    await results.return();
    expect([pool.size, source.ended]).toEqual([0, 1]);
  });

  it('keeps a pool busy without maxsize, when the reader is fast', async () => {
    const pool = new Pool(3);
    const source = new Counting();
    const results = pool.imapUnordered(() => sleep(10), source, { maxsize: null });
    for (let i = 0; i < 30; i++) await clock.until(results.next());
    expect(clock.now()).toBe(100);
    await results.return();
    expect([pool.size, pool.freeCount()]).toEqual([0, 3]);
  });
});

it('ends with its pool when that is killed, however long its source', async () => {
  const pool = new Pool(2);
  const source = new Counting();
  const results: unknown[] = [];
  const reader = spawn(async () => {
    for await (const result of pool.imap(() => sleep(1000), source)) results.push(result);
  });
  await clock.settle();
  await clock.until(pool.kill());
  await clock.until(reader.join());
  for (const result of [...results, reader.value]) expect(result).toBeInstanceOf(GreenletExit);
  expect([pool.size, source.ended]).toEqual([0, 1]);
  expect(source.pulled).toBeLessThanOrEqual(5);
  await expect(clock.until(pool.apply(() => 'alive'))).resolves.toBe('alive');
});

describe('a reader that leaves early', () => {
  it('by break ends the source, and kills what is under way', async () => {
    const pool = new Pool(3);
    const source = new Counting();
    const killed: unknown[] = [];
    const work = async (n: number) => {
      await sleep(n === 1 ? 1 : 1000).catch((error: unknown) => killed.push(error));
      return n;
    };
    const reading = (async () => {
      for await (const result of pool.imap(work, source)) return result;
      return null;
    })();
    await expect(clock.until(reading)).resolves.toBe(1);
    for (const error of killed) expect(error).toBeInstanceOf(GreenletExit);
    expect(killed.length).toBeGreaterThan(0);
    expect([pool.size, source.ended, clock.now()]).toEqual([0, 1, 1]);
  });

  it.each([
    ['a kill', (reader: Greenlet) => reader.kill(), GreenletExit],
    ['a Timeout', () => clock.advance(50), Timeout],
  ])('by %s in its wait does so too', async (_, interrupt, thrown) => {
    const pool = new Pool(2);
    const source = new Counting();
    let seen: unknown;
    const reader = spawn(() =>
      withTimeout(50, async () => {
        for await (const _ of pool.imap(() => sleep(1000), source));
      }).catch((error: unknown) => {
        seen = error;
      }),
    );
    await clock.settle();
    expect(pool.size).toBe(2);
    await interrupt(reader);
    await clock.until(reader.join());
    expect(seen).toBeInstanceOf(thrown);
    expect([pool.size, source.ended]).toEqual([0, 1]);
  });

  it('by an error of an item leaves the rest, unless it is used with await using', async () => {
    const pool = new Pool(2);
    const source = new Counting();
    const work = async (n: number) => {
      if (n === 2) throw new Error('item');
      if (n > 2) await sleep(1000);
    };
    const read = async () => {
      await using results = pool.imap(work, source);
      for await (const _ of results);
    };
    await expect(clock.until(read())).rejects.toThrow('item');
    expect([pool.size, source.ended, clock.now()]).toEqual([0, 1, 0]);
  });

  it('waits for no source that lets nobody go, and ends it when it comes back', async () => {
    let give: (step: IteratorResult<number>) => void = () => {};
    let ended = 0;
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise((resolve) => (give = resolve)),
        return: () => {
          ended++;
          return new Promise(() => {});
        },
      }),
    };
    const group = new Group();
    const ran = vi.fn();
    const results = group.imap(ran, source);
    const next = results.next();
    await clock.settle();
    await clock.until(results.return());
    await expect(next).resolves.toMatchObject({ done: true });
    give({ done: false, value: 1 });
    await clock.settle();
    expect(ran).not.toHaveBeenCalled();
    expect([ended, group.size]).toEqual([1, 0]);
  });

  it('interrupts a source that waits in this kernel', async () => {
    const cleaned = vi.fn();
    const source = async function* () {
      try {
        await new Event().wait();
        yield 1;
      } finally {
        cleaned(getcurrent());
      }
    };
    const results = new Group().imap(after, source());
    const next = results.next();
    await clock.settle();
    await clock.until(results.return());
    await expect(next).resolves.toMatchObject({ done: true });
    expect(cleaned).toHaveBeenCalledTimes(1);
  });

  it('hears nothing of an error of the ending source; the handler does', async () => {
    const reported: unknown[] = [];
    restore.push(useErrorHandler((error) => reported.push(error)));
    const error = new Error('ending');
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 1 }),
        return: () => Promise.reject(error),
      }),
    };
    const results = new Pool(1).imap((n: number) => n, source, { maxsize: 1 });
    await expect(results.next()).resolves.toMatchObject({ value: 1 });
    await clock.settle();
    await expect(results.return()).resolves.toMatchObject({ done: true });
    expect(reported).toEqual([error]);
    restore.pop()?.();
  });
});
