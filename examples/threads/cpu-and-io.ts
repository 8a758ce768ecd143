// Greenlets are for waiting, worker threads for computing. Four waits in four greenlets take as long as one: nobody
// computes. Four computations in four greenlets take as long as four, one after the other, and nothing else runs
// meanwhile, for all greenlets share one thread. In four worker threads they use as many processor cores as there are,
// and the heart of the main thread goes on beating.

import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { joinall, sleep, spawn } from '../../src/index.js';

const JOBS = 4;
/** ms */
const WAIT = 100;
const LIMIT = 1_500_000;

/** How many primes there are below the limit, in the slowest way. */
function compute(): number {
  let primes = 0;
  for (let candidate = 2; candidate < LIMIT; candidate++) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor++;
    if (divisor * divisor > candidate) primes++;
  }
  return primes;
}

async function computeInThread(): Promise<number> {
  const worker = new Worker(new URL(import.meta.url));
  const [primes] = (await once(worker, 'message')) as [number];
  return primes;
}

async function measure(what: string, run: () => unknown): Promise<void> {
  let beats = 0;
  const heart = spawn(async () => {
    for (;;) {
      await sleep(5);
      beats++;
    }
  });
  const start = performance.now();
  await joinall(
    Array.from({ length: JOBS }, () => spawn(run)),
    { raiseError: true },
  );
  const time = Math.round(performance.now() - start);
  console.log(`${JOBS} ${what}: ${time} ms, the heart ${beats > 0 ? 'beats on' : 'stands still'}`);
  await heart.kill();
}

if (isMainThread) {
  console.log(`${availableParallelism()} cores; one wait takes ${WAIT} ms`);
  const start = performance.now();
  compute();
  console.log(`one computation takes ${Math.round(performance.now() - start)} ms`);
  await measure('waits in greenlets', () => sleep(WAIT));
  await measure('computations in greenlets', compute);
  await measure('computations in worker threads', computeInThread);
} else {
  parentPort?.postMessage(compute());
}
