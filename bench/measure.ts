// One run of one contender: what it took, and whether all files are there.
//
// CPU and peak memory come from wait4 in a small C program between us and the contender (rusage.c): exact, of the whole process
// tree, and it cannot miss a short run as looking into /proc would. Without a C compiler only wall time is measured.

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contender } from './contenders.js';
import type { Work } from './works.js';

export interface Figures {
  /** Seconds. */
  readonly wall: number;
  /** Seconds, user and system. */
  readonly cpu: number | null;
  /** Bytes of resident memory, at most. */
  readonly peak: number | null;
  /** Seconds by the run's own summary, without the start of the program: for what is measured by the ideal. */
  readonly own: number | null;
}

/** A reason, if it is not to be counted. */
export type Outcome = Figures | { readonly failed: string };

export interface Bench {
  readonly work: Work;
  /** Where the contenders write; emptied before each run. */
  readonly out: string;
  /** Where reports and logs go. */
  readonly folder: string;
  /** The compiled rusage.c. */
  readonly rusage: string | undefined;
  /** Of every contender; most add nothing of their own. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Nobody's own settings come in. It matters: NODE_EXTRA_CA_CERTS with a system's certificates doubles the time of `node -e 0`, and
 * with it halves what a start-up seems to cost beside it.
 */
export const CLEAN: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  TMPDIR: tmpdir(),
  LC_ALL: 'C',
  HOME: '/nonexistent',
};

/** A run that takes longer is stopped. */
const LONGEST = 600_000;

export async function runOnce(
  contender: Contender,
  { work, out, folder, rusage, environment }: Bench,
): Promise<Outcome> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  const log = join(folder, 'stderr.txt');
  const said = join(folder, 'stdout.txt');
  const report = join(folder, 'rusage.txt');
  const argv = rusage === undefined ? contender.argv : [rusage, report, ...contender.argv];
  // What a contender says is only kept where it is needed.
  const keeps = work.latency > 0 && contender.kind === 'fetchall';
  const { code, seconds } = await runProgram(
    argv,
    { ...environment, ...contender.environment },
    keeps ? said : '/dev/null',
    log,
  );
  if (code !== 0) return { failed: `ended with ${code}: ${readFileSync(log, 'utf8').trim().slice(-200)}` };
  const wrong = contender.kind === 'start' ? undefined : whatIsWrong(out, work);
  if (wrong !== undefined) return { failed: wrong };
  const figures =
    rusage === undefined ? { wall: seconds, cpu: null, peak: null, own: null } : figuresIn(report);
  return keeps ? { ...figures, own: ownSeconds(said) } : figures;
}

function runProgram(
  [program = '', ...argv]: readonly string[],
  env: NodeJS.ProcessEnv,
  stdout: string,
  stderr: string,
): Promise<{ readonly code: number | string; readonly seconds: number }> {
  const [output, errors] = [openSync(stdout, 'w'), openSync(stderr, 'w')];
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(program, argv, {
      env,
      stdio: ['ignore', output, errors],
      detached: true,
    });
    // Detached, so that it and what it started can be ended together.
    const end = (): unknown => child.pid === undefined || process.kill(-child.pid, 'SIGKILL');
    const clock = setTimeout(end, LONGEST);
    process.prependOnceListener('exit', end);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(clock);
      process.off('exit', end);
      closeSync(output);
      closeSync(errors);
      resolve({ code: code ?? signal ?? '', seconds: (performance.now() - began) / 1000 });
    });
  });
}

/** Number and total size of the files, without what fetchall notes in `.fetchall`. */
export function whatIsWrong(out: string, { files, size }: Work): string | undefined {
  const found = readdirSync(out).filter((name) => name !== '.fetchall');
  if (found.length !== files) return `${found.length} files instead of ${files}`;
  const bytes = found.reduce((sum, name) => sum + statSync(join(out, name)).size, 0);
  return bytes === files * size ? undefined : `${bytes} bytes instead of ${files * size}`;
}

function figuresIn(report: string): Figures {
  const [wall = 0, user = 0, system = 0, peak = 0] = readFileSync(report, 'utf8').split(' ').map(Number);
  return { wall, cpu: user + system, peak: peak * 1024, own: null };
}

function ownSeconds(ndjson: string): number {
  const last: unknown = JSON.parse(readFileSync(ndjson, 'utf8').trimEnd().split('\n').at(-1) ?? '');
  if (typeof last === 'object' && last !== null && 'seconds' in last) return Number(last.seconds);
  throw new Error('the run gave no summary');
}
