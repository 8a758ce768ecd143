// The command line tool as a process of its own. It runs what `npm run build` made.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FetchallEvent } from '../../src/model/events.js';
import { packageRoot } from './package-root.js';

export interface CommandOptions {
  /** What standard input gives, a Readable piece by piece; it is closed at once when not given. */
  readonly stdin?: string | Uint8Array | Readable;
  /** The package's root when not given. */
  readonly cwd?: string;
  /** Added to the environment; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** For {@link fetchall}: sends a signal once this text has appeared. */
  readonly signalAfter?: {
    readonly text: string | RegExp;
    readonly stream?: OutputName;
    readonly signal: NodeJS.Signals;
  };
  /** Flags for node itself. */
  readonly nodeFlags?: readonly string[];
  /** The process is killed, and the test fails, after so many ms: 15,000 when not given. */
  readonly timeout?: number;
}

export type OutputName = 'stdout' | 'stderr';

/** A process that has ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output read as NDJSON; throws where it is anything else. */
  readonly lines: readonly FetchallEvent[];
}

/** Runs `fetchall ...args` to its end, whatever its exit code. */
export async function fetchall(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const command = startFetchall(args, options);
  const { signalAfter } = options;
  if (signalAfter !== undefined) {
    await command.sees(signalAfter.text, signalAfter.stream ?? 'stdout');
    command.kill(signalAfter.signal);
  }
  return command.result;
}

/** Starts `fetchall ...args`, for tests that do something while it runs. */
export function startFetchall(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  return new RunningCommand(args, options);
}

export class RunningCommand {
  readonly pid: number | undefined;
  /** Resolves when the process has ended and all its output has been read. */
  readonly result: Promise<CommandResult>;
  readonly #child: ChildProcess;
  readonly #output: Record<OutputName, string> = { stdout: '', stderr: '' };
  readonly #watchers = new Set<() => void>();
  #hasEnded = false;

  constructor(args: readonly string[], options: CommandOptions) {
    const { stdin, cwd = packageRoot, nodeFlags = [], timeout = 15_000 } = options;
    this.#child = spawn(process.execPath, [...nodeFlags, join(packageRoot, 'bin', 'fetchall.js'), ...args], {
      cwd,
      env: environment(options.env),
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.pid = this.#child.pid;
    for (const name of ['stdout', 'stderr'] as const) {
      this.#child[name]?.setEncoding('utf8').on('data', (text: string) => {
        this.#output[name] += text;
        this.#tell();
      });
    }
    this.#feed(stdin);
    this.result = this.#end(timeout, args);
    // A test that waits for a text first must not be overtaken by an unhandled rejection.
    this.result.catch(() => {});
  }

  get stdout(): string {
    return this.#output.stdout;
  }

  get stderr(): string {
    return this.#output.stderr;
  }

  /** Resolves as soon as the output holds this; rejects when the process ends without having said it. */
  sees(text: string | RegExp, stream: OutputName = 'stdout'): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const output = this.#output[stream];
        const isThere = typeof text === 'string' ? output.includes(text) : output.search(text) !== -1;
        if (!isThere && !this.#hasEnded) return;
        this.#watchers.delete(look);
        if (isThere) resolve();
        else reject(new Error(`ended without ${text} on ${stream}:\n${this.stdout}\n${this.stderr}`));
      };
      this.#watchers.add(look);
      look();
    });
  }

  kill(signal: NodeJS.Signals = 'SIGINT'): void {
    this.#child.kill(signal);
  }

  #tell(): void {
    for (const look of [...this.#watchers]) look();
  }

  #feed(stdin: CommandOptions['stdin']): void {
    const input = this.#child.stdin;
    if (input === null || stdin === undefined) return;
    // A command may end without reading its input: the broken pipe is not the test's business.
    input.on('error', () => {});
    if (stdin instanceof Readable) stdin.pipe(input);
    else input.end(stdin);
  }

  #end(timeout: number, args: readonly string[]): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        this.#child.kill('SIGKILL');
      }, timeout);
      this.#child.on('error', reject);
      this.#child.on('close', (code, signal) => {
        clearTimeout(timer);
        this.#hasEnded = true;
        this.#tell();
        const { stdout, stderr } = this.#output;
        if (isLate) {
          reject(new Error(`fetchall ${args.join(' ')} took more than ${timeout} ms:\n${stdout}\n${stderr}`));
        } else {
          resolve({
            code,
            signal,
            stdout,
            stderr,
            get lines() {
              return parseLines(stdout);
            },
          });
        }
      });
    });
  }
}

function parseLines(text: string): FetchallEvent[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error(`the last line is not ended: ${text.slice(-200)}`);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as FetchallEvent);
}

/** What the test runner sets for itself, or a developer's shell for its tools, must not change what is tested. */
const NOT_INHERITED = /^(?:VITEST.*|FORCE_COLOR|NO_COLOR|NODE_ENV|(?:https?|all|no)_proxy)$/i;

function environment(added: CommandOptions['env'] = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  return { ...Object.fromEntries(inherited), ...added };
}
