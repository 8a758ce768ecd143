// A condition lets through as many as it is told: ten wait at the gate, and `notify(n)` wakes the n that have waited
// longest.

import { Condition, joinall, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;
const WAITING = 10;

const gate = new Condition();

async function pass(visitor: number): Promise<void> {
  await gate.use(async () => {
    await gate.wait();
    console.log(`visitor ${visitor} goes through`);
  });
}

const visitors = Array.from({ length: WAITING }, (_, index) => spawn(pass, index + 1));
for (const count of [1, 3, 2]) {
  await sleep(SECOND);
  console.log(`the gate opens for ${count}`);
  await gate.use(() => gate.notify(count));
}
await sleep(SECOND);
console.log('the gate opens for all');
await gate.use(() => gate.notifyAll());
await joinall(visitors);
console.log('nobody is left');
