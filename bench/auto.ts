// npm run bench auto: the defaults, which find how much goes at once, beside 16 at a time.

import { benchWorks, type Settings } from './downloads.js';
import { type Figure, figure } from './figures.js';
import { scaled, type Variant, WORKS } from './works.js';

const ROUNDS = 11;
const AUTO: Variant = { name: 'fetchall', flags: [], concurrency: null };
const FIXED: Variant = { name: 'fetchall -c 16', flags: [], concurrency: 16 };
/** Of the time of 16 at a time: at most so much, by work. */
const MOST: Readonly<Record<string, number>> = { S: 1.05, M: 1.05, L: 1.05, D16: 1 };

/** @returns what was measured, and what is asked of it */
export async function benchAuto(settings: Settings, say: (line: string) => void): Promise<Figure[]> {
  const works = WORKS.filter(({ name }) => name in MOST).map((work) => ({
    ...scaled(work, settings.scale),
    variants: [AUTO, FIXED],
    pair: [AUTO.name, FIXED.name] as const,
    peers: [],
    // They are measured by each other.
    yardstick: 'ideal' as const,
  }));
  const { rounds = ROUNDS } = settings;
  const results = await benchWorks(works, { ...settings, rounds, results: undefined }, say);
  return results.flatMap(({ name, rows }) => {
    const [auto = [], fixed = []] = rows.map((row) => row.rounds);
    const ratios = auto.map((seconds, round) => seconds / (fixed[round] ?? Number.NaN));
    return [
      figure(`${name}: auto`, auto, 's'),
      figure(`${name}: -c 16`, fixed, 's'),
      figure(`${name}: auto / -c 16`, ratios, 'x', { most: MOST[name] ?? 1 }),
    ];
  });
}
