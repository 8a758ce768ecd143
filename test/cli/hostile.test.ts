// The command line against servers that mean harm, each in a process of its own: it ends within its limit, with its code and exit
// code, writes nothing outside the folder, sends nothing raw to the terminal, and stays small.

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pool } from '../../src/coroutine/index.js';
import { type CommandResult, fetchall } from '../support/command-line.js';
import { startRawServer } from '../support/raw-server.js';
import { HOSTILE_ROWS, type HostileRow } from './hostile-rows.js';
import { eventOf } from './stage.js';

/** Processes at a time: most of them only wait. */
const AT_ONCE = 4;
/** Limits are 700 ms and a second; the rest is for the start, and for a busy machine. */
const LATE = 15_000;
/** In KiB. */
const PEAK = 150 * 1024;

/** Controls but the line break, and letters that turn the reading direction. */
const UNSAFE = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** Writes down the most memory that the process has had: its own, where Linux tells it, not its parent's before the start. */
const NOTE_PEAK = `data:text/javascript,${encodeURIComponent(`
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
process.on('exit', () => {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const peak = /VmHWM:\\s*(\\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  writeFileSync(process.env.PEAK_FILE, String(peak));
});`)}`;

interface Outcome {
  readonly result: CommandResult;
  /** In KiB. */
  readonly peak: number;
  /** What lies in the folder, and whatever lies beside and above it. */
  readonly names: readonly string[];
  readonly outside: readonly string[];
}

let root = '';
const pool = new Pool(AT_ONCE);
const outcomes = new Map<HostileRow, Promise<Outcome>>();

async function runRow(row: HostileRow): Promise<Outcome> {
  const above = await mkdtemp(join(root, 'row-'));
  const cwd = join(above, 'between', 'cwd');
  await mkdir(cwd, { recursive: true });
  const server = await startRawServer(row.script);
  try {
    const url = server.url(row.path ?? '/a').replace('http', row.scheme ?? 'http');
    const peakFile = `${above}.peak`;
    const args = [url, '-o', 'out', '--retries', '0', '--json', '-v', '--insecure', ...(row.args ?? [])];
    const nodeFlags = ['--import', NOTE_PEAK];
    const result = await fetchall(args, { cwd, env: { PEAK_FILE: peakFile }, nodeFlags, timeout: LATE });
    const outside = (await readdir(above, { recursive: true })).filter(
      (path) => !path.startsWith('between/cwd/out'),
    );
    const out = join(cwd, 'out');
    const names = existsSync(out) ? (await readdir(out)).filter((name) => name !== '.fetchall') : [];
    return { result, peak: Number(await readFile(peakFile, 'utf8')), names, outside };
  } finally {
    await server.close();
  }
}

beforeAll(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), 'fetchall-hostile-'));
  for (const row of Object.values(HOSTILE_ROWS).flat()) {
    const outcome = new Promise<Outcome>((resolve, reject) => {
      void pool.spawn(() => runRow(row).then(resolve, reject));
    });
    // A row that is reached later must not be overtaken by an unhandled rejection.
    outcome.catch(() => {});
    outcomes.set(row, outcome);
  }
});

afterAll(async () => {
  await pool.join();
  await rm(root, { recursive: true, force: true, maxRetries: 3 });
});

describe.each(Object.entries(HOSTILE_ROWS))('%s', (_, rows) => {
  it.for(rows)('$name', { timeout: 120_000 }, async (row) => {
    const { result, peak, names, outside } = await (outcomes.get(row) ?? runRow(row));
    const { outcome, error } = eventOf(result, 'finished');
    const codes: readonly unknown[] = Array.isArray(row.code) ? row.code : [row.code];
    expect(codes).toContain(error?.code ?? null);
    expect(result.code).toBe(error === null ? 0 : row.exit);
    expect(outcome).toBe(error === null ? 'saved' : 'failed');
    expect(result.stdout + result.stderr).not.toMatch(UNSAFE);
    expect([...outside].sort()).toEqual(['between', 'between/cwd']);
    // A file where it is saved, at most a part where it is not.
    for (const name of names) {
      expect(name).not.toMatch(UNSAFE);
      expect(name.endsWith('.part')).toBe(error !== null);
    }
    expect(names.length).toBe(error === null ? 1 : Math.min(1, names.length));
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(PEAK);
  });
});
