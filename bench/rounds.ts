// A B A B ...: machines drift. Medians with their spread, and ratios round by round.

import type { Contender } from './contenders.js';
import { type Bench, type Figures, type Outcome, runOnce } from './measure.js';
import { idealSeconds, type Work } from './works.js';

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface Row {
  readonly name: string;
  readonly kind: Contender['kind'];
  /** Why it was not timed. */
  readonly failed: string | null;
  /** Seconds of each. */
  readonly rounds: readonly number[];
  readonly wall: Spread | null;
  /** Seconds, user and system. */
  readonly cpu: Spread | null;
  /** Bytes. */
  readonly peak: Spread | null;
  /** The first way to run fetchall, divided by this one: wall time, the median of the rounds. */
  readonly ratio: number | null;
  /** This one, divided by the yardstick; by its own `seconds` where it says them and the yardstick is the ideal. */
  readonly multiple: number | null;
}

/** One round for each contender after another. Who fails once is out. */
export async function runRounds(
  contenders: readonly Contender[],
  rounds: number,
  bench: Bench,
  say: (line: string) => void,
): Promise<Row[]> {
  const figures = contenders.map((): Figures[] => []);
  const failures = new Map<Contender, string>();
  const run = async (contender: Contender): Promise<Outcome> => {
    const outcome = await runOnce(contender, bench);
    if ('failed' in outcome) failures.set(contender, outcome.failed);
    return outcome;
  };
  // Memory that was idle costs the first who takes it.
  if (rounds > 1 && contenders[0] !== undefined) await run(contenders[0]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      if (failures.has(contender)) continue;
      const outcome = await run(contender);
      if ('failed' in outcome) say(`  ${contender.name} failed: ${outcome.failed}`);
      else figures[index]?.push(outcome);
    }
  }
  return rowsOf(contenders, figures, failures, bench.work);
}

function rowsOf(
  contenders: readonly Contender[],
  figures: readonly (readonly Figures[])[],
  failures: ReadonlyMap<Contender, string>,
  work: Work,
): Row[] {
  const good = figures.map((each, index) => (failures.has(contenders[index] as Contender) ? [] : each));
  const walls = good.map((each) => each.map(({ wall }) => wall));
  const yardstick = walls[contenders.findIndex(({ name }) => name === work.yardstick)];
  return contenders.map((contender, index) => {
    const own = good[index] ?? [];
    const rounds = walls[index] ?? [];
    const ideal = work.yardstick === 'ideal' ? own.map(() => idealSeconds(work)) : undefined;
    const measured = own.map((each) => each.own ?? each.wall);
    return {
      name: contender.name,
      kind: contender.kind,
      failed: failures.get(contender) ?? null,
      rounds,
      wall: spreadOf(rounds),
      cpu: spreadOf(own.flatMap(({ cpu }) => cpu ?? [])),
      peak: spreadOf(own.flatMap(({ peak }) => peak ?? [])),
      ratio: pairedRatio(walls[0] ?? [], rounds),
      multiple: pairedRatio(measured, ideal ?? yardstick ?? []),
    };
  });
}

/** The ratio round by round, so that a slow moment of the machine weighs on both sides. */
export function pairedRatio(one: readonly number[], other: readonly number[]): number | null {
  const ratios = one.flatMap((figure, round) => figure / (other[round] ?? Number.NaN));
  return spreadOf(ratios.filter(Number.isFinite))?.median ?? null;
}

/** Null for no figures. */
export function spreadOf(figures: readonly number[]): Spread | null {
  const sorted = [...figures].sort((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (least === undefined || most === undefined || upper === undefined) return null;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
  return { median, least, most };
}
