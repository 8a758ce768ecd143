// The kernel against bare promises, against gevent, and its Pool against p-limit fed by hand. Each figure is taken in a process
// of its own, in turn, so that nobody's memory or warm code is another's.

import { fork, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Event, joinall, Pool, RawGreenlet, sleep, spawn } from 'fetchall';
import pLimit from 'p-limit';
import { pythonWithGevent } from './peers.js';

const ROUNDS = 5;

const SPAWNED = 200_000;
const PARKED = 1_000_000;
const SWITCHES = 1_000_000;
const YIELDS = 200_000;
const ITEMS = 1_000_000;
const SLOTS = 100;

/** Seconds, or for the parked ones bytes each. */
type Task = () => Promise<number>;

const nothing = async (): Promise<void> => {};

async function seconds(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** Bytes that each of many takes while it waits, by what the process grew. */
async function bytesEach(park: () => unknown): Promise<number> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const kept = park();
  await new Promise((resolve) => setTimeout(resolve, 100));
  globalThis.gc?.();
  const grown = process.memoryUsage().rss - before;
  // Used after the measurement, or the collector might take them before.
  if (kept === undefined) throw new Error('nothing was parked');
  return grown / PARKED;
}

const TASKS: Readonly<Record<string, Task>> = {
  'spawn greenlets': () => seconds(() => joinall(Array.from({ length: SPAWNED }, () => spawn(nothing)))),
  'spawn promises': () =>
    seconds(() => Promise.all(Array.from({ length: SPAWNED }, () => Promise.resolve().then(nothing)))),
  'park greenlets': () => {
    const event = new Event();
    return bytesEach(() => [event, Array.from({ length: PARKED }, () => spawn(() => event.wait()))]);
  },
  'park promises': () => {
    let release: (() => void) | undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const wait = async (): Promise<void> => {
      await released;
    };
    return bytesEach(() => [release, Array.from({ length: PARKED }, () => wait())]);
  },
  'switch generators': () =>
    seconds(() => {
      const other: RawGreenlet = new RawGreenlet(function* play() {
        for (;;) yield one.switch();
      });
      const one: RawGreenlet = new RawGreenlet(function* eat() {
        for (let count = 0; count < SWITCHES; count += 2) yield other.switch();
      });
      one.switch();
    }),
  'yield in generator greenlets': () =>
    seconds(() => {
      const turns = function* turns(): Generator<undefined, void, never> {
        for (let count = 0; count < YIELDS; count += 2) yield;
      };
      return joinall([spawn(turns), spawn(turns)]);
    }),
  'sleep(0) in async greenlets': () =>
    seconds(() => {
      const turns = async (): Promise<void> => {
        for (let count = 0; count < YIELDS; count += 2) await sleep(0);
      };
      return joinall([spawn(turns), spawn(turns)]);
    }),
  pool: () =>
    seconds(async () => {
      const pool = new Pool(SLOTS);
      for (let item = 0; item < ITEMS; item++) await pool.spawn(nothing);
      await pool.join();
    }),
  'p-limit': () =>
    seconds(async () => {
      const limit = pLimit(SLOTS);
      let wake = (): void => {};
      for (let item = 0; item < ITEMS; item++) {
        if (limit.activeCount + limit.pendingCount >= SLOTS) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        void limit(nothing).then(() => wake());
      }
      while (limit.activeCount > 0) await sleep(0);
    }),
};

/** Of each comparison, first ours; what begins with `gevent` is measured by kernel.py. */
const COMPARISONS: readonly {
  readonly title: string;
  readonly tasks: readonly string[];
  show(figure: number): string;
}[] = [
  {
    title: `spawn and join, ${count(SPAWNED)} in one go`,
    tasks: ['spawn greenlets', 'spawn promises', 'gevent spawn'],
    show: (figure) => `${count(SPAWNED / figure)}/s`,
  },
  {
    title: `memory of one that waits, of ${count(PARKED)} (gevent: of 100,000)`,
    tasks: ['park greenlets', 'park promises', 'gevent park'],
    show: (figure) => `${count(figure)} B each, ${count((figure * PARKED) / 1_048_576)} MB for a million`,
  },
  {
    title: 'switches between two',
    tasks: ['switch generators', 'gevent switch'],
    show: (figure) => `${count(SWITCHES / figure)}/s`,
  },
  {
    title: 'giving way to the other of two',
    tasks: ['yield in generator greenlets', 'sleep(0) in async greenlets', 'gevent sleep'],
    show: (figure) => `${count(YIELDS / figure)}/s`,
  },
  {
    title: `a pool of ${SLOTS} over ${count(ITEMS)} items`,
    tasks: ['pool', 'p-limit'],
    show: (figure) => `${figure.toFixed(2)} s`,
  },
];

const GEVENT = fileURLToPath(new URL('../../bench/kernel.py', import.meta.url));

export async function benchKernel(): Promise<void> {
  const python = pythonWithGevent();
  if (python === undefined)
    console.log('kernel: gevent is left out; apt-get install python3-gevent brings it');
  for (const { title, tasks, show } of COMPARISONS) {
    const contenders = tasks.filter((task) => python !== undefined || !task.startsWith('gevent'));
    const figures = contenders.map((): number[] => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, task] of contenders.entries())
        figures[index]?.push(await inItsOwnProcess(task, python));
    }
    const medians = figures.map((each) => each.sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN);
    console.log(`kernel: ${title}`);
    for (const [index, task] of contenders.entries()) {
      const figure = medians[index] ?? Number.NaN;
      const ratio = index === 0 ? '' : `  ${(figure / (medians[0] ?? Number.NaN)).toFixed(2)}x ours`;
      console.log(`  ${task.padEnd(30)} ${show(figure)}${ratio}`);
    }
  }
}

function inItsOwnProcess(task: string, python: string | undefined): Promise<number> {
  if (task.startsWith('gevent') && python !== undefined) {
    const { stdout, stderr } = spawnSync(python, [GEVENT, task.slice('gevent '.length)], {
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(`kernel.py: ${stderr}`);
    return Promise.resolve(Number(stdout));
  }
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [task], {
      execArgv: ['--expose-gc', '--max-old-space-size=8192'],
    });
    child.once('message', (figure) => resolve(Number(figure)));
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`${task} ended with ${code}`));
    });
  });
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

const task = process.send === undefined ? undefined : TASKS[process.argv[2] ?? ''];
if (task !== undefined) {
  const figure = await task();
  process.send?.(figure, () => process.exit());
}
