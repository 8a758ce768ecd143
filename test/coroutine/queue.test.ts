import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  Empty,
  Full,
  LifoQueue,
  PriorityQueue,
  Queue,
  ShutDown,
  SimpleQueue,
  sleep,
  spawn,
  Timeout,
  withTimeout,
} from '../../src/coroutine/index.js';
import { useFakeTime } from '../support/fake-time.js';

const time = useFakeTime();

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
  expect([await queue.get(), queue.getNowait(), await queue.get(), await queue.get()]).toEqual([1, 2, 3, 4]);
  expect(queue.empty()).toBe(true);
});

it('throws Empty and Full where it may not wait, or not longer', async () => {
  const queue = new Queue<number>(1);
  expect(() => queue.getNowait()).toThrow(Empty);
  await expect(queue.get({ block: false })).rejects.toBeInstanceOf(Empty);
  await expect(time.clock.until(queue.get({ timeout: 10 }))).rejects.toBeInstanceOf(Empty);
  await queue.put(1);
  expect(queue.full()).toBe(true);
  expect(() => queue.putNowait(2)).toThrow(Full);
  await expect(queue.put(2, { block: false })).rejects.toBeInstanceOf(Full);
  await expect(time.clock.until(queue.put(2, { timeout: new Timeout(10) }))).rejects.toBeInstanceOf(Full);
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
  await time.clock.settle();
  for (let i = 1; i <= 4; i++) spawn(() => queue.put(i));
  await time.clock.settle();
  expect([got, queue.size]).toEqual([['a1', 'b2'], 1]);
  expect([queue.getNowait(), queue.getNowait()]).toEqual([3, 4]);
  expect(queue.empty()).toBe(true);
});

it('passes over those who were killed or gave up', async () => {
  const queue = new Queue<number>(1);
  const killed = spawn(() => queue.get());
  const late = spawn(() => queue.get({ timeout: 10 }));
  const next = spawn(() => queue.get());
  await time.clock.settle();
  await killed.kill();
  await time.clock.advance(10);
  queue.putNowait(1);
  await expect(next.get()).resolves.toBe(1);
  expect(late.exception).toBeInstanceOf(Empty);
  queue.putNowait(2);
  const putting = spawn(() => queue.put(3));
  const last = spawn(() => queue.put(4));
  await time.clock.settle();
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
  await time.clock.until(consumer.get());
  expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it('checks a timeout in put though there is room, in get only when it has to wait', async () => {
  const queue = new Queue<number>(null, { items: [1] });
  await expect(queue.put(2, { timeout: -1 })).rejects.toBeInstanceOf(RangeError);
  await expect(queue.get({ timeout: -1 })).resolves.toBe(1);
  await expect(queue.get({ timeout: -1 })).rejects.toBeInstanceOf(RangeError);
});

it('lets the Timeout of another through, on both sides', async () => {
  const queue = new Queue<number>(1);
  const [first, second] = [new Timeout(10), new Timeout(20)];
  await expect(time.clock.until(withTimeout(first, () => queue.get({ timeout: 100 })))).rejects.toBe(first);
  queue.putNowait(1);
  await expect(time.clock.until(withTimeout(second, () => queue.put(2, { timeout: 100 })))).rejects.toBe(
    second,
  );
  expect(queue.size).toBe(1);
});

it('shows its next item without giving it away', async () => {
  const queue = new Queue<number>();
  expect(() => queue.peekNowait()).toThrow(Empty);
  await expect(queue.peek({ block: false })).rejects.toBeInstanceOf(Empty);
  await expect(time.clock.until(queue.peek({ timeout: 10 }))).rejects.toBeInstanceOf(Empty);
  const looking = [queue.peek(), queue.peek()];
  const getting = queue.get();
  const after = queue.peek();
  queue.putNowait(1);
  await expect(Promise.all([...looking, getting])).resolves.toEqual([1, 1, 1]);
  queue.putNowait(2);
  await expect(after).resolves.toBe(2);
  expect([await queue.peek(), queue.peekNowait(), queue.size]).toEqual([2, 2, 1]);
});

it('knows how many tasks are unfinished, and join waits for them', async () => {
  const queue = new Queue<number>(1, { items: [1] });
  expect(queue.unfinishedTasks).toBe(1);
  spawn(() => queue.put(2));
  const joining = queue.join();
  const worker = spawn(async () => {
    for (let i = 0; i < 2; i++) {
      await queue.get();
      await sleep(10);
      queue.taskDone();
    }
  });
  await expect(time.clock.until(queue.join({ timeout: 5 }))).resolves.toBe(false);
  await expect(time.clock.until(joining)).resolves.toBe(true);
  await worker.get();
  expect([queue.unfinishedTasks, time.clock.now()]).toEqual([0, 20]);
  expect(() => queue.taskDone()).toThrow('too many times');
  await expect(new Queue().join()).resolves.toBe(true);
  expect(new Queue(null, { unfinishedTasks: 3 }).unfinishedTasks).toBe(3);
});

it('that is shut down wakes both sides with ShutDown', async () => {
  const [empty, full] = [new Queue<number>(), new Queue<number>(1, { items: [1] })];
  const blocked = [spawn(() => empty.get()), spawn(() => empty.peek()), spawn(() => full.put(2))];
  await time.clock.settle();
  empty.shutdown();
  full.shutdown();
  await time.clock.settle();
  for (const { exception } of blocked) expect(exception).toBeInstanceOf(ShutDown);
  await expect(full.put(3)).rejects.toBeInstanceOf(ShutDown);
  expect(() => full.putNowait(3)).toThrow(ShutDown);
  await expect(full.get()).resolves.toBe(1);
  await expect(full.get()).rejects.toBeInstanceOf(ShutDown);
  await expect(full.peek()).rejects.toBeInstanceOf(ShutDown);
  expect(() => full.getNowait()).toThrow(ShutDown);
  expect(() => full.peekNowait()).toThrow(ShutDown);
});

it('that is shut down immediately throws its items away, and counts them as done', async () => {
  const queue = new Queue<number>(null, { items: [1, 2, 3] });
  const joining = queue.join();
  queue.getNowait();
  queue.shutdown({ immediate: true });
  expect([queue.size, queue.unfinishedTasks]).toEqual([0, 1]);
  queue.taskDone();
  await expect(joining).resolves.toBe(true);
  await expect(queue.get()).rejects.toBeInstanceOf(ShutDown);
});

it('is iterated until it is shut down and empty, by several at once', async () => {
  const queue = new Queue<number>(null, { items: [1, 2] });
  const got: string[] = [];
  const readers = ['a', 'b'].map((name) =>
    spawn(async () => {
      for await (const item of queue) {
        got.push(`${name}${item}`);
        await sleep(10);
      }
    }),
  );
  await time.clock.advance(50);
  await queue.put(3);
  queue.shutdown();
  for (const reader of readers) await time.clock.until(reader.get());
  expect(got).toEqual(['a1', 'b2', 'a3']);
  const failing = new Queue<number>();
  const reader = spawn(async () => {
    for await (const _ of failing);
  });
  await time.clock.settle();
  await reader.kill(new Error('mine'));
  expect(reader.exception).toMatchObject({ message: 'mine' });
});

it('called simple counts no tasks', async () => {
  const queue = new SimpleQueue<number>(2, { items: [1] });
  await queue.put(2);
  await expect(queue.put(3, { block: false })).rejects.toBeInstanceOf(Full);
  expect(['join' in queue, await queue.get(), queue.size]).toEqual([false, 1, 1]);
  queue.shutdown({ immediate: true });
  expect(queue.size).toBe(0);
});

it('called lifo gives the newest first', async () => {
  const queue = new LifoQueue<number>(null, { items: [1, 2] });
  await queue.put(3);
  expect([queue.peekNowait(), queue.unfinishedTasks]).toEqual([3, 3]);
  expect([await queue.get(), await queue.get(), await queue.get(), queue.empty()]).toEqual([3, 2, 1, true]);
});

it('called priority gives the lowest first', async () => {
  const items = [5, 3, 8, 1, 9, 2, 7, 3];
  const queue = new PriorityQueue<number>(8, { items });
  expect([queue.peekNowait(), queue.unfinishedTasks, queue.full()]).toEqual([1, 8, true]);
  const putting = queue.put(0);
  expect(queue.getNowait()).toBe(1);
  await putting;
  const rest = [0, 2, 3, 3, 5, 7, 8, 9];
  expect(rest.map(() => queue.getNowait())).toEqual(rest);
});

it('called priority gives any items in their order, however puts and gets mingle', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 50 }))), (steps) => {
      const queue = new PriorityQueue<number>();
      const expected: number[] = [];
      for (const step of steps) {
        if (step !== null) {
          queue.putNowait(step);
          expected.push(step);
          expected.sort((one, other) => one - other);
        } else if (!queue.empty()) expect(queue.getNowait()).toBe(expected.shift());
      }
      expect(queue.size).toBe(expected.length);
    }),
  );
});

it('called priority gives who waits the lowest of what is put in one breath', async () => {
  const queue = new PriorityQueue<number>();
  const getting = [queue.get(), queue.get()];
  for (const item of [5, 1, 3]) queue.putNowait(item);
  expect(queue.size).toBe(1);
  await expect(Promise.all(getting)).resolves.toEqual([1, 3]);
  expect(queue.getNowait()).toBe(5);
});

it('called priority compares arrays as Python does tuples, or as it is told', async () => {
  const pairs = new PriorityQueue<[number, string]>(null, {
    items: [
      [10, 'b'],
      [9, 'z'],
      [10, 'a'],
    ],
  });
  expect([pairs.getNowait(), pairs.getNowait(), pairs.getNowait()]).toEqual([
    [9, 'z'],
    [10, 'a'],
    [10, 'b'],
  ]);
  const longest = new PriorityQueue<string>(null, { compare: (one, other) => other.length - one.length });
  for (const word of ['a', 'ccc', 'bb']) longest.putNowait(word);
  expect([longest.getNowait(), longest.getNowait()]).toEqual(['ccc', 'bb']);
});
