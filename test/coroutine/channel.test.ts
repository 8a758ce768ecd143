import { expect, it } from 'vitest';
import {
  Channel,
  Empty,
  Full,
  GreenletExit,
  spawn,
  Timeout,
  withTimeout,
} from '../../src/coroutine/index.js';
import { useFakeTime } from '../support/fake-time.js';

const time = useFakeTime();

it('is a rendezvous: put waits until the item is taken', async () => {
  const channel = new Channel<number>();
  const order: string[] = [];
  spawn(async () => {
    for (const item of [1, 2]) {
      await channel.put(item);
      order.push(`put ${item}`);
    }
  });
  await time.clock.settle();
  expect([order, channel.balance, channel.size, channel.empty(), channel.full()]).toEqual([
    [],
    1,
    0,
    true,
    true,
  ]);
  order.push(`got ${await channel.get()}`);
  await time.clock.settle();
  expect([order, channel.balance]).toEqual([['put 1', 'got 1'], 1]);
  expect(channel.getNowait()).toBe(2);
  const getting = [channel.get(), channel.get()];
  expect(channel.balance).toBe(-2);
  channel.putNowait(3);
  await channel.put(4);
  await expect(Promise.all(getting)).resolves.toEqual([3, 4]);
});

it('throws Full and Empty where nobody is there in time', async () => {
  const channel = new Channel<number>();
  expect(() => channel.putNowait(1)).toThrow(Full);
  expect(() => channel.getNowait()).toThrow(Empty);
  await expect(channel.put(1, { block: false })).rejects.toBeInstanceOf(Full);
  await expect(channel.get({ block: false })).rejects.toBeInstanceOf(Empty);
  await expect(time.clock.until(channel.put(1, { timeout: 10 }))).rejects.toBeInstanceOf(Full);
  await expect(time.clock.until(channel.get({ timeout: 10 }))).rejects.toBeInstanceOf(Empty);
  const outer = new Timeout(10);
  await expect(time.clock.until(withTimeout(outer, () => channel.get({ timeout: 50 })))).rejects.toBe(outer);
  expect(channel.balance).toBe(0);
});

it('passes over those who were killed, and is iterated', async () => {
  const channel = new Channel<number>();
  const killed = spawn(() => channel.put(1));
  spawn(async () => {
    for (const item of [2, 3]) await channel.put(item);
  });
  await time.clock.settle();
  await killed.kill();
  expect(killed.value).toBeInstanceOf(GreenletExit);
  const got: number[] = [];
  for await (const item of channel) {
    got.push(item);
    if (got.length === 2) break;
  }
  expect(got).toEqual([2, 3]);
});
