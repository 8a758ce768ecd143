// fetchall and its peers, work by work.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from './compile.js';
import { contendersOf, missing } from './contenders.js';
import { CLEAN } from './measure.js';
import { ROOT, removeFolder, scratchFolder } from './places.js';
import { merged, type Results, readResults, thisMachine, type WorkResult, writeResults } from './results.js';
import { pairedRatio, type Row, runRounds } from './rounds.js';
import { startServers } from './servers.js';
import { bytesNeeded } from './site.js';
import { longText, putBetweenMarks, remarks, shortText, workTable } from './table.js';
import { describe, isWanted, type Ports, scaled, WORKS, type Work } from './works.js';

/** What the documents show. */
export const RESULTS = join(ROOT, 'bench/results.json');

export interface Settings {
  /** Names of works; none means all. */
  readonly wanted: readonly string[];
  readonly rounds: number | undefined;
  readonly scale: number;
  /** Names of peers; none means all. */
  readonly peers: readonly string[];
  /** Contenders get the environment of the bench instead of a clean one. */
  readonly inherit: boolean;
  /** Where the results go; undefined for nowhere. */
  readonly results: string | undefined;
}

/** @returns whether every run of fetchall was right */
export async function benchDownloads(settings: Settings, say: (line: string) => void): Promise<boolean> {
  const asked = WORKS.filter(({ name }) => isWanted(name, settings.wanted));
  if (asked.length === 0) return true;
  for (const line of missing()) say(line);
  const works = asked.map((work) => scaled(work, settings.scale));
  const done = await benchWorks(works, settings, say);
  return done.every(({ rows }) => rows.every(({ kind, failed }) => kind !== 'fetchall' || failed === null));
}

/** Those that can be measured here. */
export async function benchWorks(
  works: readonly Work[],
  settings: Settings,
  say: (line: string) => void,
): Promise<WorkResult[]> {
  const folder = await scratchFolder(bytesNeeded(works));
  // However it ends, what takes gigabytes of memory is not left behind.
  process.once('exit', () => removeFolder(folder));
  const rusage = compile('rusage', folder);
  if (rusage === undefined)
    say('CPU, memory and the limit are left out; apt-get install gcc libc6-dev brings them');
  const done: WorkResult[] = [];
  const servers = await startServers(folder, works);
  try {
    for (const work of works) {
      const result = await benchWork(work, settings, servers.ports, folder, rusage, say);
      if (result === undefined) continue;
      done.push(result);
      // After each, so that an hour's work is not lost with the last one.
      if (settings.results !== undefined)
        publish(settings.results, { machine: thisMachine(), works: [result] });
    }
  } finally {
    await servers.stop();
    removeFolder(folder);
  }
  return done;
}

async function benchWork(
  work: Work,
  { rounds = work.rounds, peers, inherit }: Settings,
  ports: Ports,
  scratch: string,
  rusage: string | undefined,
  say: (line: string) => void,
): Promise<WorkResult | undefined> {
  say(`${work.name}: ${describe(work)}`);
  if (work.scheme === 'https' && ports.https === 0) {
    say('  left out; apt-get install openssl brings what makes its certificate\n');
    return undefined;
  }
  const [folder, out] = [join(scratch, work.name), join(scratch, work.name, 'out')];
  const isAsked = (peer: string): boolean => peers.length === 0 || peers.includes(peer);
  const contenders = contendersOf(work, ports, folder, out, isAsked);
  const rows = await runRounds(
    contenders,
    rounds,
    { work, out, folder, rusage, environment: inherit ? process.env : CLEAN },
    say,
  );
  rmSync(folder, { recursive: true, force: true });
  const date = new Date().toISOString().slice(0, 10);
  const { name, yardstick } = work;
  const result = { name, what: describe(work), date, rounds, yardstick, rows, pair: pairOf(work, rows) };
  say(`\n${workTable(result)}\n\n${remarks(result)}\n`);
  return result;
}

function pairOf({ pair }: Work, rows: readonly Row[]): WorkResult['pair'] {
  if (pair === undefined) return null;
  const [one, other] = pair;
  const roundsOf = (name: string): readonly number[] => rows.find((row) => row.name === name)?.rounds ?? [];
  return { one, other, ratio: pairedRatio(roundsOf(one), roundsOf(other)) };
}

function publish(path: string, now: Results): void {
  const results = merged(readResults(path), now);
  const order = WORKS.map(({ name }) => name);
  const works = [...results.works].sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
  writeResults(path, { ...results, works });
  if (path !== RESULTS) return;
  putBetweenMarks(join(ROOT, 'docs/performance.md'), longText({ ...results, works }));
  putBetweenMarks(join(ROOT, 'README.md'), shortText({ ...results, works }));
}
