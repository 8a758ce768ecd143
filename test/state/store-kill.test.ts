// A process that is killed in the midst of a large transaction. What it had committed is there afterwards, and nothing else.

import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/state/open-database.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { built, startModule } from './child.js';
import { copied, part, storeIn } from './rows.js';

const FLUSHED = 500;

/** Commits some rows, changes each of them and writes many more, and never commits these: SQLite spills them to the file. */
const WRITER = `import { openStore } from ${built('state/open-store.js')};
import { useClock, systemClock } from ${built('coroutine/clock.js')};
import { writeSync } from 'node:fs';
const [, folder, flushed, unflushed, text] = process.argv;
const part = JSON.parse(text);
const store = await openStore(folder, { synchronous: 'NORMAL' });
// No commit by time or by turn.
useClock({ ...systemClock, schedule: () => ({ cancel() {} }), soon() {} });
for (let at = 0; at < +flushed; at++) store.keep('f' + at, 'http://a.test/', part);
store.flush();
for (let at = 0; at < +flushed + +unflushed; at++) store.keep('f' + at, 'http://b.test/', { ...part, etag: 'x'.repeat(1000) });
writeSync(1, 'written\\n');
for (;;);
`;

/** Kills a process which has written so many rows that it has not committed. */
async function killedAfter(unflushed: number): Promise<string> {
  const folder = await temporaryFolder();
  const child = startModule(WRITER, folder, `${FLUSHED}`, `${unflushed}`, JSON.stringify(part));
  expect(await child.line()).toBe('written');
  await child.kill();
  return folder;
}

async function expectFlushedAlone(folder: string, unflushed: number): Promise<void> {
  const store = await storeIn(folder, {
    onDamaged() {
      throw new Error('a kill is no damage');
    },
  });
  for (let at = 0; at < FLUSHED; at++) expect(store.find(`f${at}`, 'http://a.test/')).toEqual(part);
  for (let at = 0; at < FLUSHED + unflushed; at++) expect(store.find(`f${at}`, 'http://b.test/')).toBeNull();
  await store.keep('new', 'http://a.test/', part);
  await store.close();
  const database = await openDatabase(join(folder, '.fetchall/state.db'), 'OFF');
  expect(database.prepare('PRAGMA integrity_check').all([])).toEqual([{ integrity_check: 'ok' }]);
  expect(database.prepare('SELECT count(*) AS rows FROM parts').get([])).toEqual({ rows: FLUSHED + 1 });
  database.close();
  expect((await readdir(join(folder, '.fetchall'))).filter((name) => /lock/.test(name))).toEqual([]);
}

const sizeOf = async (folder: string, name: string): Promise<number> =>
  (await stat(join(folder, '.fetchall', name)).catch(() => ({ size: 0 }))).size;

test('a transaction that fits in memory leaves no trace', async () => {
  const folder = await killedAfter(0);
  expect(await sizeOf(folder, 'lock')).toBeGreaterThan(0);
  await expectFlushedAlone(folder, 0);
});

test('a transaction of many megabytes, part of it in the file already, is undone', async () => {
  const unflushed = 10_000;
  const folder = await killedAfter(unflushed);
  const journal = await readFile(join(folder, '.fetchall/state.db-journal'));
  // A hot journal: it has the magic bytes at its start, and the file is not as it was committed.
  expect(journal.subarray(0, 8).toString('hex')).toBe('d9d505f920a163d7');
  expect(await sizeOf(folder, 'state.db')).toBeGreaterThan(4_000_000);
  expect(await withoutJournal(folder)).toBe(false);
  await expectFlushedAlone(folder, unflushed);
  expect(await sizeOf(folder, 'state.db')).toBeLessThan(500_000);
  expect(await sizeOf(folder, 'state.db-journal')).toBe(0);
});

/** Whether the file without its journal would hold what was committed. */
async function withoutJournal(folder: string): Promise<boolean> {
  const store = await storeIn(await copied(folder));
  try {
    return Array.from({ length: FLUSHED }, (_, at) => store.find(`f${at}`, 'http://a.test/')).every(
      (found) => found !== null,
    );
  } catch {
    return false;
  } finally {
    await store.close().catch(() => {});
  }
}

test('a second kill, in the midst of the same again, changes nothing', async () => {
  const unflushed = 10_000;
  const folder = await killedAfter(unflushed);
  const child = startModule(WRITER, folder, `${FLUSHED}`, `${unflushed}`, JSON.stringify(part));
  expect(await child.line()).toBe('written');
  await child.kill();
  expect(await sizeOf(folder, 'state.db-journal')).toBeGreaterThan(0);
  await expectFlushedAlone(folder, unflushed);
});

test('the folder that SQLite in WebAssembly takes for a lock keeps nobody away', async () => {
  const folder = await temporaryFolder();
  await (await storeIn(folder)).close();
  await mkdir(join(folder, '.fetchall/state.db.lock'));
  const store = await storeIn(folder);
  await store.keep('f', 'http://a.test/', part);
  await store.close();
});

test.each([0, 1_000])('a journal that is none is not taken for one: %i words', async (words) => {
  const folder = await temporaryFolder();
  const first = await storeIn(folder);
  await first.keep('f', 'http://a.test/', part);
  await first.close();
  await writeFile(join(folder, '.fetchall/state.db-journal'), 'garbage '.repeat(words));
  const second = await storeIn(folder);
  expect(second.find('f', 'http://a.test/')).toEqual(part);
});
