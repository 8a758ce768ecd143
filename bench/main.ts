// npm run bench [small | middle | large | latency | memory | kernel] ...

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { benchDownloads } from './downloads.js';
import { benchKernel } from './kernel.js';
import { benchMemory } from './memory.js';

const wanted = process.argv.slice(2);
const wants = (name: string): boolean => wanted.length === 0 || wanted.includes(name);

if (wanted.join() === 'memory') {
  await benchMemory();
} else {
  await benchDownloads(wants);
  if (wants('kernel')) await benchKernel();
  // In a process of its own: its peak shall hold nothing of what was measured before.
  if (wants('memory')) {
    const child = fork(fileURLToPath(import.meta.url), ['memory']);
    await new Promise((resolve) => child.once('close', resolve));
  }
}
