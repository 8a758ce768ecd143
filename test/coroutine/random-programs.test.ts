// Random programs of greenlets under the fake clock: whatever is killed when, nothing is lost and nothing is left.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  Event,
  type Greenlet,
  Group,
  iwait,
  joinall,
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

const CAPACITY = 3;
const PERMITS = 2;

type Step =
  | { readonly do: 'sleep' | 'permit' | 'foreign' | 'limited' | 'child' | 'joined'; readonly time: number }
  | { readonly do: 'put' | 'get' | 'fail' | 'event' | 'yield' };

interface Steps {
  readonly steps: readonly Step[];
  /** What runs them. */
  readonly as: 'async' | 'generator';
}

interface Program {
  /** One list a greenlet. */
  readonly greenlets: readonly Steps[];
  readonly kills: readonly { readonly victim: number; readonly time: number }[];
  /** Killing the feeder, who may stand in the pool's line. */
  readonly feederDies: number | null;
}

const time = fc.integer({ min: 0, max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('sleep', 'permit', 'foreign', 'limited', 'child', 'joined'), time }),
  fc.record({ do: fc.constantFrom('put', 'get', 'fail', 'event', 'yield') }),
);
const steps: fc.Arbitrary<Steps> = fc.record({
  steps: fc.array(step, { maxLength: 6 }),
  as: fc.constantFrom('async', 'generator'),
});
const program: fc.Arbitrary<Program> = fc.record({
  greenlets: fc.array(steps, { minLength: 1, maxLength: 12 }),
  kills: fc.array(fc.record({ victim: fc.nat(11), time: fc.integer({ min: 0, max: 60 }) }), { maxLength: 8 }),
  feederDies: fc.option(time),
});

class World {
  readonly pool = new Pool(CAPACITY);
  readonly children = new Group();
  readonly semaphore = new Semaphore(PERMITS);
  readonly queue = new Queue<number>(2);
  readonly event = new Event();
  readonly spawned: Greenlet[] = [];
  readonly clock: FakeClock;
  running = 0;
  permits = 0;
  put = 0;
  got = 0;

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  run({ steps, as }: Steps): PromiseLike<void> | Generator<unknown, void, never> {
    expect(++this.running).toBeLessThanOrEqual(CAPACITY);
    return as === 'async' ? this.awaiting(steps) : this.yielding(steps);
  }

  async awaiting(steps: readonly Step[]): Promise<void> {
    try {
      for (const each of steps) await (each.do === 'permit' ? this.permit(each.time) : this.step(each));
    } finally {
      this.running--;
    }
  }

  *yielding(steps: readonly Step[]): Generator<unknown, void, never> {
    try {
      for (const each of steps) {
        if (each.do === 'yield') yield;
        else if (each.do !== 'permit') yield this.step(each);
        else {
          yield this.semaphore.acquire();
          try {
            expect(++this.permits).toBeLessThanOrEqual(PERMITS);
            yield sleep(each.time);
          } finally {
            this.permits--;
            this.semaphore.release();
          }
        }
      }
    } finally {
      this.running--;
    }
  }

  permit(time: number): Promise<void> {
    return this.semaphore.use(() => this.hold(time));
  }

  async step(each: Step): Promise<void> {
    if (each.do === 'sleep') await sleep(each.time);
    else if (each.do === 'yield') await sleep(0);
    else if (each.do === 'child' || each.do === 'joined') await this.child(each.do === 'joined', each.time);
    else if (each.do === 'foreign') {
      const { time } = each as { readonly time: number };
      await new Promise<void>((resolve) => this.clock.schedule(time, resolve));
    } else if (each.do === 'limited')
      await withTimeout(each.time, () => this.take(), { timeoutValue: undefined });
    else if (each.do === 'put') {
      await this.queue.put(1);
      this.put++;
    } else if (each.do === 'get') await this.take();
    else if (each.do === 'event') await this.event.wait({ timeout: 15 });
    else throw new Error('a program fails');
  }

  /** Children live in a group, which is joined or left behind. */
  async child(isJoined: boolean, time: number): Promise<void> {
    const child = await this.children.spawn(() => sleep(time));
    this.spawned.push(child);
    if (!isJoined) return;
    await joinall([child], { timeout: 10 });
    for await (const _ of iwait([child], { timeout: 5 }));
  }

  async take(): Promise<void> {
    await this.queue.get();
    this.got++;
  }

  async hold(time: number): Promise<void> {
    expect(++this.permits).toBeLessThanOrEqual(PERMITS);
    await sleep(time).finally(() => this.permits--);
  }
}

async function execute({ greenlets, kills, feederDies }: Program, clock: FakeClock): Promise<void> {
  const world = new World(clock);
  const fed: Greenlet[] = [];
  const feeder = spawn(async () => {
    for (const each of greenlets) {
      const greenlet = await world.pool.spawn(() => world.run(each));
      fed.push(greenlet);
      world.spawned.push(greenlet);
    }
  });
  for (const { victim, time } of kills) {
    clock.schedule(time, () => void fed[victim]?.kill(undefined, { block: false }));
  }
  if (feederDies !== null) clock.schedule(feederDies, () => void feeder.kill());
  clock.schedule(30, () => world.event.set());
  await clock.advance(1000);

  // Whoever is still here waits for an item, or for room: that is what is left to do.
  while (world.pool.size > 0) {
    if (!world.queue.empty()) world.queue.getNowait();
    else world.queue.putNowait(1);
    await clock.advance(1000);
  }
  await clock.until(feeder.join());
  expect(world.spawned.every((greenlet) => greenlet.dead)).toBe(true);
  expect(feeder.successful()).toBe(true);
  if (feederDies === null) expect(fed).toHaveLength(greenlets.length);
  expect(world.spawned.reduce((links, greenlet) => links + greenlet.hasLinks(), 0)).toBe(0);
  for (const { exception } of world.spawned) {
    if (exception !== null) expect(exception).toMatchObject({ message: 'a program fails' });
    expect(exception).not.toBeInstanceOf(Timeout);
  }
  expect([world.running, world.permits, world.semaphore.counter]).toEqual([0, 0, PERMITS]);
  expect([world.pool.size, world.pool.freeCount(), world.children.size]).toEqual([0, CAPACITY, 0]);
  expect(clock.timers).toBe(0);
  // Nobody stands in a line any more: each would take what is offered now.
  while (!world.queue.empty()) world.queue.getNowait();
  world.queue.putNowait(1);
  world.queue.putNowait(2);
  expect([world.queue.size, world.queue.getNowait(), world.queue.getNowait()]).toEqual([2, 1, 2]);
}

/** Runs a property under a clock of its own for each example, and sees that no rejection is left alone. */
async function holds<T>(
  arbitrary: fc.Arbitrary<T>,
  run: (example: T, clock: FakeClock) => Promise<void>,
): Promise<void> {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  try {
    const property = fc.asyncProperty(arbitrary, async (example) => {
      const clock = new FakeClock();
      const restore = [useClock(clock), useErrorHandler(() => {})];
      try {
        await run(example, clock);
      } finally {
        for (const put of restore) put();
      }
    });
    await fc.assert(property, { numRuns: 300 });
  } finally {
    process.off('unhandledRejection', note);
  }
  expect(unhandled).toEqual([]);
}

it('ends every random program with its slots and permits back, and never has more than its slots', () =>
  holds(program, execute));

interface Reading {
  readonly items: readonly { readonly time: number; readonly fails: boolean }[];
  readonly method: 'imap' | 'imapUnordered';
  readonly maxsize: number | null;
  readonly sourceFails: boolean;
  /** Where the reader leaves. */
  readonly leavesAfter: number | null;
  readonly readerDies: number | null;
  readonly isGenerator: boolean;
}

const reading: fc.Arbitrary<Reading> = fc.record({
  items: fc.array(fc.record({ time, fails: fc.boolean() }), { maxLength: 12 }),
  method: fc.constantFrom('imap', 'imapUnordered'),
  maxsize: fc.option(fc.integer({ min: 1, max: 5 })),
  sourceFails: fc.boolean(),
  leavesAfter: fc.option(fc.nat(12)),
  readerDies: fc.option(fc.integer({ min: 0, max: 40 })),
  isGenerator: fc.boolean(),
});

async function read(example: Reading, clock: FakeClock): Promise<void> {
  const { items, method, maxsize, sourceFails, leavesAfter, readerDies } = example;
  const pool = new Pool(CAPACITY);
  const outcomes: unknown[] = [];
  let [pulled, asked, ended, running] = [0, 0, 0, 0];
  const source = async function* () {
    try {
      for (const [index, item] of items.entries()) {
        pulled++;
        expect(pulled - asked).toBeLessThanOrEqual(maxsize ?? Number.POSITIVE_INFINITY);
        if (item.time % 3 === 0) await sleep(1);
        yield { index, ...item };
      }
      if (sourceFails) throw 'source';
    } finally {
      ended++;
    }
  };
  const work = function* ({ index, time, fails }: { index: number; time: number; fails: boolean }) {
    expect(++running).toBeLessThanOrEqual(CAPACITY);
    try {
      yield example.isGenerator ? sleep(time) : new Promise<void>((resolve) => clock.schedule(time, resolve));
    } finally {
      running--;
    }
    if (fails) throw index;
    return index;
  };
  const reader = spawn(async () => {
    await using results = pool[method](work, source(), { maxsize });
    while (leavesAfter === null || outcomes.length < leavesAfter) {
      asked++;
      const step = await results.next().catch((error: unknown) => {
        if (typeof error === 'object') throw error;
        return { done: error === 'source', value: error as number };
      });
      if (step.done) return;
      outcomes.push(step.value);
    }
  });
  if (readerDies !== null) clock.schedule(readerDies, () => void reader.kill());
  await clock.until(reader.join());
  // All that was under way has ended with its reader, or before.
  expect([reader.successful(), running, pool.size]).toEqual([true, 0, 0]);
  await clock.advance(1000);
  expect([pool.freeCount(), clock.timers]).toEqual([CAPACITY, 0]);
  if (pulled > 0) expect(ended).toBe(1);
  expect(new Set(outcomes).size).toBe(outcomes.length);
  if (method === 'imap') expect(outcomes).toEqual(outcomes.map((_, index) => index));
  if (leavesAfter === null && readerDies === null) expect(outcomes).toHaveLength(items.length);
}

it('reads every random source to its end, or leaves nothing of it behind', () => holds(reading, read));
