// docs/state.md: its queries run and say what they should, and it names every table and column.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/state/open-database.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { failedRecord, savedRecord, storeIn } from './rows.js';

const text = readFileSync(new URL('../../docs/state.md', import.meta.url), 'utf8');
const queries = [...text.matchAll(/^```sql\n([\s\S]*?)^```$/gm)].map(([, sql = '']) => sql);

/** @returns the path of a database with a saved file, two failed ones, and two runs */
async function aDatabase(): Promise<string> {
  const folder = await temporaryFolder();
  const store = await storeIn(folder);
  const totals = { total: 3, saved: 1, skipped: 0, failed: 2, bytes: 30_000_000, chunks: 4 };
  store.beginRun('concurrent', 16);
  store.record(savedRecord('http://a.test/a'));
  store.record(failedRecord('http://a.test/b', { file: 'b', expected: 'md5=ab' }));
  store.record(failedRecord('http://b.test/c', { file: 'c' }));
  store.endRun({ listHash: null, totals, seconds: 2 });
  store.beginRun('sequential', 1);
  await store.close();
  return join(folder, '.fetchall', 'state.db');
}

it('the three queries say what they should', async () => {
  const database = await openDatabase(await aDatabase(), 'OFF');
  const [failures, list, runs] = queries.map((sql) => database.prepare(sql).all([]));
  database.close();
  expect(failures).toEqual([expect.objectContaining({ files: 2 })]);
  expect(list).toEqual([{ line: 'http://a.test/b name=b md5=ab' }, { line: 'http://b.test/c name=c' }]);
  const run = { id: 1, mode: 'concurrent', saved: 1, failed: 2, megabytes_per_second: 15 };
  expect(runs).toEqual([{ ...run, began: expect.stringMatching(/^\d{4}-\d\d-\d\d /) }]);
});

it('the sqlite3 shell can run them', async ({ skip }) => {
  const shell = promisify(execFile);
  const can = await shell('sqlite3', ['--version']).catch((error: unknown) => error);
  skip(can instanceof Error, 'there is no sqlite3 shell here');
  const path = await aDatabase();
  for (const [index, sql] of queries.entries()) {
    const { stdout, stderr } = await shell('sqlite3', ['-readonly', '-list', path, sql]);
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toHaveLength([1, 2, 1][index] ?? 0);
  }
});

it('names every table and column', async () => {
  const database = await openDatabase(await aDatabase(), 'OFF');
  const columns = database
    .prepare(
      `SELECT t.name AS "table", c.name AS "column" FROM sqlite_schema t, pragma_table_info(t.name) c
       WHERE t.type = 'table'`,
    )
    .all([]);
  database.close();
  expect(columns.length).toBeGreaterThan(30);
  const missing = columns.filter(
    ({ table, column }) => !text.includes(`\`${table}\``) || !text.includes(`\`${column}\``),
  );
  expect(missing).toEqual([]);
});
