import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/state/open-database.js';
import { openStore } from '../../src/state/open-store.js';
import { temporaryFolder } from '../support/temp-folder.js';

/** What the first version wrote. */
const FIRST = `
CREATE TABLE files (url TEXT NOT NULL, file TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT, status INTEGER,
  attempts INTEGER NOT NULL, seconds REAL NOT NULL, bytes INTEGER NOT NULL, ended INTEGER NOT NULL, error_code TEXT,
  error_message TEXT, run INTEGER NOT NULL, expected TEXT, size INTEGER, etag TEXT, last_modified TEXT, sha256 TEXT,
  verified TEXT, PRIMARY KEY (file, url)) WITHOUT ROWID;
CREATE TABLE parts (file TEXT PRIMARY KEY, url TEXT NOT NULL, etag TEXT, last_modified TEXT, date TEXT, total INTEGER,
  synced INTEGER) WITHOUT ROWID;
CREATE TABLE runs (id INTEGER PRIMARY KEY, began INTEGER NOT NULL, ended INTEGER, mode TEXT NOT NULL,
  concurrency INTEGER NOT NULL, list TEXT, total INTEGER, saved INTEGER, skipped INTEGER, failed INTEGER, bytes INTEGER,
  chunks INTEGER, seconds REAL);
INSERT INTO files (url, file, outcome, attempts, seconds, bytes, ended, run, size)
  VALUES ('http://a.test/a', 'a', 'saved', 1, 0, 3, 0, 1, 3);
INSERT INTO parts (file, url, etag) VALUES ('b', 'http://a.test/b', '"b"');
PRAGMA user_version = 1;
`;

it('brings what an older version remembers up to date', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, '.fetchall'));
  const database = await openDatabase(join(folder, '.fetchall/state.db'), 'OFF');
  database.exec(FIRST);
  database.close();
  for (let time = 0; time < 2; time++) {
    const store = await openStore(folder, { synchronous: 'OFF' });
    try {
      expect(store.known('http://a.test/a', 'a')).toMatchObject({ name: null, size: 3 });
      expect(store.nameOf('http://a.test/a', 'a')).toBeNull();
      expect(store.isAnothers('http://a.test/x', 'a')).toBe(true);
      expect(store.find('b', 'http://a.test/b')).toMatchObject({ name: null, etag: '"b"' });
    } finally {
      await store.close();
    }
  }
});
