// Two tasks, of 2 s and of 3 s. With the kernel's sleep they take 3 s together, for both wait at the same time. With a
// sleep that blocks they take 5 s: it stops the thread, and with it every greenlet. In Python an unpatched time.sleep does
// that; in Node nothing needs to be patched, for nothing blocks but what is asked to.

import { joinall, sleep, spawn } from '../../src/index.js';
import { block } from '../block.js';

/** One second of the story, in ms. */
const SECOND = 100;

async function sleepingTask(seconds: number): Promise<void> {
  console.log(`task of ${seconds} s begins`);
  await sleep(seconds * SECOND);
  console.log(`task of ${seconds} s ends`);
}

function blockingTask(seconds: number): void {
  console.log(`task of ${seconds} s begins`);
  block(seconds * SECOND);
  console.log(`task of ${seconds} s ends`);
}

for (const task of [sleepingTask, blockingTask]) {
  const start = performance.now();
  await joinall([spawn(task, 2), spawn(task, 3)]);
  console.log(`${task.name}s: ${((performance.now() - start) / SECOND).toFixed(1)} s`);
}
