import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Greenlet,
  idle,
  iwait,
  joinall,
  type Linkable,
  sleep,
  spawn,
  Timeout,
  useClock,
  useErrorHandler,
  wait,
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

/** A greenlet that ends after a time, with the time as its value. */
function ending(milliseconds: number): Greenlet<number> {
  return spawn(async () => {
    await sleep(milliseconds);
    return milliseconds;
  });
}

/** Ready when it is told so, again and again. */
class Bell implements Linkable {
  readonly links: ((source: this) => void)[] = [];

  rawlink(callback: (source: this) => void): void {
    this.links.push(callback);
  }

  unlink(callback: (source: this) => void): void {
    const index = this.links.indexOf(callback);
    if (index >= 0) this.links.splice(index, 1);
  }

  ring(): void {
    for (const link of [...this.links]) link(this);
  }
}

function links(greenlets: Iterable<Greenlet>): number {
  return [...greenlets].reduce((sum, greenlet) => sum + greenlet.hasLinks(), 0);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('iwait', () => {
  it('gives greenlets as they end, each once, however they end', async () => {
    const failing = spawn(() => Promise.reject(new Error('mine')));
    const greenlets = [ending(30), ending(10), failing, ending(20)];
    const ended = await clock.until(collect(iwait([...greenlets, ...greenlets])));
    expect(ended).toEqual([failing, greenlets[1], greenlets[3], greenlets[0]]);
    await expect(collect(iwait([]))).resolves.toEqual([]);
  });

  it('gives those that had ended before first', async () => {
    const done = ending(0);
    await clock.until(done.join());
    const other = ending(10);
    await expect(clock.until(collect(iwait([other, done])))).resolves.toEqual([done, other]);
  });

  it('links at the first next, to all, and to none when it is left', async () => {
    const greenlets = [ending(10), ending(20), ending(30)];
    const waiting = iwait(greenlets, { count: 1 });
    await clock.settle();
    expect(links(greenlets)).toBe(0);
    const first = waiting.next();
    expect(links(greenlets)).toBe(3);
    await expect(clock.until(first)).resolves.toEqual({ done: false, value: greenlets[0] });
    await expect(waiting.next()).resolves.toMatchObject({ done: true });
    expect(links(greenlets)).toBe(0);
    for await (const greenlet of iwait(greenlets)) if (greenlet === greenlets[0]) break;
    expect(links(greenlets)).toBe(0);
    await clock.until(joinall(greenlets));
  });

  it('ends silently when the time for the whole iteration is over', async () => {
    const greenlets = [ending(30), ending(10), ending(20)];
    const waiting = iwait(greenlets, { timeout: 25 });
    await clock.advance(5);
    const ended: Greenlet[] = [];
    const reading = (async () => {
      for await (const greenlet of waiting) ended.push(greenlet);
    })();
    await clock.until(reading);
    // The time began with the first next, at 5 ms.
    expect([clock.now(), ended.length]).toEqual([30, 3]);
    const others = [ending(30), ending(10), ending(20)];
    await expect(clock.until(collect(iwait(others, { timeout: 25 })))).resolves.toHaveLength(2);
    expect(links(others)).toBe(0);
    await clock.until(joinall(others));
  });

  it('gives what became ready in time to a slow reader, and nothing that came later', async () => {
    const greenlets = [ending(10), ending(20), ending(30)];
    const waiting = iwait(greenlets, { timeout: 25 });
    await clock.until(waiting.next());
    await clock.advance(100);
    await expect(waiting.next()).resolves.toMatchObject({ value: greenlets[1] });
    await expect(waiting.next()).resolves.toMatchObject({ done: true });
  });

  it('lets the Timeout of another through, and takes its own as the end', async () => {
    const greenlet = ending(100);
    const reading = spawn(async () => {
      const timeout = new Timeout(10).start();
      await expect(collect(iwait([greenlet], { timeout: 50 }))).rejects.toBe(timeout);
      const own = new Timeout(10).start();
      await expect(collect(iwait([greenlet], { timeout: own }))).resolves.toEqual([]);
      await expect(collect(iwait([greenlet], { timeout: new Timeout(10) }))).resolves.toEqual([]);
    });
    await clock.until(reading.get());
    expect([clock.now(), links([greenlet])]).toEqual([30, 0]);
    await clock.until(greenlet.join());
  });

  it('is woken by a kill, and unlinks', async () => {
    const greenlet = ending(100);
    const reading = spawn(() => collect(iwait([greenlet], { timeout: 50 })));
    await clock.settle();
    await reading.kill();
    expect([links([greenlet]), clock.timers]).toEqual([0, 1]);
    await clock.until(greenlet.join());
  });
});

describe('whatever can be linked to', () => {
  it('is waited for by wait, joinall and iwait, once each', async () => {
    const bells = [new Bell(), new Bell(), new Bell()] as const;
    const greenlet = ending(15);
    clock.schedule(10, () => bells[2].ring());
    clock.schedule(12, () => bells[2].ring());
    clock.schedule(20, () => bells[0].ring());
    const waits = [
      wait<Linkable>([...bells, greenlet], { timeout: 50 }),
      joinall<Linkable>([...bells, greenlet], { count: 3, raiseError: true }),
      collect(iwait<Linkable>([...bells, greenlet], { timeout: 50 })),
    ];
    const order = [bells[2], greenlet, bells[0]];
    await expect(clock.until(Promise.all(waits))).resolves.toEqual([order, order, order]);
    expect(bells.map((bell) => bell.links.length)).toEqual([0, 0, 0]);
  });

  it('throws no failure from wait, and that of a result from joinall when asked', async () => {
    const error = new Error('mine');
    class Result extends Bell {
      readonly exception = error;
    }
    const result = new Result();
    clock.schedule(10, () => result.ring());
    const waiting = wait([result]);
    const raising = joinall([result, new Bell()], { raiseError: true });
    await expect(clock.until(raising)).rejects.toBe(error);
    await expect(waiting).resolves.toEqual([result]);
    const failing = spawn(() => Promise.reject(error));
    await expect(wait([failing])).resolves.toEqual([failing]);
  });
});

it('idle waits until nobody is ready, however often they give way', async () => {
  const order: string[] = [];
  const busy = spawn(function* () {
    for (let i = 0; i < 5; i++) yield;
    order.push('busy');
  });
  const sleeping = ending(10);
  const waiting = spawn(async () => {
    await idle();
    order.push('idle');
  });
  await clock.settle();
  expect(order).toEqual(['busy', 'idle']);
  expect([busy.dead, waiting.dead, sleeping.dead, clock.now()]).toEqual([true, true, false, 0]);
  const killed = spawn(() => idle());
  await clock.settleMicrotasks();
  await killed.kill();
  await clock.until(sleeping.join());
});
