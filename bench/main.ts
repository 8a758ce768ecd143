// npm run bench [small | middle | large | latency | memory | kernel] ...

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { benchDownloads } from './downloads.js';
import { benchKernel } from './kernel.js';
import { benchMemory } from './memory.js';

const wanted = process.argv.slice(2);
const wants = (name: string): boolean => wanted.length === 0 || wanted.includes(name);

if (process.send === undefined) {
  await benchDownloads(wants);
  if (wants('kernel')) await benchKernel();
  if (wants('memory')) await inItsOwnProcess();
} else await benchMemory();

/** Its peak shall hold nothing of what was measured before. */
async function inItsOwnProcess(): Promise<void> {
  // As the command line asks of V8.
  const child = fork(fileURLToPath(import.meta.url), { execArgv: ['--liftoff-only', '--expose-gc'] });
  await new Promise((resolve) => child.once('close', resolve));
}
