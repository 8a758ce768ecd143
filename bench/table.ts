// The results as tables: a long one for docs/performance.md, a line a work for the README.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Machine, Results, WorkResult } from './results.js';
import type { Row, Spread } from './rounds.js';

const MIB = 2 ** 20;

type Cells = readonly string[];

/** All contenders of a work. */
export function workTable({ yardstick, rows }: WorkResult): string {
  const measure = yardstick === 'limit' ? 'of the limit' : `x ${yardstick}`;
  const head = ['', 'wall s', 'least to most', 'CPU s', 'peak MiB', 'fetchall / it', measure];
  return table(
    head,
    rows.map((row) => [
      row.name,
      row.failed === null ? seconds(row.wall) : 'failed',
      row.wall === null ? '' : `${row.wall.least.toFixed(3)} to ${row.wall.most.toFixed(3)}`,
      seconds(row.cpu),
      mebibytes(row.peak),
      row === rows[0] ? '' : times(row.ratio),
      ofYardstick(row, yardstick),
    ]),
  );
}

/** A line a work: fetchall as it is by default, the best of the peers, the ratio of the two, and the yardstick. */
export function shortTable({ works }: Results): string {
  const head = [
    'work',
    'what',
    'rounds',
    'wall s',
    'CPU s',
    'peak MiB',
    'best peer',
    'fetchall / best',
    'against',
  ];
  return table(
    head,
    works.map(({ name, what, rounds, rows, yardstick }) => {
      const [ours] = rows;
      const best = bestPeer(rows);
      return [
        name,
        what,
        String(rounds),
        ...[seconds(ours?.wall ?? null), seconds(ours?.cpu ?? null), mebibytes(ours?.peak ?? null)],
        best === undefined ? '' : `${best.name}, ${seconds(best.wall)} s`,
        times(best?.ratio ?? null),
        ours === undefined ? '' : against(ours, yardstick),
      ];
    }),
  );
}

/** The peer with the shortest median. */
export function bestPeer(rows: readonly Row[]): Row | undefined {
  const wall = (row: Row): number => row.wall?.median ?? Number.POSITIVE_INFINITY;
  const peers = rows.filter(({ kind, wall }) => kind === 'peer' && wall !== null);
  return peers.sort((one, other) => wall(one) - wall(other))[0];
}

export function longText(results: Results): string {
  const works = results.works.map(
    (work) => `### ${work.name}: ${work.what}\n\n${workTable(work)}\n\n${remarks(work)}`,
  );
  return [describeMachine(results.machine), ...works].join('\n\n');
}

export function shortText(results: Results): string {
  const dates = results.works.map(({ date }) => date).sort();
  const when = dates[0] === dates.at(-1) ? dates[0] : `${dates[0]} to ${dates.at(-1)}`;
  const { processor, cores, system, node } = results.machine;
  return `${shortTable(results)}\n\n${processor}, ${cores} cores, ${system}, Node ${node.slice(1)}; ${when}.`;
}

/** What is under a table. */
export function remarks({ rounds, date, rows, pair, yardstick }: WorkResult): string {
  const best = bestPeer(rows);
  const failed = rows.filter((row) => row.failed !== null);
  return [
    `${rounds === 1 ? 'One round' : `Medians of ${rounds} rounds`}, ${date}.`,
    ...(best === undefined ? [] : [`fetchall / best peer (${best.name}): ${times(best.ratio)}.`]),
    ...(pair === null ? [] : [`${pair.one} / ${pair.other}: ${times(pair.ratio)}.`]),
    ...(yardstick === 'ideal' ? ["fetchall against the ideal is by the run's own seconds."] : []),
    ...failed.map(({ name, failed }) => `${name} failed: ${failed}.`),
  ].join('\n');
}

function describeMachine({ processor, cores, memory, system, node, peers }: Machine): string {
  const versions = Object.entries(peers).map(([name, version]) => `${name} (${version.slice(0, 60)})`);
  return `${processor}, ${cores} cores, ${memory} GiB, ${system}, Node ${node.slice(1)}.\nPeers: ${versions.join(', ')}.`;
}

export function table(head: Cells, rows: readonly Cells[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...all.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: Cells): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function seconds(spread: Spread | null): string {
  if (spread === null) return '';
  return spread.median.toFixed(spread.median < 1 ? 3 : 2);
}

function mebibytes(spread: Spread | null): string {
  return spread === null ? '' : (spread.median / MIB).toFixed(0);
}

function times(ratio: number | null): string {
  return ratio === null ? '' : `${ratio.toFixed(2)}x`;
}

/** A fraction of what the machine can do; or how many times as long as what is computed or started. */
function ofYardstick({ multiple }: Row, yardstick: WorkResult['yardstick']): string {
  if (multiple === null) return '';
  return yardstick === 'limit' ? `${(100 / multiple).toFixed(0)} %` : `${multiple.toFixed(3)}x`;
}

function against(row: Row, yardstick: WorkResult['yardstick']): string {
  const figure = ofYardstick(row, yardstick);
  if (figure === '') return '';
  return yardstick === 'limit' ? `${figure} of the limit` : `${figure} ${yardstick}`;
}

/** Replaces what stands between two marks, as `<!-- bench -->` and `<!-- /bench -->`; a file without them is left alone. */
export function putBetweenMarks(path: string, text: string, mark = 'bench'): void {
  if (!existsSync(path)) return;
  const before = readFileSync(path, 'utf8');
  const after = before.replace(
    new RegExp(`(<!-- ${mark} -->\\n)[\\s\\S]*?(<!-- /${mark} -->)`),
    (_, opening: string, closing: string) => `${opening}\n${text}\n\n${closing}`,
  );
  if (after !== before) writeFileSync(path, after);
}
