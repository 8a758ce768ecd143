// The fault matrix: each row is a run over real sockets and a real disk, against a server that does what the row says.

import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-codes.js';
import { openSources } from '../../src/input/sources.js';
import type { PartRecord } from '../../src/model/part-record.js';
import { Progress } from '../../src/model/progress.js';
import type { RunSeams } from '../../src/run/live.js';
import { resolveSettings } from '../../src/run/options.js';
import { type RunEnding, run } from '../../src/run/run.js';
import { openStore } from '../../src/state/open-store.js';
import type { Store } from '../../src/state/store.js';
import { coded } from '../support/coded-body.js';
import { eventually } from '../support/drive.js';
import { startRawServer } from '../support/raw-server.js';
import { TASK_WORKER } from '../support/task-worker.js';
import { temporaryFolder } from '../support/temp-folder.js';
import {
  type Answer,
  contentOf,
  type SeenRange,
  type ValidatorKind,
  type VersionName,
  validatorFields,
  versionServer,
} from '../support/version-server.js';
import { type Before, FAULT_ROWS, type Row } from './fault-rows.js';
import { LIMIT_ROWS } from './limit-rows.js';

const ROWS = [...FAULT_ROWS, ...LIMIT_ROWS];

let close: () => Promise<void> = () => Promise.resolve();
afterEach(() => close());

function sha256(bytes: Uint8Array, encoding: 'hex' | 'base64'): string {
  return createHash('sha256').update(bytes).digest(encoding);
}

/** Puts digests in the places that a row has left for them. */
function filled({ fields = [], ...answer }: Answer, size: number): Answer {
  const sent = coded(contentOf('A', size), answer.coding ?? '');
  const written = fields.map((field) =>
    field
      .replace('{digest sent}', `sha-256=:${sha256(sent, 'base64')}:`)
      .replace(/\{digest (A|B)( rest)?\}/, (_, version: VersionName, rest?: string) => {
        const content = contentOf(version, size);
        return `sha-256=:${sha256(rest === undefined ? content : content.subarray(150_000), 'base64')}:`;
      }),
  );
  return { ...answer, fields: written };
}

function recordOf(before: Before, kind: ValidatorKind, size: number): PartRecord {
  const fields = validatorFields('A', kind);
  const { total = size, synced = null, coding = null } = before;
  const { ETag: etag = null, 'Last-Modified': lastModified = null, Date: date = null } = fields;
  return { name: null, etag, lastModified, date, coding, total, synced, done: null };
}

async function withStore<T>(folder: string, use: (store: Store) => T): Promise<T> {
  const store = await openStore(folder, { synchronous: 'OFF' });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** What a run before has left. */
async function setUp({ before, size }: Row, folder: string, url: string): Promise<void> {
  if (before === undefined) return;
  await writeFile(join(folder, 'a.bin.part'), contentOf(before.part, size).subarray(0, before.bytes));
  const { validators } = before;
  if (validators === null) return;
  await withStore(folder, (store) => store.keep('a.bin', url, recordOf(before, validators, size)));
}

async function fetchRow(row: Row, seams: RunSeams) {
  const { size, answers, checksum, retries = 5, resume = true, options } = row;
  const seen: SeenRange[] = [];
  const progress = new Progress();
  const server = await startRawServer(
    versionServer(
      size,
      answers.map((answer) => filled(answer, size)),
      seen,
      (bytes) => eventually(() => progress.bytes >= bytes),
    ),
  );
  ({ close } = server);
  const folder = await temporaryFolder();
  const url = server.url('/a.bin');
  await setUp(row, folder, url);
  const expected = checksum && {
    algorithm: 'sha256' as const,
    hex: sha256(contentOf(checksum, size), 'hex'),
  };
  const entries = await openSources([{ url, ...(expected && { checksum: expected }) }], null);
  const settings = resolveSettings({ out: folder, retries, resume, retryWait: 0, ...options });
  const endings: RunEnding[] = [];
  for await (const some of run(entries, settings, { ...seams, progress })) endings.push(...some);
  expect(endings).toHaveLength(1);
  return { ending: endings[0] as RunEnding, seen, folder, url };
}

async function fileIn(folder: string, name: string): Promise<Buffer | null> {
  return (await readdir(folder)).includes(name) ? readFile(join(folder, name)) : null;
}

/** Holds what was asked for against `all rest 100000-`; `rest` is from where all that was sent and kept ends. */
function checkRequests(row: Row, seen: readonly SeenRange[]): void {
  const wanted = row.expected.requests.split(' ');
  expect(seen.map(({ range }) => (range === null ? 'all' : 'part'))).toEqual(
    wanted.map((word) => (word === 'all' ? 'all' : 'part')),
  );
  let kept = row.before?.bytes ?? 0;
  for (const [index, { range, ifRange }] of seen.entries()) {
    const start = range === null ? 0 : Number(/^bytes=(\d+)-$/.exec(range)?.[1]);
    const word = wanted[index] ?? '';
    if (word === 'all') expect(ifRange).toBeNull();
    if (word === 'rest') expect(start).toBe(kept);
    if (/^\d+-$/.test(word)) expect(`${start}-`).toBe(word);
    const answer = row.answers[Math.min(index, row.answers.length - 1)] ?? {};
    if (word === 'more') expect(start).toBeGreaterThanOrEqual(kept);
    if (answer.status === undefined && answer.cut !== undefined && answer.cut > 0) {
      const isPart = range !== null && answer.range !== 'ignored' && (answer.version ?? 'A') === 'A';
      kept = (isPart ? start : 0) + answer.cut;
    }
    if (answer.range === 'short') kept = start + 1000;
  }
}

test.each(ROWS)('$name', (row) => checkRow(row));

// The same code answers there: a few show that nothing is lost on the way.
test.each(ROWS.filter((_, at) => at % 6 === 0))('in a worker thread: $name', (row) =>
  checkRow(
    { ...row, options: { ...row.options, workers: 2 } },
    { threads: { file: TASK_WORKER, isAlways: true } },
  ),
);

async function checkRow(row: Row, seams: RunSeams = {}): Promise<void> {
  const { ending, seen, folder, url } = await fetchRow(row, seams);
  const { result, error } = ending;
  const { outcome, exit = 0, part, requests, text, coding = '', lengthKnown = true } = row.expected;
  checkRequests(row, seen);
  expect(error === null ? 0 : exitCodeOf(error)).toBe(exit);
  const file = await fileIn(folder, 'a.bin');
  const left = await fileIn(folder, 'a.bin.part');
  if (outcome === 'A' || outcome === 'B') {
    expect(error).toBeNull();
    const content = text === undefined ? coded(contentOf(outcome, row.size), coding) : Buffer.from(text);
    expect(file?.equals(content)).toBe(true);
    expect(result).toMatchObject({ outcome: 'saved', size: content.length, lengthKnown });
    expect(await withStore(folder, (store) => store.find('a.bin', url))).toBeNull();
    expect(result.resumed).toBe(result.status === 206 || result.status === 416);
    if (requests.endsWith('all')) expect([200, 204]).toContain(result.status);
  } else {
    expect(error?.code).toBe(outcome);
    expect(file).toBeNull();
    expect(result.lengthKnown).toBeNull();
  }
  if (part === undefined) expect(left).toBeNull();
  else if (part === 'some') expect(left?.length).toBeGreaterThan(0);
  else expect(left).toHaveLength(part);
}

test('the matrix has at least two hundred rows, each with its own name', () => {
  expect(ROWS.length).toBeGreaterThanOrEqual(200);
  expect(new Set(ROWS.map(({ name }) => name)).size).toBe(ROWS.length);
});
