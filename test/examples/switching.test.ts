// examples/switching: each program as a process of its own.

import { expect, test } from 'vitest';
import { example } from './example.js';

test('eat-and-play: each goes on where it stood, with the value of the switch', async () => {
  expect(await example('switching/eat-and-play')).toEqual([
    'Ada eats, 1',
    'Ada plays, 1',
    'Ada eats, 2, after "one game is over"',
    'Ada plays, 2',
    'eat has ended: false, play has ended: true',
  ]);
});

test('there-and-back: 12 56 34 78', async () => {
  expect(await example('switching/there-and-back')).toEqual(['12', '56', '34', '78']);
});

test('for-ever: by turns, for as many rounds as wanted', async () => {
  const rounds = (count: number) =>
    Array.from({ length: count }, (_, index) => [1, 2].map((one) => `work${one}, round ${index + 1}`)).flat();
  expect(await example('switching/for-ever')).toEqual(rounds(5));
  expect(await example('switching/for-ever', { args: ['12'] })).toEqual(rounds(12));
});
