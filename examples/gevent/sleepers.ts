// A thousand greenlets that sleep for 2 s each are done in 2 s. A thread for each would do the same, at the price of a
// stack for each; a greenlet that waits is an object and a timer.

import { joinall, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 100;
const SLEEPERS = 1000;

let awake = 0;

async function sleeper(): Promise<void> {
  await sleep(2 * SECOND);
  awake++;
}

const start = performance.now();
await joinall(Array.from({ length: SLEEPERS }, () => spawn(sleeper)));
console.log(`${awake} sleepers of 2 s: ${((performance.now() - start) / SECOND).toFixed(1)} s`);
