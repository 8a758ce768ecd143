// Where the time of a work goes: V8's own sampling profile of the command line, each thread's own, summed up as text.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { contendersOf } from './contenders.js';
import { ROOT, removeFolder, scratchFolder } from './places.js';
import { startServers } from './servers.js';
import { bytesNeeded } from './site.js';
import { isWanted, scaled, WORKS } from './works.js';

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** Of the .cpuprofile format of the Chrome DevTools protocol, what is used here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: Frame;
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

const SHOWN = 30;

/** Not committed: build/ is what was made. */
const FOLDER = join(ROOT, 'build/profile');

export async function benchProfile(
  wanted: readonly string[],
  scale: number,
  say: (line: string) => void,
): Promise<void> {
  const works = WORKS.filter(({ name }) => isWanted(name, wanted)).map((work) => scaled(work, scale));
  const scratch = await scratchFolder(bytesNeeded(works));
  process.once('exit', () => removeFolder(scratch));
  const servers = await startServers(scratch, works);
  try {
    for (const work of works) {
      const folder = join(FOLDER, work.name);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      const out = join(scratch, 'out');
      const [ours] = contendersOf(work, servers.ports, join(scratch, work.name), out, () => false);
      const [node = '', ...argv] = ours?.argv ?? [];
      const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=200'];
      const { status } = spawnSync(node, [...flags, ...argv], { stdio: ['ignore', 'ignore', 'inherit'] });
      rmSync(out, { recursive: true, force: true });
      if (status !== 0) throw new Error(`${work.name} ended with ${status}`);
      const text = readdirSync(folder)
        .sort()
        .map((file) => profileText(threadOf(file), read(join(folder, file))));
      writeFileSync(join(folder, 'profile.txt'), text.join('\n'));
      say(
        `${work.name}: ${join(folder, 'profile.txt')}; the .cpuprofile files beside it open in Chrome's DevTools\n`,
      );
      say(text.join('\n'));
    }
  } finally {
    await servers.stop();
    removeFolder(scratch);
  }
}

function read(path: string): CpuProfile {
  return JSON.parse(readFileSync(path, 'utf8')) as CpuProfile;
}

/** `CPU.DATE.TIME.PROCESS.THREAD.NUMBER.cpuprofile`. */
function threadOf(file: string): string {
  const thread = file.split('.')[4];
  return thread === '0' ? 'main thread' : `thread ${thread}`;
}

/**
 * The time of a thread: by category, by function, both its own without what it calls; then as a tree, with what it calls.
 * What waits in Atomics.wait is counted as if it worked.
 */
export function profileText(title: string, profile: CpuProfile): string {
  const byNode = new Map<number, number>();
  for (const [index, id] of profile.samples.entries()) {
    add(byNode, id, profile.timeDeltas[index + 1] ?? 0);
  }
  const byCategory = new Map<string, number>();
  const byFunction = new Map<string, number>();
  for (const { id, callFrame } of profile.nodes) {
    const time = byNode.get(id) ?? 0;
    add(byCategory, categoryOf(callFrame), time);
    add(byFunction, placeOf(callFrame), time);
  }
  const total = [...byNode.values()].reduce((sum, time) => sum + time, 0);
  return [
    `${title}: ${(total / 1000).toFixed(0)} ms`,
    ...longest(byCategory, total),
    '',
    ...longest(byFunction, total),
    '',
    ...treeLines(profile, byNode, total),
    '',
  ].join('\n');
}

function longest(times: ReadonlyMap<string, number>, total: number): string[] {
  const sorted = [...times].filter(([, time]) => time > 0).sort(([, one], [, other]) => other - one);
  return sorted.slice(0, SHOWN).map(([name, time]) => line(name, time, total));
}

/** Callers above, what they call indented below: a flame graph on its side. */
function treeLines({ nodes }: CpuProfile, byNode: ReadonlyMap<number, number>, total: number): string[] {
  const node = new Map(nodes.map((each) => [each.id, each]));
  const totals = new Map<number, number>();
  const sum = (id: number): number => {
    const called = (node.get(id)?.children ?? []).map(sum);
    const time = called.reduce((one, other) => one + other, byNode.get(id) ?? 0);
    totals.set(id, time);
    return time;
  };
  const timeOf = (id: number): number => totals.get(id) ?? 0;
  const lines = (id: number, depth: number): string[] => {
    const { callFrame, children = [] } = node.get(id) ?? {};
    if (callFrame === undefined || timeOf(id) < total / 100) return [];
    const below = [...children].sort((one, other) => timeOf(other) - timeOf(one));
    const own = line(`${' '.repeat(depth)}${placeOf(callFrame)}`, timeOf(id), total);
    return [own, ...below.flatMap((child) => lines(child, depth + 1))];
  };
  const root = nodes[0]?.id ?? 0;
  sum(root);
  return lines(root, 0);
}

function line(name: string, time: number, total: number): string {
  const percent = ((100 * time) / total).toFixed(1);
  return `  ${(time / 1000).toFixed(0).padStart(7)} ms ${percent.padStart(5)} %  ${name}`;
}

function placeOf({ functionName, url, lineNumber }: Frame): string {
  const place = url === '' ? '' : `  ${basename(url)}:${lineNumber + 1}`;
  return `${functionName || '(anonymous)'}${place}`;
}

function add<Key>(times: Map<Key, number>, name: Key, time: number): void {
  times.set(name, (times.get(name) ?? 0) + time);
}

/** By the file that a function is in; what is in none is V8's or a system call of Node's. */
function categoryOf({ functionName: name, url }: Frame): string {
  if (name.startsWith('(')) return name === '(program)' ? 'native code outside of calls' : name.slice(1, -1);
  if (url === '') return 'native calls (system calls, codecs)';
  if (url.startsWith('node:')) return "Node's own JavaScript";
  if (url.startsWith('wasm:')) return 'WebAssembly (parser)';
  return /undici/.test(url) ? 'undici and transport' : 'fetchall';
}
