// npm run bench dead-half: half of the URLs are of hosts that accept and never answer. How much longer does the living half take?

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Figure, figure } from './figures.js';
import { BUILT, COMMAND_LINE, removeFolder, scratchFolder } from './places.js';

const URLS = 10_000;
const DEAD_HOSTS = 20;
const SIZE = 1000;
const LATENCY = 50;
/** The living half may take so many times as long as alone. */
const MOST = 1.3;

type Order = 'alone' | 'interleaved' | 'dead first' | 'shuffled';

interface Halves {
  readonly living: readonly string[];
  readonly dead: readonly string[];
}

/** @returns what was measured, and what is asked of it */
export async function benchDeadHalf({ scale }: { readonly scale: number }): Promise<Figure[]> {
  const folder = await scratchFolder(200 * 2 ** 20);
  const servers = [fork(join(BUILT, 'delaying-server.js')), fork(join(BUILT, 'silent-server.js'))];
  try {
    const [living = 0, silent = 0] = await Promise.all(servers.map(portOf));
    const halves = halvesOf(Math.round(URLS * scale), living, silent);
    const alone = await livingSeconds(halves, 'alone', folder);
    const figures = [figure(`${halves.living.length} URLs with ${LATENCY} ms latency, alone`, alone, 's')];
    for (const order of ['interleaved', 'dead first', 'shuffled'] as const) {
      const seconds = await livingSeconds(halves, order, folder);
      const what = `with as many of ${DEAD_HOSTS} dead hosts, ${order}`;
      figures.push(figure(`${what} / alone`, seconds / alone, 'x', { most: MOST }));
    }
    return figures;
  } finally {
    for (const server of servers) server.disconnect();
    removeFolder(folder);
  }
}

async function portOf(server: ChildProcess): Promise<number> {
  const [port]: unknown[] = await once(server, 'message');
  return Number(port);
}

function halvesOf(count: number, living: number, silent: number): Halves {
  const numbers = Array.from({ length: count }, (_, n) => n);
  return {
    living: numbers.map((n) => `http://127.0.0.1:${living}/${SIZE}/${LATENCY}/${n}.bin`),
    // One host after another.
    dead: numbers.map(
      (n) => `http://127.0.1.${1 + Math.floor((n * DEAD_HOSTS) / count)}:${silent}/dead-${n}.bin`,
    ),
  };
}

function inOrder({ living, dead }: Halves, order: Order): readonly string[] {
  switch (order) {
    case 'alone':
      return living;
    case 'dead first':
      return [...dead, ...living];
    case 'interleaved':
      // The dead hosts in turn.
      return living.flatMap((url, n) => [dead[inTurn(n, dead.length)] ?? '', url]);
    case 'shuffled':
      return shuffled([...dead, ...living]);
  }
}

function inTurn(n: number, count: number): number {
  return (n % DEAD_HOSTS) * (count / DEAD_HOSTS) + Math.floor(n / DEAD_HOSTS);
}

/** The same order each time (Fisher and Yates, a linear congruential generator). */
function shuffled(urls: string[]): string[] {
  let state = 1;
  for (let last = urls.length - 1; last > 0; last--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    [urls[last], urls[other]] = [urls[other] ?? '', urls[last] ?? ''];
  }
  return urls;
}

/** From the start of the process to the last ending of the living half. */
async function livingSeconds(halves: Halves, order: Order, folder: string): Promise<number> {
  const list = join(folder, 'list.txt');
  const out = join(folder, 'out');
  mkdirSync(out);
  writeFileSync(list, inOrder(halves, order).join('\n'));
  const began = performance.now();
  const args = [COMMAND_LINE, list, '-o', out, '--headers-timeout', '2s', '-c', '64', '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'close');
  let left = halves.living.length;
  let seconds = 0;
  for await (const line of createInterface(child.stdout)) {
    const event: { event: string; outcome?: string } = JSON.parse(line);
    if (event.event !== 'finished' || event.outcome !== 'saved') continue;
    if (--left === 0) seconds = (performance.now() - began) / 1000;
  }
  await gone;
  removeFolder(out);
  if (left > 0) throw new Error(`${left} of the living half were not saved`);
  return seconds;
}
