// The tables of state.db; docs/state.md tells what their columns mean.

import { FetchallError } from '../model/errors.js';
import type { Database } from './database.js';

/** Kept in `user_version`. A file of a newer version is not touched. */
export const SCHEMA_VERSION = 5;

/** What leads from each version to the next, from 0, which is an empty file. */
const STEPS = [
  `
CREATE TABLE files (
  url TEXT NOT NULL,
  file TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT,
  status INTEGER,
  attempts INTEGER NOT NULL,
  seconds REAL NOT NULL,
  bytes INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  error_code TEXT,
  error_message TEXT,
  run INTEGER NOT NULL,
  expected TEXT,
  size INTEGER,
  etag TEXT,
  last_modified TEXT,
  sha256 TEXT,
  verified TEXT,
  PRIMARY KEY (file, url)
) WITHOUT ROWID;
CREATE TABLE parts (
  file TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  etag TEXT,
  last_modified TEXT,
  date TEXT,
  total INTEGER,
  synced INTEGER
) WITHOUT ROWID;
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  began INTEGER NOT NULL,
  ended INTEGER,
  mode TEXT NOT NULL,
  concurrency INTEGER NOT NULL,
  list TEXT,
  total INTEGER,
  saved INTEGER,
  skipped INTEGER,
  failed INTEGER,
  bytes INTEGER,
  chunks INTEGER,
  seconds REAL
);
`,
  // Few files have a name from a server: the others cost nothing in the index.
  `
ALTER TABLE files ADD COLUMN name TEXT;
ALTER TABLE parts ADD COLUMN name TEXT;
CREATE INDEX names ON files (name) WHERE name IS NOT NULL;
`,
  `
ALTER TABLE parts ADD COLUMN coding TEXT;
`,
  // `due` alone says what may be fetched: the depth, -1 while leased, null at the end. So one small index finds what is next.
  `
CREATE TABLE frontier (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL,
  depth INTEGER NOT NULL,
  kind TEXT NOT NULL,
  requisite_depth INTEGER NOT NULL,
  redirects INTEGER NOT NULL,
  guarded INTEGER NOT NULL,
  parent INTEGER,
  due INTEGER,
  state TEXT NOT NULL,
  reason TEXT,
  detail TEXT,
  status INTEGER,
  type TEXT,
  file TEXT,
  size INTEGER,
  sha256 TEXT,
  target TEXT,
  ended INTEGER
);
CREATE INDEX due ON frontier (due, origin, id) WHERE due IS NOT NULL;
CREATE TABLE origins (
  origin TEXT PRIMARY KEY,
  robots TEXT,
  status TEXT NOT NULL,
  asked INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE traps (
  cluster INTEGER NOT NULL,
  member INTEGER NOT NULL,
  PRIMARY KEY (cluster, member)
) WITHOUT ROWID;
CREATE TABLE crawl (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
`,
  `
ALTER TABLE parts ADD COLUMN done TEXT;
`,
];

/**
 * Makes the tables where they are missing, or brings those of an older version up to date.
 *
 * @throws FetchallError ERR_DISK for the file of a newer version; the database's error for a file that is damaged
 */
export function prepareSchema(database: Database, path: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get([])?.['user_version']);
  if (version > SCHEMA_VERSION) {
    const says = `${path} was written by a newer fetchall (schema ${version}, this one knows ${SCHEMA_VERSION})`;
    throw new FetchallError('ERR_DISK', says);
  }
  if (version < SCHEMA_VERSION) {
    const steps = STEPS.slice(version).join('');
    database.exec(`BEGIN; ${steps} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    return;
  }
  // What is damaged shows itself when it is read.
  for (const table of ['files', 'parts', 'runs', 'frontier', 'origins', 'traps', 'crawl'])
    database.prepare(`SELECT * FROM ${table} LIMIT 1`).get([]);
}
