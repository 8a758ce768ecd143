// npm run bench [small | middle | large | memory] ...

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { benchDownloads } from './downloads.js';
import { benchMemory } from './memory.js';

const wanted = process.argv.slice(2);
const wants = (name: string): boolean => wanted.length === 0 || wanted.includes(name);

if (wanted.length === 1 && wanted[0] === 'memory') {
  await benchMemory();
} else {
  const works = wanted.filter((name) => name !== 'memory');
  if (wanted.length === 0 || works.length > 0) await benchDownloads(works);
  // Its peak shall hold nothing of what was measured before.
  if (wants('memory')) {
    const child = fork(fileURLToPath(import.meta.url), ['memory']);
    await new Promise((resolve) => child.once('close', resolve));
  }
}
