// A program of examples/ as a process of its own. It runs what `npm run build:tools` made.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../support/package-root.js';

export interface RunningExample {
  readonly process: ChildProcess;
  /** What it prints; ended when it ends. */
  readonly lines: AsyncIterableIterator<string>;
  /** Types a line. */
  type(line: string): void;
  /** Resolves with the exit code; null when it was killed, as it is after 15 seconds. */
  readonly ended: Promise<number | null>;
}

export interface ExampleOptions {
  readonly args?: readonly string[];
  /** The package's root when not given. */
  readonly cwd?: string;
}

export function startExample(
  name: string,
  { args = [], cwd = packageRoot }: ExampleOptions = {},
): RunningExample {
  const child = spawn(process.execPath, [join(packageRoot, 'build', 'examples', 'main.js'), name, ...args], {
    cwd,
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 15_000,
    killSignal: 'SIGKILL',
  });
  return {
    process: child,
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() as AsyncIterableIterator<string>,
    type: (line) => child.stdin.write(`${line}\n`),
    ended: once(child, 'exit').then(([code]) => code as number | null),
  };
}

/** Runs one to its end. @returns the lines it printed @throws when it fails, or takes more than 15 seconds */
export async function example(name: string, options: ExampleOptions = {}): Promise<string[]> {
  const { lines, ended } = startExample(name, options);
  const printed: string[] = [];
  for await (const line of lines) printed.push(line);
  const code = await ended;
  if (code !== 0) throw new Error(`${name} ended with ${code ?? 'a signal'}:\n${printed.join('\n')}`);
  return printed;
}
