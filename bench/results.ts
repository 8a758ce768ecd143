// What was measured, as JSON: works that were run again replace those of before, as long as it is the same machine.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { PEERS, versionOf } from './peers.js';
import type { Row } from './rounds.js';
import type { Yardstick } from './works.js';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** GiB. */
  readonly memory: number;
  readonly system: string;
  readonly node: string;
  /** What each installed peer says of its version. */
  readonly peers: Readonly<Record<string, string>>;
}

export interface WorkResult {
  readonly name: string;
  readonly what: string;
  /** Year-month-day. */
  readonly date: string;
  readonly rounds: number;
  readonly yardstick: Yardstick;
  readonly rows: readonly Row[];
  /** Of two ways to run fetchall. */
  readonly pair: { readonly one: string; readonly other: string; readonly ratio: number | null } | null;
}

export interface Results {
  readonly machine: Machine;
  readonly works: readonly WorkResult[];
}

export function thisMachine(): Machine {
  const processors = cpus();
  const versions = PEERS.filter(({ name }) => name !== 'naive').map((peer) => {
    const program = peer.find();
    return [peer.name, program === undefined ? 'not installed' : versionOf(peer, program)];
  });
  return {
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    peers: Object.fromEntries(versions),
  };
}

/** The works of before in their order, the new ones in place of their namesakes or behind. */
export function merged(before: Results | undefined, { machine, works }: Results): Results {
  const kept = JSON.stringify(before?.machine) === JSON.stringify(machine) ? (before?.works ?? []) : [];
  const now = new Map(works.map((work) => [work.name, work]));
  const old = new Set(kept.map(({ name }) => name));
  return {
    machine,
    works: [...kept.map((work) => now.get(work.name) ?? work), ...works.filter(({ name }) => !old.has(name))],
  };
}

export function readResults(path: string): Results | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Results) : undefined;
}

export function writeResults(path: string, results: Results): void {
  writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`);
}
