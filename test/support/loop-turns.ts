// A server of the test's own process notices what has come when the event loop gets to it: how much earlier it may have come.

import { onTestFinished } from 'vitest';

/** @returns when the loop turned the last time but one, in ms: what is noticed now had not come before */
export function watchTurns(): () => number {
  let last = performance.now();
  let before = last;
  const timer = setInterval(() => {
    before = last;
    last = performance.now();
  }, 1);
  onTestFinished(() => clearInterval(timer));
  return () => before;
}
