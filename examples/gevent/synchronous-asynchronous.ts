// The same task of half a second ten times: called one after the other, each is done before the next begins, and it
// takes 5 s. In ten greenlets all begin before the first is done, and it takes half a second.

import { joinall, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 100;
const TASKS = 10;

async function task(number: number): Promise<void> {
  console.log(`task ${number} begins`);
  await sleep(0.5 * SECOND);
  console.log(`task ${number} is done`);
}

async function synchronous(): Promise<void> {
  for (let number = 1; number <= TASKS; number++) await task(number);
}

async function asynchronous(): Promise<void> {
  await joinall(Array.from({ length: TASKS }, (_, index) => spawn(task, index + 1)));
}

for (const run of [synchronous, asynchronous]) {
  const start = performance.now();
  await run();
  console.log(`${run.name}: ${((performance.now() - start) / SECOND).toFixed(1)} s`);
}
