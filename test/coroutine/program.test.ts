// Random programs of greenlets under the fake clock: whatever is killed when, nothing is lost and nothing is left.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  Event,
  type Greenlet,
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
  | { readonly do: 'sleep' | 'permit' | 'foreign' | 'limited'; readonly time: number }
  | { readonly do: 'put' | 'get' | 'fail' | 'event' };

interface Program {
  /** One list a greenlet. */
  readonly greenlets: readonly (readonly Step[])[];
  readonly kills: readonly { readonly victim: number; readonly time: number }[];
  /** Killing the feeder, who may stand in the pool's line. */
  readonly feederDies: number | null;
}

const time = fc.integer({ min: 0, max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('sleep', 'permit', 'foreign', 'limited'), time }),
  fc.record({ do: fc.constantFrom('put', 'get', 'fail', 'event') }),
);
const program: fc.Arbitrary<Program> = fc.record({
  greenlets: fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 12 }),
  kills: fc.array(fc.record({ victim: fc.nat(11), time: fc.integer({ min: 0, max: 60 }) }), { maxLength: 8 }),
  feederDies: fc.option(time),
});

class World {
  readonly pool = new Pool(CAPACITY);
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

  async run(steps: readonly Step[]): Promise<void> {
    expect(++this.running).toBeLessThanOrEqual(CAPACITY);
    try {
      for (const each of steps) await this.step(each);
    } finally {
      this.running--;
    }
  }

  async step(each: Step): Promise<void> {
    if (each.do === 'sleep') await sleep(each.time);
    else if (each.do === 'permit') await this.semaphore.use(() => this.hold(each.time));
    else if (each.do === 'foreign')
      await new Promise<void>((resolve) => this.clock.schedule(each.time, resolve));
    else if (each.do === 'limited')
      await withTimeout(each.time, () => this.take(), { timeoutValue: undefined });
    else if (each.do === 'put') {
      await this.queue.put(1);
      this.put++;
    } else if (each.do === 'get') await this.take();
    else if (each.do === 'event') await this.event.wait({ timeout: 15 });
    else throw new Error('a program fails');
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
  const feeder = spawn(async () => {
    for (const steps of greenlets) world.spawned.push(await world.pool.spawn(() => world.run(steps)));
  });
  for (const { victim, time } of kills) {
    clock.schedule(time, () => void world.spawned[victim]?.kill(undefined, { block: false }));
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
  if (feederDies === null) expect(world.spawned).toHaveLength(greenlets.length);
  for (const { exception } of world.spawned) {
    if (exception !== null) expect(exception).toMatchObject({ message: 'a program fails' });
    expect(exception).not.toBeInstanceOf(Timeout);
  }
  expect([world.running, world.permits, world.semaphore.counter]).toEqual([0, 0, PERMITS]);
  expect([world.pool.size, world.pool.freeCount()]).toEqual([0, CAPACITY]);
  expect(clock.timers).toBe(0);
  // Nobody stands in a line any more: each would take what is offered now.
  while (!world.queue.empty()) world.queue.getNowait();
  world.queue.putNowait(1);
  world.queue.putNowait(2);
  expect([world.queue.size, world.queue.getNowait(), world.queue.getNowait()]).toEqual([2, 1, 2]);
}

it('ends every random program with its slots and permits back, and never has more than its slots', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  try {
    await fc.assert(
      fc.asyncProperty(program, async (each) => {
        const clock = new FakeClock();
        const restore = [useClock(clock), useErrorHandler(() => {})];
        try {
          await execute(each, clock);
        } finally {
          for (const put of restore) put();
        }
      }),
      { numRuns: 300 },
    );
  } finally {
    process.off('unhandledRejection', note);
  }
  expect(unhandled).toEqual([]);
});
