// Runs commands as whole processes, in turn, and gives medians: A B A B ..., because machines drift.

import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';

export interface Contender {
  readonly name: string;
  /** Arguments to node. */
  readonly argv: readonly string[];
}

export interface Measurement {
  readonly name: string;
  readonly rounds: readonly number[];
  /** Median wall time in seconds. */
  readonly seconds: number;
  readonly fastest: number;
  readonly slowest: number;
}

/** One round for each contender after another, `rounds` times after a warm-up; `out` is emptied before each. */
export async function measure(
  contenders: readonly Contender[],
  rounds: number,
  out: string,
): Promise<Measurement[]> {
  const times = contenders.map((): number[] => []);
  // Round -1 warms the machine up: memory that was idle costs the first who takes it.
  for (let round = -1; round < rounds; round++) {
    for (const [index, { argv }] of contenders.entries()) {
      await rm(out, { recursive: true, force: true });
      const seconds = await timeOnce(argv);
      if (round >= 0) times[index]?.push(seconds);
    }
  }
  return contenders.map(({ name }, index) => {
    const sorted = [...(times[index] ?? [])].sort((a, b) => a - b);
    return {
      name,
      rounds: times[index] ?? [],
      seconds: median(sorted),
      fastest: sorted[0] ?? 0,
      slowest: sorted.at(-1) ?? 0,
    };
  });
}

/** The ratio round by round, so that a slow moment of the machine weighs on both sides. */
export function pairedRatio(one: Measurement, other: Measurement): number {
  const ratios = one.rounds.map((seconds, round) => seconds / (other.rounds[round] ?? Number.NaN));
  return median(ratios.sort((a, b) => a - b));
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function timeOnce(argv: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
    let complaints = '';
    child.stderr.on('data', (text: Buffer) => {
      complaints += text.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve((performance.now() - began) / 1000);
      else reject(new Error(`node ${argv.join(' ')} ended with ${code}: ${complaints}`));
    });
  });
}
