// The lost update. Between two awaits a greenlet has the program for itself, but whoever reads, awaits and then writes has
// been overtaken meanwhile. A lock (a semaphore of one) around all three makes them one step.

import { joinall, Semaphore, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;
const BUYERS = 100;

let tickets = BUYERS;

async function buy(): Promise<void> {
  const seen = tickets;
  await sleep(0.02 * SECOND);
  tickets = seen - 1;
}

async function buyInOneStep(): Promise<void> {
  // No await between reading and writing: no lock needed.
  await sleep(0.02 * SECOND);
  tickets -= 1;
}

const lock = new Semaphore(1);

async function sell(how: string, run: () => Promise<void>): Promise<void> {
  tickets = BUYERS;
  await joinall(Array.from({ length: BUYERS }, () => spawn(run)));
  console.log(`${how}: ${BUYERS} buyers, ${tickets} tickets left`);
}

await sell('without a lock', buy);
await sell('with a lock', () => lock.use(buy));
await sell('in one step', buyInOneStep);
