import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compile } from '../../bench/compile.js';
import { type Contender, contendersOf } from '../../bench/contenders.js';
import { CLEAN } from '../../bench/measure.js';
import { findProgram } from '../../bench/places.js';
import { merged, thisMachine, type WorkResult } from '../../bench/results.js';
import { pairedRatio, runRounds, spreadOf } from '../../bench/rounds.js';
import { startServers } from '../../bench/servers.js';
import { putBetweenMarks, shortTable, workTable } from '../../bench/table.js';
import { scaled, WORKS, type Work } from '../../bench/works.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fetchall-bench-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Twenty small files. */
function smallWork(): Work {
  const [first] = WORKS;
  if (first === undefined) throw new Error('there are no works');
  return scaled(first, 20 / first.files);
}

/** A program that writes its own files. */
function writer(name: string, script: string): Contender {
  return { name, kind: 'peer', argv: [process.execPath, '-e', script, join(folder, 'out')] };
}

const WRITE = `const [, out] = process.argv; const { writeFileSync } = require('node:fs');`;

test('who ends with an error, or leaves other files than asked for, is failed and not timed', async () => {
  const work = { ...smallWork(), files: 2, size: 3 };
  const write = (...texts: string[]): string =>
    WRITE + texts.map((text, n) => `writeFileSync(out + '/${n}', '${text}');`).join('');
  const contenders = [
    writer('good', write('abc', 'def')),
    writer('fewer', write('abcdef')),
    writer('shorter', write('abc', 'de')),
    writer('dying', `${write('abc', 'def')} console.error('no more'); process.exit(3);`),
  ];
  const said: string[] = [];
  const bench = { work, out: join(folder, 'out'), folder, rusage: undefined, environment: CLEAN };
  const rows = await runRounds(contenders, 2, bench, (line) => said.push(line));
  expect(rows.map(({ failed }) => failed)).toEqual([
    null,
    '1 files instead of 2',
    '5 bytes instead of 6',
    'ended with 3: no more',
  ]);
  expect(rows.map(({ rounds }) => rounds.length)).toEqual([2, 0, 0, 0]);
  expect(rows.map(({ wall }) => wall === null)).toEqual([false, true, true, true]);
  expect(said).toHaveLength(3);
});

test.skipIf(['nginx', 'curl', 'cc'].some((name) => findProgram(name) === undefined))(
  'a round of fetchall, curl and the limit against nginx',
  async () => {
    const work = { ...smallWork(), variants: smallWork().variants.slice(0, 1) };
    const servers = await startServers(folder, [work]);
    try {
      const own = join(folder, 'run');
      const out = join(own, 'out');
      const contenders = contendersOf(work, servers.ports, own, out, (peer) => peer === 'curl');
      const bench = { work, out, folder: own, rusage: compile('rusage', folder), environment: CLEAN };
      const rows = await runRounds(contenders, 1, bench, () => {});
      expect(rows.map(({ name, failed }) => [name, failed])).toEqual([
        ['fetchall', null],
        ['curl', null],
        ['limit', null],
      ]);
      for (const { wall, cpu, peak, multiple } of rows) {
        expect(wall?.median).toBeGreaterThan(0);
        expect(cpu?.median).toBeGreaterThan(0);
        expect(peak?.median).toBeGreaterThan(100_000);
        expect(multiple).toBeGreaterThan(0);
      }
    } finally {
      await servers.stop();
    }
  },
);

test('medians, and ratios round by round', () => {
  expect(spreadOf([])).toBeNull();
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 });
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, least: 1, most: 4 });
  expect(pairedRatio([1, 10, 4], [2, 20, 4])).toBe(0.5);
  expect(pairedRatio([1], [])).toBeNull();
});

/** As measured: twice as fast as the one peer, four times the limit. */
function result(name: string): WorkResult {
  const row = (who: string, kind: Contender['kind'], seconds: number) => ({
    name: who,
    kind,
    failed: null,
    rounds: [seconds],
    wall: spreadOf([seconds]),
    cpu: null,
    peak: spreadOf([2 ** 20]),
    ratio: 2 / seconds,
    multiple: seconds / 0.5,
  });
  return {
    name,
    what: 'files',
    date: '2026-01-01',
    rounds: 1,
    yardstick: 'limit',
    rows: [row('fetchall', 'fetchall', 2), row('curl', 'peer', 4), row('limit', 'limit', 0.5)],
    pair: null,
  };
}

test('the tables name the best peer, the ratio and the part of what the machine can do', () => {
  const cells = (line = ''): string[] => line.split('|').map((cell) => cell.trim());
  const [, , ours, curl] = workTable(result('S')).split('\n').map(cells);
  expect(ours).toEqual(['', 'fetchall', '2.00', '2.000 to 2.000', '', '1', '', '25 %', '']);
  expect(curl).toEqual(['', 'curl', '4.00', '4.000 to 4.000', '', '1', '0.50x', '13 %', '']);
  const [, , short] = shortTable({ machine: thisMachine(), works: [result('S')] })
    .split('\n')
    .map(cells);
  expect(short).toEqual([
    '',
    'S',
    'files',
    '1',
    '2.00',
    '',
    '1',
    'curl, 4.00 s',
    '0.50x',
    '25 % of the limit',
    '',
  ]);
});

test('works that are run again replace theirs; those of another machine are dropped', () => {
  const machine = thisMachine();
  const before = { machine, works: [result('S'), result('M')] };
  const again = { ...result('S'), date: '2026-02-02' };
  const dates = merged(before, { machine, works: [again, result('L')] }).works.map(({ name, date }) => [
    name,
    date,
  ]);
  expect(dates).toEqual([
    ['S', '2026-02-02'],
    ['M', '2026-01-01'],
    ['L', '2026-01-01'],
  ]);
  const other = { ...machine, cores: machine.cores + 1 };
  expect(merged(before, { machine: other, works: [again] }).works).toEqual([again]);
});

test('what stands between the marks of a document is replaced, nothing else', () => {
  mkdirSync(join(folder, 'docs'));
  const path = join(folder, 'docs/page.md');
  writeFileSync(path, 'before\n<!-- bench -->\n\nold $1\n\n<!-- /bench -->\nafter\n');
  putBetweenMarks(path, 'new $& text');
  putBetweenMarks(join(folder, 'absent.md'), 'new text');
  expect(readFileSync(path, 'utf8')).toBe(
    'before\n<!-- bench -->\n\nnew $& text\n\n<!-- /bench -->\nafter\n',
  );
});
