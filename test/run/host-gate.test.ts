import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sleep, spawn, useClock } from '../../src/coroutine/index.js';
import type { Task } from '../../src/download/task.js';
import { HOST_BOUNDS, mostOf, type Outcome, TOTAL_BOUNDS } from '../../src/run/adaptive-limit.js';
import type { Refusal } from '../../src/run/host.js';
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

/** Admits into a list; nothing ends by itself, but what is refused. */
function reader(gate: HostGate, hears = true) {
  const admitted: Task[] = [];
  const refused: Refusal[] = [];
  let over = false;
  spawn(async () => {
    for (let each = await gate.next(); each !== null; each = await gate.next()) {
      admitted.push(each);
      gate.sent(each);
      if (hears) gate.heard(each);
    }
    over = true;
  });
  spawn(async () => {
    for (let each = await gate.refusals.get(); each !== null; each = await gate.refusals.get()) {
      refused.push(each);
      gate.endRefused();
    }
  });
  return { admitted, refused, isOver: () => over };
}

describe('HostGate', () => {
  it('admits a host no more often than its limit, and the next when one has ended', async () => {
    const gate = new HostGate({ concurrency: 16, perHost: 2, unended: 100 });
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
    const gate = new HostGate({ concurrency: 16, perHost: 100, unended: 100 });
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
    const gate = new HostGate({ concurrency: 16, perHost: 1, unended: 3 });
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
    const gate = new HostGate({ concurrency: 16, perHost: 1, unended: 10 });
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
    const gate = new HostGate({ concurrency: 16, perHost: 1, unended: 1 });
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
    const gate = new HostGate({ concurrency: 16, perHost: 1, unended: 4 });
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
    const gate = new HostGate({ concurrency: 16, perHost: 1, unended: 1 });
    const { isOver } = reader(gate);
    gate.close();
    await turnsOfTheLoop();
    expect(isOver()).toBe(true);
  });
});

interface Program {
  readonly concurrency: number | 'auto';
  readonly perHost: number | 'auto';
  readonly unended: number;
  readonly more: number;
  /** One a task: its host, how long it may take, and for each of its tries how long that takes, then waits, and how it comes out. */
  readonly tasks: readonly {
    readonly host: string;
    readonly time: number | null;
    readonly tries: readonly [took: number, wait: number, outcome: Outcome][];
  }[];
}

const outcome = fc.constantFrom<Outcome>('done', 'failed', 'refused', 'silent', 'reset');

const program: fc.Arbitrary<Program> = fc.record({
  concurrency: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant('auto' as const)),
  perHost: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant('auto' as const)),
  unended: fc.integer({ min: 1, max: 8 }),
  more: fc.nat(8),
  tasks: fc.array(
    fc.record({
      host: fc.constantFrom('a', 'b', 'c'),
      time: fc.option(fc.nat(100)),
      tries: fc.array(fc.tuple(fc.nat(20), fc.nat(50), outcome), { minLength: 1, maxLength: 4 }),
    }),
    { maxLength: 30 },
  ),
});

it('ends each task once in every random program, within the limits, and never asks too early', async () => {
  await fc.assert(
    fc.asyncProperty(program, async ({ concurrency, perHost, unended, more, tasks }) => {
      const gate = new HostGate({ concurrency, perHost, unended, unendedWhileIdle: unended + more });
      const inFlight = new Map<string, number>();
      const notBefore = new Map<Task, number>();
      const ended: number[] = [];
      let begun = 0;
      const add = (host: string, change: number): number => {
        const now = (inFlight.get(host) ?? 0) + change;
        inFlight.set(host, now);
        return now;
      };
      const run = async (each: Task): Promise<void> => {
        const { host, index } = each.job;
        expect(add(host, 1)).toBeLessThanOrEqual(mostOf(perHost, HOST_BOUNDS));
        expect(add('', 1)).toBeLessThanOrEqual(mostOf(concurrency, TOTAL_BOUNDS));
        expect(clock.now()).toBeGreaterThanOrEqual(notBefore.get(each) ?? 0);
        const { time = null, tries = [] } = tasks[index] ?? {};
        const [took, wait, comesOut] = tries[each.attempts++] ?? [0, 0, 'done'];
        if (time !== null) each.deadline ??= clock.now() + time;
        await sleep(took);
        add(host, -1);
        add('', -1);
        gate.tell(each, comesOut);
        if (comesOut === 'silent') gate.silent(each);
        else gate.heard(each);
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
          expect(++begun - ended.length).toBeLessThanOrEqual(unended + more);
        }
        gate.close();
      });
      const refusing = spawn(async () => {
        for (let each = await gate.refusals.get(); each !== null; each = await gate.refusals.get()) {
          ended.push(each.task.job.index);
          gate.endRefused();
        }
      });
      const all = spawn(async () => {
        for (let each = await gate.next(); each !== null; each = await gate.next()) spawn(run, each);
      });
      await drive(clock, all.get());
      await drive(clock, refusing.get());
      expect(ended.sort((a, b) => a - b)).toEqual(tasks.map((_, index) => index));
    }),
    { numRuns: 100 },
  );
});

describe('a host of which nothing is known', () => {
  const mixed = [task('a', 0), task('a', 1), task('a', 2), task('b', 0), task('b', 1)];
  const hosts = (tasks: readonly Task[]): string => tasks.map(({ job }) => job.host).join('');

  it('is asked once at a time, while there are others; as often as it may when it has been heard', async () => {
    const gate = new HostGate({ concurrency: 16, perHost: 10, unended: 100 });
    const { admitted } = reader(gate, false);
    for (const each of mixed) await gate.put(each);
    await turnsOfTheLoop();
    expect(hosts(admitted)).toBe('ab');
    gate.heard(admitted[0] as Task);
    await turnsOfTheLoop();
    expect(hosts(admitted)).toBe('abaa');
    gate.close();
    await turnsOfTheLoop();
    // The last of which nothing is known: no other needs the slots.
    expect(hosts(admitted)).toBe('abaab');
    for (const each of admitted) gate.end(each);
  });

  it('is asked as often as it may when it is alone, as soon as the list is known to its end', async () => {
    const gate = new HostGate({ concurrency: 16, perHost: 2, unended: 100 });
    const { admitted } = reader(gate, false);
    for (const each of mixed.slice(0, 3)) await gate.put(each);
    await turnsOfTheLoop();
    expect(admitted).toHaveLength(1);
    gate.close();
    await turnsOfTheLoop();
    expect(admitted).toHaveLength(2);
    gate.drain();
    for (const each of admitted) gate.end(each);
  });

  it('lets the list be read on, while slots are free', async () => {
    const gate = new HostGate({ concurrency: 16, perHost: 10, unended: 2, unendedWhileIdle: 5 });
    const { admitted } = reader(gate, false);
    let put = 0;
    const putting = spawn(async () => {
      for (const host of 'aaabbb') {
        await gate.put(task(host, put));
        put++;
      }
    });
    await turnsOfTheLoop();
    expect([put, hosts(admitted)]).toEqual([2, 'a']);
    await clock.advance(0);
    expect([put, hosts(admitted)]).toEqual([5, 'ab']);
    gate.heard(admitted[1] as Task);
    await turnsOfTheLoop();
    // No other that waits needs the slots.
    expect([put, hosts(admitted)]).toEqual([5, 'abbaa']);
    await putting.kill();
    gate.drain();
    for (const each of admitted) gate.end(each);
  });

  it('lets a stretch of the list be read on at once, though slots are filled on the way', async () => {
    const gate = new HostGate({ concurrency: 16, perHost: 1, unended: 2, unendedWhileIdle: 50 });
    const { admitted } = reader(gate, false);
    let put = 0;
    spawn(async () => {
      for (const host of 'xxabcdefxghi') {
        await gate.put(task(host, put));
        put++;
      }
    });
    await turnsOfTheLoop();
    expect([put, hosts(admitted)]).toEqual([2, 'x']);
    const reliefs = vi.spyOn(clock, 'schedule');
    await clock.advance(0);
    expect(reliefs.mock.calls.filter(([wait]) => wait === 0)).toEqual([]);
    expect([put, hosts(admitted)]).toEqual([12, 'xabcdefghi']);
    gate.drain();
    for (const each of admitted) gate.end(each);
  });
});

describe('a host that says nothing', () => {
  const silences = (gate: HostGate, of: Task, times: number): (string | undefined)[] =>
    Array.from({ length: times }, () => gate.silent(of)?.message);

  it('shares a sixteenth of the slots with others like it, while there is something else to do', async () => {
    const gate = new HostGate({ concurrency: 32, perHost: 10, unended: 100 });
    const { admitted } = reader(gate, false);
    const dead = ['x', 'y', 'z'].map((host) => task(host));
    for (const each of [...dead, task('a')]) await gate.put(each);
    await turnsOfTheLoop();
    gate.heard(admitted[3] as Task);
    for (const each of dead) {
      gate.silent(each);
      gate.putBack(each, 1000);
    }
    for (let index = 0; index < 20; index++) await gate.put(task('a', index));
    await clock.advance(1000);
    const tried = admitted.slice(4).map(({ job }) => job.host);
    expect(tried.filter((host) => host !== 'a')).toEqual(['x', 'y']);
    expect(tried.filter((host) => host === 'a')).toHaveLength(9);
    gate.drain();
    for (const each of admitted.slice(3)) gate.end(each);
  });

  it('has the slots that nobody else needs', async () => {
    const gate = new HostGate({ concurrency: 8, perHost: 10, unended: 100 });
    const { admitted } = reader(gate, false);
    for (let index = 0; index < 6; index++) await gate.put(task('x', index));
    await turnsOfTheLoop();
    gate.silent(admitted[0] as Task);
    gate.close();
    await turnsOfTheLoop();
    expect(admitted).toHaveLength(6);
    for (const each of admitted) gate.end(each);
  });

  it('is parked after five times: its URLs fail, those in back-off at their time, others go on', async () => {
    const gate = new HostGate({ concurrency: 16, perHost: 2, unended: 100 });
    const { admitted, refused, isOver } = reader(gate);
    const [x0, x1, x2, x3, x4] = [0, 1, 2, 3, 4].map((index) => task('x', index)) as [
      Task,
      Task,
      Task,
      Task,
      Task,
    ];
    const a0 = task('a');
    for (const each of [x0, x1, x2, x3, a0]) await gate.put(each);
    await turnsOfTheLoop();
    expect(admitted).toEqual([x0, x1, a0]);
    gate.putBack(x0, 1000);
    await turnsOfTheLoop();
    expect(silences(gate, x1, 6)).toEqual([...Array(4), 'host parked: 5 time-outs in a row', undefined]);
    expect(gate.mayRetry(x1)).toBe(false);
    await gate.put(x4);
    await turnsOfTheLoop();
    expect(refused.map(({ task }) => task)).toEqual([x3, x4]);
    expect(refused[0]?.error).toMatchObject({ code: 'ERR_CONNECT' });
    await clock.advance(1000);
    await turnsOfTheLoop();
    expect(refused.slice(2).map(({ task }) => task)).toEqual([x0]);
    gate.close();
    for (const each of [x1, x2, a0]) gate.end(each);
    await turnsOfTheLoop();
    expect(isOver()).toBe(true);
  });

  it('is not parked when it was heard between', async () => {
    const gate = new HostGate({ concurrency: 16, perHost: 2, unended: 100 });
    const { admitted } = reader(gate);
    await gate.put(task('x'));
    await turnsOfTheLoop();
    const [x] = admitted as [Task];
    expect(silences(gate, x, 4)).toEqual(Array(4));
    gate.heard(x);
    expect(silences(gate, x, 4)).toEqual(Array(4));
    gate.end(x);
    gate.close();
  });

  it('is probed every 30 s, and has all of its URLs again when it is heard', async () => {
    const gate = new HostGate({ concurrency: 16, perHost: 9, unended: 100 });
    const { admitted, refused } = reader(gate, false);
    let index = 0;
    const put = async (): Promise<[admitted: number, refused: number]> => {
      await gate.put(task('x', index++));
      await turnsOfTheLoop();
      return [admitted.length, refused.length];
    };
    expect(await put()).toEqual([1, 0]);
    silences(gate, admitted[0] as Task, 5);
    gate.end(admitted[0] as Task);
    await clock.advance(29_999);
    expect(await put()).toEqual([1, 1]);
    await clock.advance(1);
    expect(await put()).toEqual([2, 1]);
    expect(await put()).toEqual([2, 2]);
    silences(gate, admitted[1] as Task, 1);
    gate.end(admitted[1] as Task);
    await clock.advance(29_999);
    expect(await put()).toEqual([2, 3]);
    await clock.advance(1);
    expect(await put()).toEqual([3, 3]);
    gate.heard(admitted[2] as Task);
    expect(await put()).toEqual([4, 3]);
    expect(await put()).toEqual([5, 3]);
    gate.close();
    for (const each of admitted.slice(2)) gate.end(each);
  });

  it('is not asked before its time when it has said for how long', async () => {
    const gate = new HostGate({ concurrency: 16, perHost: 9, unended: 100 });
    const { admitted, refused } = reader(gate);
    await gate.put(task('x'));
    await turnsOfTheLoop();
    const [x] = admitted as [Task];
    expect(gate.park(x, 7_200_000, 'so it said')).toMatchObject({
      code: 'ERR_STATUS',
      message: 'host parked: so it said',
    });
    expect(gate.park(x, 7_200_000, 'twice')).toBeNull();
    gate.end(x);
    await clock.advance(7_199_999);
    await gate.put(task('x', 1));
    await turnsOfTheLoop();
    expect([admitted.length, refused.length]).toEqual([1, 1]);
    await clock.advance(1);
    await gate.put(task('x', 2));
    await turnsOfTheLoop();
    expect(admitted).toHaveLength(2);
    gate.end(admitted[1] as Task);
    gate.close();
  });
});

describe('a host that rests', () => {
  const admits = async (limits: { delay?: number; perHost?: number }, tasks: readonly Task[]) => {
    const gate = new HostGate({ concurrency: 16, perHost: 10, unended: 100, ...limits });
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
    const gate = new HostGate({ concurrency: 16, perHost: 10, unended: 100, delay: 1000 });
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
    gate.hostOf(a0)?.cool(5000);
    gate.hostOf(a0)?.cool(2000);
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
    gate.hostOf(first)?.refused(700);
    gate.hostOf(first)?.refused(700);
    gate.hostOf(first)?.answered();
    gate.hostOf(first)?.refused(700);
    gate.hostOf(first)?.refused(700);
    gate.end(first);
    await turnsOfTheLoop();
    expect(admitted).toHaveLength(2);
    gate.hostOf(admitted[1] as Task)?.refused(700);
    gate.end(admitted[1] as Task);
    await clock.advance(699);
    expect(admitted).toHaveLength(2);
    await clock.advance(1);
    expect(admitted).toHaveLength(3);
    gate.drain();
  });

  it('keeps nobody alive when all have ended, or when the gate is drained', async () => {
    const { gate, admitted } = await admits({ delay: 60_000 }, [task('a', 0)]);
    gate.hostOf(admitted[0] as Task)?.cool(600_000);
    gate.end(admitted[0] as Task);
    await turnsOfTheLoop();
    expect(clock.timers).toBe(0);
  });
});

it('a host that was parked for the patience it asked for stays so, whatever else it answers meanwhile', async () => {
  const gate = new HostGate({ concurrency: 16, perHost: 9, unended: 100 });
  const { admitted, refused } = reader(gate);
  for (const index of [0, 1, 2]) {
    await gate.put(task('x', index));
    await turnsOfTheLoop();
  }
  const [first, second, third] = admitted as [Task, Task, Task];
  gate.park(first, 7_200_000, 'so it said');
  // They were under way: an answer, and a time-out.
  gate.heard(second);
  gate.silent(third);
  for (const each of admitted) gate.end(each);
  await gate.put(task('x', 3));
  await turnsOfTheLoop();
  expect([admitted.length, refused.length]).toEqual([3, 1]);
  await clock.advance(7_200_000);
  await gate.put(task('x', 4));
  await turnsOfTheLoop();
  // The probe, which is heard by the reader: others may follow.
  await gate.put(task('x', 5));
  await turnsOfTheLoop();
  expect([admitted.length, refused.length]).toEqual([5, 1]);
  gate.close();
  for (const each of admitted.slice(3)) gate.end(each);
});

describe('a task that is out of time', () => {
  const late = (host: string, index: number): Task => ({ ...task(host, index), deadline: 3000 });

  it('ends in its back-off, in a queue, and for a host that cools', async () => {
    const gate = new HostGate({ concurrency: 16, perHost: 1, unended: 100 });
    const { admitted, refused } = reader(gate);
    const [inBackOff, queued, cooled] = [late('a', 0), late('b', 0), late('c', 0)];
    for (const each of [inBackOff, queued, cooled]) await gate.put(each);
    await turnsOfTheLoop();
    gate.putBack(inBackOff, 60_000);
    gate.putBack(cooled, 0);
    gate.hostOf(cooled)?.cool(600_000);
    const other = task('b', 1);
    await gate.put(other);
    gate.putBack(queued, 100);
    await clock.advance(2999);
    expect(admitted).toEqual([inBackOff, queued, cooled, other]);
    expect(refused).toEqual([]);
    await clock.advance(1);
    await turnsOfTheLoop();
    expect(new Set(refused.map(({ task }) => task))).toEqual(new Set([inBackOff, queued, cooled]));
    expect(refused.map(({ error }) => error.code)).toEqual(Array(3).fill('ERR_TIMEOUT'));
    gate.close();
    gate.end(other);
    await turnsOfTheLoop();
    expect(clock.timers).toBe(0);
  });

  it('leaves no place in line behind: its host can be met again', async () => {
    const gate = new HostGate({ concurrency: 1, perHost: 1, unended: 100 });
    const { admitted, refused } = reader(gate);
    const [waits, other, later] = [late('a', 0), task('b', 0), task('a', 1)];
    await gate.put(waits);
    await turnsOfTheLoop();
    gate.putBack(waits, 1000);
    await gate.put(other);
    await clock.advance(3000);
    await turnsOfTheLoop();
    expect(refused.map(({ task }) => task)).toEqual([waits]);
    gate.end(other);
    await gate.put(later);
    await turnsOfTheLoop();
    expect(admitted).toEqual([waits, other, later]);
    gate.end(later);
    gate.close();
  });

  it('has until then, and is not ended in its slot', async () => {
    const gate = new HostGate({ concurrency: 16, perHost: 1, unended: 100 });
    const { admitted, refused } = reader(gate);
    const one = late('a', 0);
    await gate.put(one);
    await turnsOfTheLoop();
    gate.putBack(one, 1000);
    await clock.advance(60_000);
    expect([admitted.length, refused.length]).toEqual([2, 0]);
    gate.end(one);
    gate.close();
  });
});
