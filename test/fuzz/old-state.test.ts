// Notes that a version before has written, whatever is in them: what they say is still known, or is told to be damaged.

import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SqlValue } from '../../src/state/database.js';
import { openDatabase } from '../../src/state/open-database.js';
import { openStore } from '../../src/state/open-store.js';
import { temporaryFolder } from '../support/temp-folder.js';

/** The tables of the first version, and what each later one has added. */
const VERSIONS = [
  `CREATE TABLE files (url TEXT NOT NULL, file TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT, status INTEGER,
     attempts INTEGER NOT NULL, seconds REAL NOT NULL, bytes INTEGER NOT NULL, ended INTEGER NOT NULL, error_code TEXT,
     error_message TEXT, run INTEGER NOT NULL, expected TEXT, size INTEGER, etag TEXT, last_modified TEXT, sha256 TEXT,
     verified TEXT, PRIMARY KEY (file, url)) WITHOUT ROWID;
   CREATE TABLE parts (file TEXT PRIMARY KEY, url TEXT NOT NULL, etag TEXT, last_modified TEXT, date TEXT, total INTEGER,
     synced INTEGER) WITHOUT ROWID;
   CREATE TABLE runs (id INTEGER PRIMARY KEY, began INTEGER NOT NULL, ended INTEGER, mode TEXT NOT NULL,
     concurrency INTEGER NOT NULL, list TEXT, total INTEGER, saved INTEGER, skipped INTEGER, failed INTEGER,
     bytes INTEGER, chunks INTEGER, seconds REAL);`,
  `ALTER TABLE files ADD COLUMN name TEXT; ALTER TABLE parts ADD COLUMN name TEXT;
   CREATE INDEX names ON files (name) WHERE name IS NOT NULL;`,
  'ALTER TABLE parts ADD COLUMN coding TEXT;',
  `CREATE TABLE frontier (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, origin TEXT NOT NULL, depth INTEGER NOT NULL,
     kind TEXT NOT NULL, requisite_depth INTEGER NOT NULL, redirects INTEGER NOT NULL, guarded INTEGER NOT NULL,
     parent INTEGER, due INTEGER, state TEXT NOT NULL, reason TEXT, detail TEXT, status INTEGER, type TEXT, file TEXT,
     size INTEGER, sha256 TEXT, target TEXT, ended INTEGER);
   CREATE TABLE origins (origin TEXT PRIMARY KEY, robots TEXT, status TEXT NOT NULL, asked INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE traps (cluster INTEGER NOT NULL, member INTEGER NOT NULL, PRIMARY KEY (cluster, member)) WITHOUT ROWID;
   CREATE TABLE crawl (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`,
];

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const count = fc.nat({ max: 2 ** 31 - 1 }).map((low) => low * 4096);
/** A column may hold anything, if another program has been at it. */
const anything = fc.oneof(text, count, fc.double(), fc.constant(null), fc.uint8Array({ maxLength: 8 }));

const row = fc.record({
  url: text.map((end) => `http://a.test/${end}`),
  file: text,
  outcome: fc.constantFrom('saved', 'failed', 'skipped'),
  size: fc.option(count),
  etag: fc.option(text),
  odd: fc.array(anything, { minLength: 3, maxLength: 3 }),
});

/** With numbers of every kind SQLite may give back another number; bytes and text stay what they are. */
function written(value: unknown): SqlValue {
  return typeof value === 'number' && !Number.isFinite(value) ? null : (value as SqlValue);
}

test('notes of every version before', { timeout: 600_000 }, async () => {
  const parent = await temporaryFolder();
  const version = fc.integer({ min: 1, max: VERSIONS.length });
  const rows = fc.uniqueArray(row, { maxLength: 10, selector: ({ url, file }) => `${file}\0${url}` });
  const property = fc.asyncProperty(version, rows, async (version, rows) => {
    const folder = await mkdtemp(join(parent, 'out-'));
    await mkdir(join(folder, '.fetchall'));
    const database = await openDatabase(join(folder, '.fetchall/state.db'), 'OFF');
    database.exec(`${VERSIONS.slice(0, version).join('\n')} PRAGMA user_version = ${version};`);
    const insert = database.prepare(
      `INSERT INTO files (url, file, outcome, attempts, seconds, bytes, ended, run, size, etag, reason, status, sha256)
       VALUES (?, ?, ?, 1, 0, 0, 0, 1, ?, ?, ?, ?, ?)`,
    );
    const part = database.prepare('INSERT OR REPLACE INTO parts (file, url, etag) VALUES (?, ?, ?)');
    for (const { url, file, outcome, size, etag, odd } of rows) {
      insert.run([url, file, outcome, size, etag, ...odd.map(written)]);
      part.run([file, url, etag]);
    }
    database.close();
    for (let time = 0; time < 2; time++) {
      const store = await openStore(folder, { synchronous: 'OFF' });
      try {
        expect([...store.failed()]).toHaveLength(rows.filter(({ outcome }) => outcome === 'failed').length);
        for (const { url, file, size, etag } of rows) {
          const known = store.known(url, file);
          if (size === null) expect(known).toBeNull();
          else expect(known).toMatchObject({ size, etag, name: null });
        }
        for (const { url, file } of rows) expect(store.nameOf(url, file)).toBeNull();
        const last = new Map(rows.map((each) => [each.file, each]));
        for (const { file, url, etag } of last.values())
          expect(store.find(file, url)).toMatchObject({ etag, name: null, coding: null, done: null });
      } finally {
        await store.close();
      }
    }
  });
  await fc.assert(property, { numRuns: 60 });
});
