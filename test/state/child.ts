// A process of its own that plays with what `npm run build` made: to be waited for by its lines, and to be killed.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { packageRoot } from '../support/package-root.js';

export interface Child {
  readonly pid: number;
  /** The next line of its standard output; rejects, with its standard error, when it ends without one. */
  line(): Promise<string>;
  /** To its standard input. */
  tell(line: string): void;
  /** Resolves when a signal that it cannot catch has ended it. */
  kill(): Promise<void>;
  /** The exit code; null when a signal has ended it. */
  readonly ended: Promise<number | null>;
}

/** An import's target, quoted: a module of `src` as it was built. */
export function built(path: string): string {
  return JSON.stringify(pathToFileURL(join(packageRoot, 'dist', path)).href);
}

/** Runs a module of JavaScript in Node; it is killed at the latest when the test ends. */
export function startModule(source: string, ...args: readonly string[]): Child {
  return startChild(process.execPath, '--input-type=module', '--eval', source, '--', ...args);
}

export function startChild(command: string, ...args: readonly string[]): Child {
  const child = spawn(command, [...args], { stdio: 'pipe' });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} does not start`);
  // What it was told may come too late for it.
  child.stdin.on('error', () => {});
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  return {
    pid,
    ended,
    kill,
    tell: (line) => void child.stdin.write(`${line}\n`),
    async line() {
      const { value, done } = await lines.next();
      if (done !== true) return value as string;
      throw new Error(`ended with ${await ended}, and without a line more:\n${stderr}`);
    },
  };
}
