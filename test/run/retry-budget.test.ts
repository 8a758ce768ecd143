import { describe, expect, it } from 'vitest';
import { RetryBudget } from '../../src/run/retry-budget.js';

function budgetAfter(firstTries: number): RetryBudget {
  const budget = new RetryBudget();
  for (let at = 0; at < firstTries; at++) budget.begin();
  return budget;
}

function granted(budget: RetryBudget, asked: number): number {
  let count = 0;
  for (let at = 0; at < asked; at++) if (budget.take()) count++;
  return count;
}

describe('RetryBudget', () => {
  it.each([
    [1, 500],
    [100, 500],
    [101, 0],
    [104, 0],
    [105, 1],
    [200, 20],
    [1100, 200],
  ])('after %d first tries grants %d of 500 retries', (firstTries, retries) => {
    expect(granted(budgetAfter(firstTries), 500)).toBe(retries);
  });

  it('does not count what was free', () => {
    const budget = budgetAfter(100);
    granted(budget, 400);
    for (let at = 0; at < 100; at++) budget.begin();
    expect(granted(budget, 500)).toBe(20);
  });
});
