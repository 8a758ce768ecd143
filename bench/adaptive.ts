// npm run bench adaptive: does the limit that finds itself come to what the best fixed one gives, and soon enough? And how often does a
// server that limits the rate have to say so? Over loopback, each answer after 50 ms.

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Settings } from './downloads.js';
import { type Figure, figure } from './figures.js';
import type { Answered, Limits } from './limited-server.js';
import { CLEAN } from './measure.js';
import { BUILT, COMMAND_LINE, removeFolder, scratchFolder } from './places.js';

const LATENCY = 50;
const ROUNDS = 3;
/** What `auto` is measured by. */
const FIXED = [8, 16, 32, 64];
/** Requests that the server serves at a time. */
const CAPACITIES = [null, 32, 12];
/** From when on `auto` has to be fast, and for how long that is measured, in ms. */
const SOON = 3000;
const MEASURED = 3000;
/** Of the best fixed limit's throughput. */
const LEAST = 0.9;
/** More than 64 at a time get in that time. */
const ENDLESS = Math.ceil((64 * (SOON + MEASURED) * 1.5) / LATENCY);

const RATES = [
  { perSecond: 400, burst: 50, files: 4000 },
  { perSecond: 100, burst: 20, files: 1000 },
];
/** Of requests, in percent. */
const MOST_REFUSED = 2;

/** @returns what was measured, and what is asked of it */
export async function benchAdaptive(
  { scale, rounds = ROUNDS }: Pick<Settings, 'scale' | 'rounds'>,
  say: (line: string) => void,
): Promise<Figure[]> {
  const folder = await scratchFolder(200 * 2 ** 20);
  try {
    const figures: Figure[] = [];
    for (const capacity of CAPACITIES) figures.push(...(await beside(capacity, rounds, scale, folder, say)));
    for (const rate of RATES)
      for (const says of [true, false]) figures.push(...(await refusals({ ...rate, says }, scale, folder)));
    return figures;
  } finally {
    removeFolder(folder);
  }
}

/** `auto` and the fixed limits by turns, so that a slow moment of the machine weighs on all. */
async function beside(
  capacity: number | null,
  rounds: number,
  scale: number,
  folder: string,
  say: (line: string) => void,
): Promise<Figure[]> {
  const server = await started({ latency: LATENCY, capacity, bucket: null });
  const list = listOf(ENDLESS, server.port, folder);
  const ratios: number[] = [];
  const found: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const auto = await throughput(server.child, list, [], MEASURED * scale);
      const fixed: number[] = [];
      for (const limit of FIXED) {
        const flags = ['--concurrency', String(limit), '--per-host', String(limit)];
        fixed.push(await throughput(server.child, list, flags, MEASURED * scale));
      }
      found.push(auto);
      ratios.push(auto / Math.max(...fixed));
      const others = FIXED.map((limit, index) => `${limit}: ${fixed[index]?.toFixed(0)}`).join(', ');
      say(`${capacity ?? 'any number'} at a time: auto ${auto.toFixed(0)} a second; ${others}`);
    }
  } finally {
    server.child.disconnect();
  }
  const what = capacity === null ? 'a server of any number at a time' : `a server of ${capacity} at a time`;
  return [
    figure(`${what}: auto, from the third second on`, found, ' a second'),
    figure(`${what}: auto / the best of ${FIXED.join(', ')}`, ratios, 'x', { least: LEAST }),
  ];
}

/** Files a second, from the third on. */
async function throughput(
  server: ChildProcess,
  list: string,
  flags: readonly string[],
  milliseconds: number,
): Promise<number> {
  const { child, out } = await begun(server, list, flags);
  await after(SOON + milliseconds);
  const gone = once(child, 'close');
  child.kill('SIGKILL');
  await gone;
  const { at } = await asked(server);
  removeFolder(out);
  return at.filter((ms) => ms >= SOON && ms < SOON + milliseconds).length / (milliseconds / 1000);
}

/** A whole list under a rate. */
async function refusals(
  { files, ...bucket }: (typeof RATES)[number] & { readonly says: boolean },
  scale: number,
  folder: string,
): Promise<Figure[]> {
  const server = await started({ latency: LATENCY, capacity: null, bucket });
  const count = Math.round(files * scale);
  try {
    const { child, out } = await begun(server.child, listOf(count, server.port, folder), []);
    await once(child, 'close');
    const { at, refused } = await asked(server.child);
    const saved = readdirSync(out).filter((name) => name.endsWith('.bin')).length;
    if (saved !== count) throw new Error(`${saved} of ${count} files were saved`);
    removeFolder(out);
    const seconds = (at.at(-1) ?? 0) / 1000;
    const ideal = (count - bucket.burst) / bucket.perSecond;
    const what = `${bucket.perSecond} a second, ${bucket.burst} at once, ${bucket.says ? 'with' : 'without'} Retry-After`;
    return [
      figure(`${what}: answered 429`, (100 * refused) / (at.length + refused), '%', { most: MOST_REFUSED }),
      figure(`${what}: time / the least there is`, seconds / ideal, 'x'),
    ];
  } finally {
    server.child.disconnect();
  }
}

async function started(limits: Limits): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = fork(join(BUILT, 'limited-server.js'), [JSON.stringify(limits)]);
  const [port]: unknown[] = await once(child, 'message');
  return { child, port: Number(port) };
}

async function asked(server: ChildProcess): Promise<Answered> {
  const answer = once(server, 'message');
  server.send('answered');
  const [answered]: unknown[] = await answer;
  return answered as Answered;
}

function listOf(count: number, port: number, folder: string): string {
  const list = join(folder, 'list.txt');
  writeFileSync(
    list,
    Array.from({ length: count }, (_, n) => `http://127.0.0.1:${port}/${n}.bin`).join('\n'),
  );
  return list;
}

/** fetchall with its defaults, but for the flags, once its first request has come. */
async function begun(
  server: ChildProcess,
  list: string,
  flags: readonly string[],
): Promise<{ readonly child: ChildProcess; readonly out: string }> {
  const out = `${list}.out`;
  mkdirSync(out);
  const first = once(server, 'message');
  const argv = [COMMAND_LINE, list, '--out', out, '--quiet', ...flags];
  const child = spawn(process.execPath, argv, { env: CLEAN, stdio: ['ignore', 'ignore', 'inherit'] });
  const end = (): unknown => child.kill('SIGKILL');
  process.prependOnceListener('exit', end);
  child.once('close', () => process.off('exit', end));
  await first;
  return { child, out };
}
