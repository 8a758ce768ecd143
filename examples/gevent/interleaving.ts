// Who runs when: greenlets begin in the order in which they were spawned, and each runs until it sleeps. `sleep(0)` does
// not wait but lets all others go first that are ready. With 2, 1 and 0 seconds they come back in the opposite order.

import { joinall, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 100;

async function foo(pause: number): Promise<void> {
  console.log('foo runs');
  await sleep(pause * SECOND);
  console.log('foo again');
}

async function bar(pause: number): Promise<void> {
  console.log('bar runs');
  await sleep(pause * SECOND);
  console.log('bar again');
}

async function func3(pause: number): Promise<void> {
  console.log('func3 runs');
  await sleep(pause * SECOND);
  console.log('func3 again');
}

console.log('sleep 0, 0, 0');
await joinall([spawn(foo, 0), spawn(bar, 0), spawn(func3, 0)]);

console.log('sleep 2, 1, 0');
await joinall([spawn(foo, 2), spawn(bar, 1), spawn(func3, 0)]);
