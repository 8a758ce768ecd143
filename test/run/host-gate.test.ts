import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sleep, spawn, useClock } from '../../src/coroutine/index.js';
import type { Task } from '../../src/download/task.js';
import { HostGate } from '../../src/run/host-gate.js';
import { drive, turnsOfTheLoop } from '../support/drive.js';
import { FakeClock } from '../support/fake-clock.js';
import { aTask } from '../support/jobs.js';

let clock: FakeClock;
let restore: () => void;

beforeEach(() => {
  clock = new FakeClock();
  restore = useClock(clock);
});

afterEach(() => {
  restore();
  expect(clock.timers).toBe(0);
});

function task(host: string, index = 0): Task {
  return { ...aTask({ url: `http://${host}/${index}`, index }), greenlet: 0 };
}

/** Admits into a list; nothing ends by itself. */
function reader(gate: HostGate): { readonly admitted: Task[]; readonly isOver: () => boolean } {
  const admitted: Task[] = [];
  let over = false;
  spawn(async () => {
    for (let each = await gate.next(); each !== null; each = await gate.next()) admitted.push(each);
    over = true;
  });
  return { admitted, isOver: () => over };
}

describe('HostGate', () => {
  it('admits a host no more often than its limit, and the next when one has ended', async () => {
    const gate = new HostGate({ perHost: 2, unended: 100 });
    const { admitted, isOver } = reader(gate);
    const tasks = [0, 1, 2, 3].map((index) => task('a', index));
    for (const each of tasks) await gate.put(each);
    gate.close();
    await turnsOfTheLoop();
    expect(admitted).toEqual(tasks.slice(0, 2));
    gate.end(tasks[1] as Task);
    await turnsOfTheLoop();
    expect(admitted).toEqual(tasks.slice(0, 3));
    for (const each of [0, 2]) gate.end(tasks[each] as Task);
    await turnsOfTheLoop();
    expect(admitted).toEqual(tasks);
    expect(isOver()).toBe(false);
    gate.end(tasks[3] as Task);
    await turnsOfTheLoop();
    expect(isOver()).toBe(true);
  });

  it('takes the hosts in turn, whatever their share', async () => {
    const gate = new HostGate({ perHost: 100, unended: 100 });
    for (let index = 0; index < 4; index++) await gate.put(task('a', index));
    await gate.put(task('b'));
    await gate.put(task('c'));
    const { admitted } = reader(gate);
    await turnsOfTheLoop();
    expect(admitted.map(({ job }) => job.host)).toEqual(['a', 'b', 'c', 'a', 'a', 'a']);
    gate.close();
    for (const each of admitted) gate.end(each);
    await turnsOfTheLoop();
  });

  it('lets put wait while too many have not ended, those in slots and in back-off included', async () => {
    const gate = new HostGate({ perHost: 1, unended: 3 });
    const { admitted } = reader(gate);
    let put = 0;
    const putting = spawn(async () => {
      for (let index = 0; index < 10; index++) {
        await gate.put(task('a', index));
        put++;
      }
      gate.close();
    });
    await turnsOfTheLoop();
    expect([put, admitted.length]).toEqual([3, 1]);
    gate.putBack(admitted[0] as Task, 1000);
    await turnsOfTheLoop();
    expect([put, admitted.length]).toEqual([3, 2]);
    gate.end(admitted[1] as Task);
    await turnsOfTheLoop();
    expect([put, admitted.length]).toEqual([4, 3]);
    await putting.kill();
    gate.drain();
  });

  it('holds no slot for a task in back-off, and has it back at its time and not before', async () => {
    const gate = new HostGate({ perHost: 1, unended: 10 });
    const { admitted } = reader(gate);
    const [first, second, third] = [task('a', 1), task('a', 2), task('a', 3)];
    for (const each of [first, second, third]) await gate.put(each);
    await turnsOfTheLoop();
    gate.putBack(first, 500);
    await turnsOfTheLoop();
    gate.putBack(second, 100);
    await turnsOfTheLoop();
    expect(admitted).toEqual([first, second, third]);
    gate.end(third);
    await clock.advance(99);
    expect(admitted).toHaveLength(3);
    await clock.advance(1);
    expect(admitted.slice(3)).toEqual([second]);
    gate.end(second);
    gate.close();
    await clock.advance(399);
    expect(admitted).toHaveLength(4);
    await clock.advance(1);
    expect(admitted.slice(4)).toEqual([first]);
    gate.end(first);
  });

  it('with room for one, lets nobody overtake a task in back-off', async () => {
    const gate = new HostGate({ perHost: 1, unended: 1 });
    const { admitted } = reader(gate);
    const tasks = [task('a', 1), task('b', 2)];
    spawn(async () => {
      for (const each of tasks) await gate.put(each);
      gate.close();
    });
    await turnsOfTheLoop();
    gate.putBack(tasks[0] as Task, 1000);
    await clock.advance(1000);
    await turnsOfTheLoop();
    expect(admitted).toEqual([tasks[0], tasks[0]]);
    gate.end(tasks[0] as Task);
    await turnsOfTheLoop();
    expect(admitted).toHaveLength(3);
    gate.end(tasks[1] as Task);
  });

  it('gives up at drain what is in no slot, and says what had been tried', async () => {
    const gate = new HostGate({ perHost: 1, unended: 4 });
    const { admitted, isOver } = reader(gate);
    const [running, tried, fresh] = [task('a', 1), task('b', 2), task('a', 3)];
    for (const each of [running, tried, fresh]) await gate.put(each);
    await turnsOfTheLoop();
    tried.greenlet = 1;
    gate.putBack(tried, 1000);
    let late = false;
    await gate.put(task('a', 4));
    void gate.put(task('a', 5))?.then(() => {
      late = true;
    });
    await turnsOfTheLoop();
    expect([admitted.length, late]).toEqual([2, false]);
    expect(gate.drain()).toEqual([tried]);
    await turnsOfTheLoop();
    expect([late, isOver()]).toEqual([true, false]);
    gate.end(running);
    await turnsOfTheLoop();
    expect([admitted.length, isOver()]).toEqual([2, true]);
  });

  it('ends at once when it is closed empty', async () => {
    const gate = new HostGate({ perHost: 1, unended: 1 });
    const { isOver } = reader(gate);
    gate.close();
    await turnsOfTheLoop();
    expect(isOver()).toBe(true);
  });
});

interface Program {
  readonly perHost: number;
  readonly unended: number;
  /** One a task: its host, and how long each of its tries takes and then waits. */
  readonly tasks: readonly {
    readonly host: string;
    readonly tries: readonly [took: number, wait: number][];
  }[];
}

const program: fc.Arbitrary<Program> = fc.record({
  perHost: fc.integer({ min: 1, max: 4 }),
  unended: fc.integer({ min: 1, max: 8 }),
  tasks: fc.array(
    fc.record({
      host: fc.constantFrom('a', 'b', 'c'),
      tries: fc.array(fc.tuple(fc.nat(20), fc.nat(50)), { minLength: 1, maxLength: 4 }),
    }),
    { maxLength: 30 },
  ),
});

it('ends each task once in every random program, within the limits, and never asks too early', async () => {
  await fc.assert(
    fc.asyncProperty(program, async ({ perHost, unended, tasks }) => {
      const gate = new HostGate({ perHost, unended });
      const inFlight = new Map<string, number>();
      const notBefore = new Map<Task, number>();
      const ended: number[] = [];
      let begun = 0;
      const run = async (each: Task): Promise<void> => {
        const { host, index } = each.job;
        const now = (inFlight.get(host) ?? 0) + 1;
        inFlight.set(host, now);
        expect(now).toBeLessThanOrEqual(perHost);
        expect(clock.now()).toBeGreaterThanOrEqual(notBefore.get(each) ?? 0);
        const tries = tasks[index]?.tries ?? [];
        const [took, wait] = tries[each.attempts++] ?? [0, 0];
        await sleep(took);
        inFlight.set(host, now - 1 + ((inFlight.get(host) ?? 0) - now));
        if (each.attempts >= tries.length) {
          ended.push(index);
          gate.end(each);
        } else {
          notBefore.set(each, clock.now() + wait);
          gate.putBack(each, wait);
        }
      };
      spawn(async () => {
        for (const [index, { host }] of tasks.entries()) {
          await gate.put(task(host, index));
          expect(++begun - ended.length).toBeLessThanOrEqual(unended);
        }
        gate.close();
      });
      const all = spawn(async () => {
        for (let each = await gate.next(); each !== null; each = await gate.next()) spawn(run, each);
      });
      await drive(clock, all.get());
      expect(ended.sort((a, b) => a - b)).toEqual(tasks.map((_, index) => index));
    }),
    { numRuns: 60 },
  );
});

describe('a host that rests', () => {
  const admits = async (limits: { delay?: number; perHost?: number }, tasks: readonly Task[]) => {
    const gate = new HostGate({ perHost: 10, unended: 100, ...limits });
    const read = reader(gate);
    for (const each of tasks) await gate.put(each);
    gate.close();
    await turnsOfTheLoop();
    return { gate, ...read };
  };

  it('is asked once in each delay, others meanwhile', async () => {
    const [a0, a1, a2, b0] = [task('a', 0), task('a', 1), task('a', 2), task('b')];
    const { gate, admitted, isOver } = await admits({ delay: 1000 }, [a0, a1, a2, b0]);
    expect(admitted).toEqual([a0, b0]);
    gate.end(a0);
    await clock.advance(999);
    expect(admitted).toHaveLength(2);
    await clock.advance(1);
    expect(admitted).toEqual([a0, b0, a1]);
    await clock.advance(1000);
    expect(admitted).toEqual([a0, b0, a1, a2]);
    for (const each of [b0, a1, a2]) gate.end(each);
    await turnsOfTheLoop();
    expect(isOver()).toBe(true);
  });

  it('keeps its delay while nobody waits for it', async () => {
    const gate = new HostGate({ perHost: 10, unended: 100, delay: 1000 });
    const { admitted } = reader(gate);
    await gate.put(task('a', 0));
    await turnsOfTheLoop();
    gate.end(admitted[0] as Task);
    await clock.advance(400);
    await gate.put(task('a', 1));
    await clock.advance(599);
    expect(admitted).toHaveLength(1);
    await clock.advance(1);
    expect(admitted).toHaveLength(2);
    gate.end(admitted[1] as Task);
    gate.close();
  });

  it('that asks for patience gets it from all of its tasks, in full', async () => {
    const [a0, a1, b0] = [task('a', 0), task('a', 1), task('b')];
    const { gate, admitted } = await admits({ perHost: 1 }, [a0, a1, b0]);
    gate.cool(a0, 5000);
    gate.cool(a0, 2000);
    gate.putBack(a0, 2000);
    await clock.advance(4999);
    expect(admitted).toEqual([a0, b0]);
    await clock.advance(1);
    expect(admitted).toEqual([a0, b0, a1]);
    gate.drain();
  });

  it('cools when it has refused three times in a row, not when it has answered between', async () => {
    const tasks = [0, 1, 2, 3].map((index) => task('a', index));
    const { gate, admitted } = await admits({ perHost: 1 }, tasks);
    const [first] = tasks as [Task, ...Task[]];
    gate.refused(first, 700);
    gate.refused(first, 700);
    gate.answered(first);
    gate.refused(first, 700);
    gate.refused(first, 700);
    gate.end(first);
    await turnsOfTheLoop();
    expect(admitted).toHaveLength(2);
    gate.refused(admitted[1] as Task, 700);
    gate.end(admitted[1] as Task);
    await clock.advance(699);
    expect(admitted).toHaveLength(2);
    await clock.advance(1);
    expect(admitted).toHaveLength(3);
    gate.drain();
  });

  it('keeps nobody alive when all have ended, or when the gate is drained', async () => {
    const { gate, admitted } = await admits({ delay: 60_000 }, [task('a', 0)]);
    gate.cool(admitted[0] as Task, 600_000);
    gate.end(admitted[0] as Task);
    await turnsOfTheLoop();
    expect(clock.timers).toBe(0);
  });
});
