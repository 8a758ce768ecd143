// examples/gevent: each program as a process of its own. Order and kind of timing are held, never milliseconds.

import { expect, test } from 'vitest';
import { example } from './example.js';

/** The seconds of the story in lines such as `sleepingTasks: 3.0 s`. */
const seconds = (lines: readonly string[]): number[] =>
  lines.flatMap((line) => {
    const [, found] = /: ([\d.]+) s$/.exec(line) ?? [];
    return found === undefined ? [] : [Number(found)];
  });

const tasks = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test('eat-and-play: who sleeps less is done first', async () => {
  expect(await example('gevent/eat-and-play')).toEqual([
    'join each',
    'spawned, and not begun: undefined',
    'Ada eats, 1',
    'Ben plays, 1',
    'Ben plays, 2',
    'Ada eats, 2',
    'Ada is full, Ben is tired',
    'join all',
    'Cleo eats, 1',
    'Dan plays, 1',
    'Dan plays, 2',
    'Cleo eats, 2',
    'in the order of their ends: Dan is tired, Cleo is full',
  ]);
});

test('interleaving: with sleep(0) by turns, else by the length of the sleep', async () => {
  expect(await example('gevent/interleaving')).toEqual([
    'sleep 0, 0, 0',
    'foo runs',
    'bar runs',
    'func3 runs',
    'foo again',
    'bar again',
    'func3 again',
    'sleep 2, 1, 0',
    'foo runs',
    'bar runs',
    'func3 runs',
    'func3 again',
    'bar again',
    'foo again',
  ]);
});

test('synchronous-asynchronous: one by one, and all at once', async () => {
  const lines = await example('gevent/synchronous-asynchronous');
  const [synchronous = 0, asynchronous = 0] = seconds(lines);
  expect(lines).toEqual([
    ...tasks(10).flatMap((number) => [`task ${number} begins`, `task ${number} is done`]),
    `synchronous: ${synchronous.toFixed(1)} s`,
    ...tasks(10).map((number) => `task ${number} begins`),
    ...tasks(10).map((number) => `task ${number} is done`),
    `asynchronous: ${asynchronous.toFixed(1)} s`,
  ]);
  expect(synchronous).toBeGreaterThanOrEqual(5);
  expect(asynchronous).toBeGreaterThanOrEqual(0.5);
  expect(asynchronous).toBeLessThan(synchronous);
});

test('names: each knows itself, before and after a wait', async () => {
  expect(await example('gevent/names')).toEqual([
    'main: no greenlet',
    'eat, 1: Greenlet-0',
    'play, 1: Greenlet-1',
    'play, 1: the last one',
    'play, 2: Greenlet-1',
    'play, 2: the last one',
    'eat, 2: Greenlet-0',
    'main: no greenlet',
  ]);
});

test('two-tasks: 3 s when they sleep, 5 s when they block', async () => {
  const lines = await example('gevent/two-tasks');
  const [sleeping = 0, blocking = 0] = seconds(lines);
  expect(lines).toEqual([
    'task of 2 s begins',
    'task of 3 s begins',
    'task of 2 s ends',
    'task of 3 s ends',
    `sleepingTasks: ${sleeping.toFixed(1)} s`,
    'task of 2 s begins',
    'task of 2 s ends',
    'task of 3 s begins',
    'task of 3 s ends',
    `blockingTasks: ${blocking.toFixed(1)} s`,
  ]);
  expect(sleeping).toBeGreaterThanOrEqual(3);
  expect(blocking).toBeGreaterThanOrEqual(5);
  expect(sleeping).toBeLessThan(blocking);
});

test('sleepers: a thousand sleep at the same time', async () => {
  const lines = await example('gevent/sleepers');
  expect(lines).toEqual([expect.stringMatching(/^1000 sleepers of 2 s: [\d.]+ s$/)]);
  const [slept = 0] = seconds(lines);
  expect(slept).toBeGreaterThanOrEqual(2);
  // One after the other: 2,000.
  expect(slept).toBeLessThan(50);
});
