import { expect, it } from 'vitest';
import { GreenletExit, getcurrent, joinall, sleep, Timer } from '../../src/coroutine/index.js';
import { useFakeTime } from '../support/fake-time.js';

const time = useFakeTime();

it('runs a function after its interval, in a greenlet, with its arguments', async () => {
  const timer = new Timer('2s', (word: string) => [word, getcurrent()], 'hi');
  expect([timer.interval, time.clock.timers]).toEqual([2000, 0]);
  timer.start();
  timer.start();
  await time.clock.advance(1999);
  expect(timer.ready()).toBe(false);
  await time.clock.advance(1);
  expect(timer.value).toEqual(['hi', timer]);
});

it('that is cancelled in time never runs, and has ended', async () => {
  const ran: number[] = [];
  const [waiting, unstarted] = [new Timer(10, () => ran.push(1)), new Timer(10, () => ran.push(2))];
  waiting.start();
  waiting.cancel();
  unstarted.cancel();
  unstarted.start();
  await joinall([waiting, unstarted]);
  await time.clock.advance(20);
  expect([ran, waiting.successful()]).toEqual([[], true]);
  expect(waiting.value).toBeInstanceOf(GreenletExit);
});

it('that has begun is not cancelled', async () => {
  const timer = new Timer(10, async () => {
    await sleep(10);
    return 'done';
  });
  timer.start();
  await time.clock.advance(15);
  timer.cancel();
  await time.clock.advance(5);
  timer.cancel();
  expect(timer.value).toBe('done');
});

it('needs a length of time and a function', () => {
  expect(() => new Timer('long', () => {})).toThrow(RangeError);
  // @ts-expect-error the types refuse it
  expect(() => new Timer(10)).toThrow(TypeError);
});
