// examples/generators: each program as a process of its own. Order and kind of timing are held, never milliseconds.

import { expect, test } from 'vitest';
import { example } from './example.js';

/** The number that follows the words. */
const after = (words: string, lines: readonly string[]): number =>
  Number(new RegExp(`${words} (\\d+(?:\\.\\d+)?)`).exec(lines.join('\n'))?.[1]);

test('batch: all is produced before anything is consumed', async () => {
  const lines = await example('generators/batch');
  expect(lines.map((line) => line.replace(/ [\d.]+ ms$/, ''))).toEqual([
    '1000000 items produced',
    'produce took',
    '1000000 items consumed',
    'consume took',
    'both took',
  ]);
  const [produce, consume, both] = ['produce took', 'consume took', 'both took'].map((what) =>
    after(what, lines),
  );
  // Each is rounded to 0.1 ms.
  expect(both).toBeGreaterThanOrEqual((produce ?? 0) + (consume ?? 0) - 0.2);
});

test('producer-consumer: an item goes there, an answer comes back', async () => {
  const lines = await example('generators/producer-consumer');
  expect(lines).toEqual([
    'producer: consumer says "ready"',
    ...[1, 2, 3, 4, 5].flatMap((item) => [
      `producer: makes ${item}`,
      `consumer: takes ${item}`,
      `producer: consumer says "item ${item} is fine"`,
    ]),
  ]);
});

test('buns: each of the two eats one of each pair', async () => {
  const lines = await example('generators/buns');
  expect(lines).toEqual([
    'Ada sits down, hungry',
    'Ben sits down, hungry',
    ...[1, 2, 3, 4, 5].flatMap((round) => [
      `baker: round ${round}, 2 buns`,
      `Ada eats bun ${2 * round - 1}`,
      `Ben eats bun ${2 * round}`,
    ]),
    'Ada has had enough',
    'Ben has had enough',
  ]);
});

test('blocking-consumer: the producer waits for it each time', async () => {
  const lines = await example('generators/blocking-consumer');
  expect(lines.slice(0, -1).map((line) => line.replace(/ at [\d.]+ s$/, ''))).toEqual(
    [1, 2, 3, 4, 5].flatMap((item) => [`item ${item} produced`, `item ${item} consumed`]),
  );
  expect(after('5 items in', lines)).toBeGreaterThanOrEqual(10);
});

test('call-or-send: both come to the same sum', async () => {
  const [items, call, send] = await example('generators/call-or-send');
  expect(items).toBe('2000000 items');
  expect(call).toMatch(/^a call for each: [\d.]+ ms, sum 1999999000000$/);
  expect(send).toMatch(/^a primed generator: [\d.]+ ms, sum 1999999000000$/);
});

test('hand-over: 1 2 3 4 in both ways', async () => {
  expect((await example('generators/hand-over')).join(' ')).toBe('by turns 1 2 3 4 by yield* 1 2 3 4');
});

test('switching-cost: the same results, later', async () => {
  const lines = await example('generators/switching-cost');
  const [serial, switching] = lines.map((line) => / results (.*)$/.exec(line)?.[1]);
  expect(serial).toBe('49999995000000 and 41380');
  expect(switching).toBe(serial);
  expect(after('switching takes', lines)).toBeGreaterThan(1);
});
