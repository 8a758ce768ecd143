import { expect, it } from 'vitest';
import { Event, getcurrent, sleep, spawn, Timeout, withTimeout } from '../../src/coroutine/index.js';
import { useFakeTime } from '../support/fake-time.js';

const time = useFakeTime();

it('wakes all in the order in which they wait, even if cleared at once', async () => {
  const event = new Event();
  const woken: number[] = [];
  for (let i = 0; i < 3; i++) {
    spawn(async () => {
      expect(await event.wait()).toBe(true);
      woken.push(i);
    });
  }
  await time.clock.settle();
  event.set();
  event.clear();
  await time.clock.settle();
  expect(woken).toEqual([0, 1, 2]);
  expect([event.isSet(), event.ready()]).toEqual([false, false]);
});

it('does not make wait when it is set; gives false when the time is over', async () => {
  const event = new Event();
  await expect(time.clock.until(event.wait({ timeout: 10 }))).resolves.toBe(false);
  await expect(time.clock.until(event.wait({ timeout: new Timeout(10) }))).resolves.toBe(false);
  event.set();
  await expect(event.wait()).resolves.toBe(true);
  event.set();
  expect(event.isSet()).toBe(true);
});

it('wakes those who wait before those who find it set', async () => {
  const event = new Event();
  const order: string[] = [];
  spawn(async () => {
    await event.wait();
    order.push('waited');
  });
  await time.clock.settle();
  spawn(async () => {
    event.set();
    await event.wait();
    order.push('found it set');
  });
  await time.clock.settle();
  expect(order).toEqual(['waited', 'found it set']);
});

it('calls links soon, in their order, each once, outside any greenlet, though it is cleared at once', async () => {
  const event = new Event();
  const called: unknown[] = [];
  const [first, second] = ['first', 'second'].map((name) => (source: Event) => {
    called.push(name, source === event, getcurrent());
  });
  for (const link of [first, second, first]) event.rawlink(link as (source: Event) => void);
  spawn(() => {
    event.set();
    event.clear();
    expect(called).toEqual([]);
  });
  await time.clock.settle();
  expect(called).toEqual(['first', true, null, 'second', true, null]);
  event.set();
  await time.clock.settle();
  expect(called).toHaveLength(6);
});

it('calls a link soon that comes when it is set, and none that was taken back', async () => {
  const event = new Event();
  const called: string[] = [];
  const gone = () => called.push('gone');
  const early = () => {
    called.push('early');
    event.unlink(late);
  };
  const late = () => called.push('late');
  event.rawlink(gone);
  event.unlink(gone);
  event.set();
  event.rawlink(gone);
  event.rawlink(early);
  event.rawlink(late);
  event.unlink(gone);
  event.unlink(gone);
  expect(called).toEqual([]);
  await time.clock.settle();
  expect(called).toEqual(['early']);
  // @ts-expect-error the types refuse it
  expect(() => event.rawlink('no function')).toThrow(TypeError);
});

it('reports what a link throws, and calls the next', async () => {
  const event = new Event();
  const error = new Error('mine');
  const called: string[] = [];
  event.rawlink(() => {
    throw error;
  });
  event.rawlink(() => called.push('next'));
  event.set();
  await time.clock.settle();
  expect([time.reported, called]).toEqual([[error], ['next']]);
});

it('lets the Timeout of another, and an abort, through', async () => {
  const event = new Event();
  const outer = new Timeout(10);
  const waiting = withTimeout(outer, () => event.wait({ timeout: 100 }));
  await expect(time.clock.until(waiting)).rejects.toBe(outer);
  const controller = new AbortController();
  const aborted = event.wait({ signal: controller.signal });
  controller.abort(new Error('away'));
  await expect(aborted).rejects.toThrow('away');
  await time.clock.until(sleep(1));
});
