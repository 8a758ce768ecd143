// A greenlet, a worker thread and a child process: what each shares with the main program, and what it costs to start one.
// A greenlet shares everything; a worker thread the process, but not its variables; a child process nothing.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, threadId, Worker } from 'node:worker_threads';
import { spawn } from '../../src/index.js';

interface Identity {
  readonly pid: number;
  readonly threadId: number;
  readonly counter: number;
}

/** Module state: who shares it sees 1. */
let counter = 0;
const self = new URL(import.meta.url);
const identity = (): Identity => ({ pid: process.pid, threadId, counter });

async function inGreenlet(): Promise<Identity> {
  return spawn(identity).get();
}

async function inThread(): Promise<Identity> {
  const worker = new Worker(self);
  const [message] = (await once(worker, 'message')) as [Identity];
  await worker.terminate();
  return message;
}

async function inProcess(): Promise<Identity> {
  const child = fork(fileURLToPath(self), ['child']);
  const [message] = (await once(child, 'message')) as [Identity];
  await once(child, 'exit');
  return message;
}

async function compare(): Promise<void> {
  counter = 1;
  console.log(`main: pid ${process.pid}, thread ${threadId}, counter ${counter}`);
  const kinds = { greenlet: inGreenlet, thread: inThread, process: inProcess };
  for (const [kind, run] of Object.entries(kinds)) {
    const start = performance.now();
    const seen = await run();
    const cost = (performance.now() - start).toFixed(2);
    console.log(`${kind}: pid ${seen.pid}, thread ${seen.threadId}, counter ${seen.counter}, ${cost} ms`);
  }
}

if (!isMainThread) parentPort?.postMessage(identity());
else if (process.argv[2] === 'child') process.send?.(identity(), () => process.disconnect());
else await compare();
