// npm run test:crash [RUNS] [FIRST SEED]: 200 jobs of 300 files, each killed with SIGKILL at a random moment and then continued. One
// in ten has a file in several ranges.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CrashOutcome, crash } from './support/crash.js';

const runs = Number(process.argv[2] ?? 200);
const first = Number(process.argv[3] ?? Math.floor(Math.random() * 1_000_000));
console.log(`${runs} crashes, seeds ${first} to ${first + runs - 1}`);

const outcomes: CrashOutcome[] = [];
for (let seed = first; seed < first + runs; seed++) {
  const folder = mkdtempSync(join(tmpdir(), 'fetchall-crash-'));
  try {
    const outcome = await crash(seed, folder, { isSplit: seed % 10 === 4 });
    outcomes.push(outcome);
    for (const fault of outcome.faults) console.log(`seed ${seed}: ${fault}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const killed = outcomes.filter((outcome) => outcome.killed);
const failed = outcomes.filter(({ faults }) => faults.length > 0).length;
const whole = outcomes.filter(({ wasSplit }) => !wasSplit);
const again = whole.reduce((sum, outcome) => sum + outcome.again, 0);
const size = whole.reduce((sum, outcome) => sum + outcome.size, 0);
console.log(
  `${killed.length} were killed in time, ${killed.filter(({ inNotes }) => inNotes).length} of them while notes were written`,
);
console.log(`${outcomes.length - whole.length} had a file in ranges`);
console.log(`${((100 * again) / Math.max(size, 1)).toFixed(2)} % of the others' bytes were sent again`);
console.log(`${outcomes.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
