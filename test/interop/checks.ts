// What holds with every server, in the order in which it is tried: each check goes on with the folders of those before.

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FinishedEvent } from '../../src/model/events.js';
import { type RunningCommand, startFetchall } from '../support/command-line.js';
import { testCaFile } from '../support/test-server.js';
import { atExit } from './at-exit.js';
import type { LoggedRequest, RealServer } from './real-server.js';
import { LARGE, LARGE_SIZE, type Site } from './site.js';

export interface Subject {
  readonly server: RealServer;
  readonly site: Site;
  /** Holds the list and the out folders; empty at first. */
  readonly folder: string;
}

export interface Check {
  readonly name: string;
  /** Resolves to what is wrong. */
  readonly faults: (subject: Subject) => Promise<string[]>;
}

const LIST = 'urls.txt';
const WHOLE = 'whole';
const RESUMED = 'resumed';
const CHANGED = '日本語.bin';

export const checks: readonly Check[] = [
  { name: '1,001 files, every byte', faults: all },
  { name: 'killed in the middle, continued', faults: resume },
  { name: 'asked again, nothing changed', faults: (subject) => update(subject, null) },
  { name: 'asked again, one changed', faults: (subject) => update(subject, CHANGED) },
];

async function all(subject: Subject): Promise<string[]> {
  const { server, site, folder } = subject;
  writeFileSync(join(folder, LIST), site.urls(server.origin).join('\n'));
  const { requests, value } = await server.during(() => run(subject, WHOLE));
  return [
    ...value.faults,
    ...countFaults('saved at the first try', value.finished.filter(isSaved).length, site.files.size),
    ...askedFaults(requests, new Map([...site.files.keys()].map((name) => [name, '200']))),
    ...fileFaults(site, join(folder, WHOLE)),
  ];
}

async function resume(subject: Subject): Promise<string[]> {
  const { server, site, folder } = subject;
  const out = join(folder, RESUMED);
  const { value: killedInTime } = await server.during(() => runUntilHalf(subject));
  if (!killedInTime) return ['the run was over before it could be killed'];
  const had = statSync(join(out, `${LARGE}.part`)).size;
  const complete = [...site.files.keys()].filter((name) => existsSync(join(out, name)));
  const { requests, value } = await server.during(() => run(subject, RESUMED));
  const expected = new Map<string, string>();
  for (const name of site.files.keys()) if (!complete.includes(name)) expected.set(name, '200');
  expected.set(LARGE, `206 bytes=${had}-`);
  // A small file that was cut short goes on or begins anew: both are right.
  const asked = requests.map((request) =>
    request.name !== LARGE && request.status === 206 ? { ...request, status: 200, range: null } : request,
  );
  const large = value.finished.find(({ file }) => file === LARGE);
  return [
    ...(complete.length > 0 && had < LARGE_SIZE
      ? []
      : [`killed with ${complete.length} files, ${had} bytes`]),
    ...value.faults,
    ...countFaults('left alone', value.finished.filter(isLeftAlone).length, complete.length),
    ...countFaults('bytes of the large file', large?.bytes ?? 0, LARGE_SIZE - had),
    ...askedFaults(asked, expected),
    ...fileFaults(site, out),
    ...(await verifyFaults(subject, RESUMED)),
  ];
}

/** @param changed the file that the server has another version of; null for none */
async function update(subject: Subject, changed: string | null): Promise<string[]> {
  const { server, site, folder } = subject;
  if (changed !== null) site.change(changed);
  const { requests, value } = await server.during(() => run(subject, WHOLE, '--existing', 'update'));
  const expected = new Map([...site.files.keys()].map((name) => [name, name === changed ? '200' : '304']));
  const unchanged = value.finished.filter(({ reason }) => reason === 'unchanged');
  const others = value.finished.filter(({ reason }) => reason !== 'unchanged');
  return [
    ...value.faults,
    ...countFaults('unchanged', unchanged.length, site.files.size - (changed === null ? 0 : 1)),
    ...others
      .filter(({ file, reason }) => file !== changed || reason !== 'changed')
      .map(({ file, reason }) => `${file} is said to be ${reason}`),
    ...askedFaults(requests, expected),
    ...fileFaults(site, join(folder, WHOLE)),
    ...(await verifyFaults(subject, WHOLE)),
  ];
}

interface RunOutcome {
  readonly finished: readonly FinishedEvent[];
  readonly faults: readonly string[];
}

async function run(subject: Subject, out: string, ...more: readonly string[]): Promise<RunOutcome> {
  const { code, stderr, lines } = await start(subject, LIST, '-o', out, '--json', ...more).result;
  return {
    finished: lines.filter((event) => event.event === 'finished'),
    faults: code === 0 ? [] : [`exit code ${code}: ${stderr}`],
  };
}

/** @returns false when the run was over before the kill */
async function runUntilHalf(subject: Subject): Promise<boolean> {
  const part = join(subject.folder, RESUMED, `${LARGE}.part`);
  // Two at once: the small files get the other half of the rate, so that some are complete and some are not.
  const command = start(subject, LIST, '-o', RESUMED, '--json', '-c', '2', '--limit-rate', '16M');
  let hasEnded = false;
  const ended = command.result.finally(() => {
    hasEnded = true;
  });
  while (!hasEnded && (statSync(part, { throwIfNoEntry: false })?.size ?? 0) < LARGE_SIZE / 2) await sleep(2);
  command.kill('SIGKILL');
  // It may have been cut in the middle of a line: only how it ended counts.
  return (await ended).signal === 'SIGKILL';
}

async function verifyFaults(subject: Subject, out: string): Promise<string[]> {
  const { code, stdout, stderr } = await start(subject, 'verify', out).result;
  return code === 0 ? [] : [`verify ended with ${code}: ${stdout}${stderr}`];
}

function start({ folder }: Subject, ...args: readonly string[]): RunningCommand {
  const env = { NODE_EXTRA_CA_CERTS: testCaFile };
  const command = startFetchall(args, { cwd: folder, env, timeout: 120_000 });
  const forget = atExit(() => command.kill('SIGKILL'));
  command.result.then(forget, forget);
  return command;
}

function isSaved({ outcome, attempts, status }: FinishedEvent): boolean {
  return outcome === 'saved' && attempts === 1 && status === 200;
}

function isLeftAlone({ outcome, reason, bytes }: FinishedEvent): boolean {
  return outcome === 'skipped' && (reason === 'complete' || reason === 'exists') && bytes === 0;
}

function countFaults(what: string, found: number, wanted: number): string[] {
  return found === wanted ? [] : [`${what}: ${found} instead of ${wanted}`];
}

/** @param expected for each file that is asked for, once: the status, with the Range when there is to be one */
function askedFaults(requests: readonly LoggedRequest[], expected: ReadonlyMap<string, string>): string[] {
  const missing = new Map(expected);
  const faults: string[] = [];
  for (const { name, status, range } of requests) {
    const seen = range === null ? `${status}` : `${status} ${range}`;
    if (missing.get(name) !== seen)
      faults.push(`${name}: ${seen} instead of ${missing.get(name) ?? 'nothing'}`);
    missing.delete(name);
  }
  for (const name of missing.keys()) faults.push(`${name} was not asked for`);
  return faults;
}

function fileFaults({ files }: Site, out: string): string[] {
  const names = new Set(readdirSync(out));
  names.delete('.fetchall');
  const faults: string[] = [];
  for (const [name, content] of files) {
    if (!names.delete(name)) faults.push(`${name} is missing`);
    else if (!readFileSync(join(out, name)).equals(content))
      faults.push(`${name} is not what the server has`);
  }
  for (const name of names) faults.push(`${name} was left behind`);
  return faults;
}
