// A few of the crashes of `npm run test:crash`: killed at a random moment, continued, and nothing is lost.

import { expect, test } from 'vitest';
import { crash } from '../support/crash.js';
import { temporaryFolder } from '../support/temp-folder.js';

const FIRST = Math.floor(Math.random() * 1_000_000);
const RUNS = 20;
const seeds = Array.from({ length: RUNS }, (_, at) => FIRST + at);

test.each(seeds)('killed and continued, seed %i', { timeout: 120_000 }, async (seed) => {
  const { faults } = await crash(seed, await temporaryFolder());
  expect(faults).toEqual([]);
});

test.each(seeds.slice(0, 4))('with worker threads, seed %i', { timeout: 120_000 }, async (seed) => {
  const { faults } = await crash(seed, await temporaryFolder(), { flags: ['--workers', '3'] });
  expect(faults).toEqual([]);
});

test.each(seeds.slice(0, 3))('with a file in four ranges, seed %i', { timeout: 120_000 }, async (seed) => {
  const { faults, wasSplit } = await crash(seed, await temporaryFolder(), { isSplit: true });
  expect([faults, wasSplit]).toEqual([[], true]);
});
