// npm run bench split: a server that gives each connection 2 MB/s. How much sooner is a file there in four ranges than in one, and how much
// of that is left where it is first looked at what one gives?

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { byteAt } from './byte-at.js';
import { type Figure, figure } from './figures.js';
import { BUILT, COMMAND_LINE, removeFolder, scratchFolder } from './places.js';

const SIZE = 64 * 2 ** 20;
const RANGES = 4;
/** Of the time of one stream. */
const MOST = 0.3;

/** @returns what was measured, and what is asked of it */
export async function benchSplit(): Promise<Figure[]> {
  const folder = await scratchFolder(4 * SIZE);
  const server = fork(join(BUILT, 'slow-server.js'));
  try {
    const [port]: unknown[] = await once(server, 'message');
    const url = `http://127.0.0.1:${port}/${SIZE}/file.bin`;
    const alone = await secondsWith(1, url, join(folder, 'alone'));
    const split = await secondsWith(RANGES, url, join(folder, 'split'));
    const auto = await secondsWith('auto', url, join(folder, 'auto'));
    return [
      figure('64 MiB at 2 MB/s a connection: --split 1', alone, 's'),
      figure(`--split ${RANGES}`, split, 's'),
      figure(`--split ${RANGES} / --split 1`, split / alone, 'x', { most: MOST }),
      figure('--split auto', auto, 's'),
      figure('--split auto / --split 1', auto / alone, 'x'),
    ];
  } finally {
    server.disconnect();
    removeFolder(folder);
  }
}

async function secondsWith(ranges: number | 'auto', url: string, out: string): Promise<number> {
  const began = performance.now();
  const args = [COMMAND_LINE, url, '-o', out, '--split', String(ranges), '--quiet'];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code]: unknown[] = await once(child, 'close');
  const seconds = (performance.now() - began) / 1000;
  const file = readFileSync(join(out, 'file.bin'));
  if (code !== 0 || file.length !== SIZE || !file.every((byte, at) => byte === byteAt(at)))
    throw new Error('the file is not what was sent');
  return seconds;
}
