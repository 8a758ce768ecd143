import { expect, it } from 'vitest';
import { isWorthSplitting } from '../../src/download/patience.js';

it.each([
  { pace: 100, left: 500_000, is: false },
  { pace: 100, left: 500_001, is: true },
  { pace: 31_999, left: 1e12, is: true },
  { pace: 32_000, left: 1e12, is: false },
  { pace: 0, left: 1, is: true },
  { pace: 0, left: 0, is: false },
  { pace: Number.NaN, left: 1e12, is: false },
  { pace: Number.POSITIVE_INFINITY, left: 1e12, is: false },
])('$left bytes at $pace a ms are worth further requests: $is', ({ pace, left, is }) => {
  expect(isWorthSplitting(pace, left)).toBe(is);
});
