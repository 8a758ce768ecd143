// What a bench that is no work of its own has found, and what is asked of it: said, judged, and kept beside the works.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { thisMachine } from './results.js';
import { spreadOf } from './rounds.js';
import { table } from './table.js';

export interface Figure {
  readonly what: string;
  /** The median of the rounds. */
  readonly value: number;
  readonly unit: '' | 'x' | '%' | 's' | ' a second' | ' MiB';
  /** null where it is only to be known. */
  readonly asked: { readonly least: number } | { readonly most: number } | null;
  readonly rounds: readonly number[];
}

/** What a bench has found. */
export interface Finding {
  /** Its name on the command line. */
  readonly bench: string;
  /** Year-month-day. */
  readonly date: string;
  readonly machine: string;
  readonly figures: readonly Figure[];
}

/** @param measured one figure, or one a round */
export function figure(
  what: string,
  measured: number | readonly number[],
  unit: Figure['unit'],
  asked: Figure['asked'] = null,
): Figure {
  const rounds = typeof measured === 'number' ? [measured] : measured;
  return { what, value: spreadOf(rounds)?.median ?? Number.NaN, unit, asked, rounds };
}

/** What could not be measured is not as it should be. */
export function isMet({ value, asked }: Figure): boolean {
  if (asked === null) return true;
  return 'least' in asked ? value >= asked.least : value <= asked.most;
}

export function figureTable(figures: readonly Figure[]): string {
  return table(
    ['what', 'measured', 'least to most', 'asked', ''],
    figures.map((each) => {
      const { what, value, unit, rounds } = each;
      const spread = rounds.length > 1 ? spreadOf(rounds) : null;
      const range = spread === null ? '' : `${short(spread.least)} to ${short(spread.most)}`;
      return [what, `${short(value)}${unit}`, range, askedText(each), isMet(each) ? '' : 'missed'];
    }),
  );
}

export function findingsText(findings: readonly Finding[]): string {
  return findings
    .map(({ bench, date, machine, figures }) => {
      const rounds = Math.max(...figures.map((each) => each.rounds.length));
      const times = rounds === 1 ? 'One round' : `Medians of ${rounds} rounds`;
      return `### \`npm run bench ${bench}\`\n\n${figureTable(figures)}\n\n${times}, ${date}; ${machine}.`;
    })
    .join('\n\n');
}

export function newFinding(bench: string, figures: readonly Figure[]): Finding {
  const { processor, cores, system, node } = thisMachine();
  const machine = `${processor}, ${cores} cores, ${system}, Node ${node.slice(1)}`;
  return { bench, date: new Date().toISOString().slice(0, 10), machine, figures };
}

/** In place of what the same bench has found before. @returns all that are kept, by their names */
export function keepFinding(path: string, finding: Finding): readonly Finding[] {
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as readonly Finding[]) : [];
  const others = before.filter(({ bench }) => bench !== finding.bench);
  const findings = [...others, finding].sort((one, other) => (one.bench < other.bench ? -1 : 1));
  writeFileSync(path, `${JSON.stringify(findings, null, 1)}\n`);
  return findings;
}

function askedText({ asked, unit }: Figure): string {
  if (asked === null) return '';
  return 'least' in asked ? `at least ${asked.least}${unit}` : `at most ${asked.most}${unit}`;
}

function short(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 3);
}
