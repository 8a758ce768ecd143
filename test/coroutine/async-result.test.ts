import { expect, it } from 'vitest';
import { AsyncResult, getcurrent, joinall, spawn, Timeout } from '../../src/coroutine/index.js';
import { useFakeTime } from '../support/fake-time.js';

const time = useFakeTime();

it('gives a value to all that wait, in their order, and to those that come later', async () => {
  const result = new AsyncResult<number>();
  const got: string[] = [];
  for (const name of ['a', 'b']) spawn(async () => got.push(name + (await result.get())));
  await time.clock.settle();
  expect([result.ready(), result.successful(), result.value, result.exception]).toEqual([
    false,
    false,
    undefined,
    null,
  ]);
  result.set(1);
  await time.clock.settle();
  expect(got).toEqual(['a1', 'b1']);
  expect([result.ready(), result.successful(), result.value]).toEqual([true, true, 1]);
  expect([await result.get(), result.getNowait(), await result.wait()]).toEqual([1, 1, 1]);
});

it('holds undefined as well as any other value', async () => {
  const result = new AsyncResult<void>();
  result.set();
  expect([result.ready(), result.successful()]).toEqual([true, true]);
  await expect(result.get()).resolves.toBe(undefined);
});

it('throws its error into all that get, the same each time; wait gives undefined', async () => {
  const result = new AsyncResult<number>();
  const error = new Error('mine');
  const [getting, waiting] = [spawn(() => result.get()), spawn(() => result.wait())];
  await time.clock.settle();
  result.setException(error);
  await expect(getting.get()).rejects.toBe(error);
  await expect(waiting.get()).resolves.toBe(undefined);
  await expect(result.get()).rejects.toBe(error);
  expect(() => result.getNowait()).toThrow(error);
  await expect(result.wait()).resolves.toBe(undefined);
  expect([result.ready(), result.successful(), result.exception]).toEqual([true, false, error]);
});

it('throws a Timeout where there is nothing in time; wait gives undefined', async () => {
  const result = new AsyncResult<number>();
  await expect(result.get({ block: false })).rejects.toBeInstanceOf(Timeout);
  expect(() => result.getNowait()).toThrow(Timeout);
  await expect(time.clock.until(result.get({ timeout: 10 }))).rejects.toBeInstanceOf(Timeout);
  const mine = new Timeout(10);
  await expect(time.clock.until(result.get({ timeout: mine }))).rejects.toBe(mine);
  await expect(time.clock.until(result.wait({ timeout: 10 }))).resolves.toBe(undefined);
  await expect(result.wait({ block: false })).resolves.toBe(undefined);
});

it('is overwritten by a second set; where there is an error too, the value counts', async () => {
  const result = new AsyncResult<number>();
  result.set(1);
  result.set(2);
  result.setException(new Error('late'));
  await expect(result.get()).resolves.toBe(2);
  expect([result.successful(), result.exception]).toEqual([true, new Error('late')]);
  const failed = new AsyncResult<number>();
  failed.setException(new Error('early'));
  failed.set(3);
  await expect(failed.get()).resolves.toBe(3);
});

it('takes the outcome of a greenlet as its link, and of another result', async () => {
  const [good, bad, copy] = [new AsyncResult<number>(), new AsyncResult<number>(), new AsyncResult<number>()];
  spawn(() => 7).link(good.adopt);
  spawn((): number => {
    throw new Error('mine');
  }).rawlink(bad.adopt);
  good.rawlink(copy.adopt);
  await time.clock.settle();
  expect([good.value, copy.value]).toEqual([7, 7]);
  await expect(bad.get()).rejects.toThrow('mine');
  expect(time.reported).toHaveLength(1);
});

it('calls links once each, never at once, outside any greenlet, and lets go of those taken back', async () => {
  const result = new AsyncResult<number>();
  const called: unknown[] = [];
  const gone = () => called.push('gone');
  result.rawlink(gone);
  result.rawlink((source) => called.push(source.value, getcurrent()));
  result.unlink(gone);
  spawn(() => {
    result.set(1);
    expect(called).toEqual([]);
  });
  await time.clock.settle();
  result.rawlink(() => called.push('late'));
  expect(called).toEqual([1, null]);
  await time.clock.settle();
  result.set(2);
  await time.clock.settle();
  expect(called).toEqual([1, null, 'late']);
});

it('can be waited for among others', async () => {
  const [first, second] = [new AsyncResult<number>(), new AsyncResult<number>()];
  const waiting = joinall([first, second], { count: 1 });
  second.set(1);
  await expect(waiting).resolves.toEqual([second]);
});
