import { appendFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeMemoryFolder } from '../../src/state/memory-folder.js';
import { findRun, type RunRecord, recordRun } from '../../src/state/run-records.js';
import { temporaryFolder } from '../support/temp-folder.js';

function record(list: string, seconds: number): RunRecord {
  return { mode: 'sequential', list, seconds, total: 1, ended: '2026-01-01T00:00:00.000Z' };
}

it('finds the latest run of a list', async () => {
  const folder = await temporaryFolder();
  expect(await findRun(join(folder, 'none'), 'a')).toBeNull();
  expect(await findRun(folder, 'a')).toBeNull();
  await recordRun(folder, record('a', 1));
  await recordRun(folder, record('b', 2));
  await recordRun(folder, record('a', 3));
  expect(await findRun(folder, 'a')).toEqual(record('a', 3));
  expect(await findRun(folder, 'b')).toEqual(record('b', 2));
  expect(await findRun(folder, 'c')).toBeNull();
});

it('passes over what a crash has cut short, and what is no record', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, '.fetchall'));
  const file = join(folder, '.fetchall', 'runs.ndjson');
  await writeFile(file, '{}\n[1]\n{"mode":"concurrent","list":"a","seconds":1}\nnull\n');
  expect(await findRun(folder, 'a')).toBeNull();
  await recordRun(folder, record('a', 1));
  await appendFile(file, JSON.stringify(record('a', 2)).slice(0, -5));
  expect(await findRun(folder, 'a')).toEqual(record('a', 1));
  await recordRun(folder, record('a', 3));
  expect(await findRun(folder, 'a')).toEqual(record('a', 3));
});

it('holds its peace where nothing can be written', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, '.fetchall'), 'mine');
  await expect(recordRun(folder, record('a', 1))).resolves.toBeUndefined();
  expect(await findRun(folder, 'a')).toBeNull();
  expect(await readFile(join(folder, '.fetchall'), 'utf8')).toBe('mine');
});

it('does not write through a memory folder that is a link', async () => {
  const folder = await temporaryFolder();
  const elsewhere = await temporaryFolder();
  await symlink(elsewhere, join(folder, '.fetchall'));
  await recordRun(folder, record('a', 1));
  await expect(makeMemoryFolder(folder)).rejects.toMatchObject({ code: 'ERR_DISK' });
  expect(await readdir(elsewhere)).toEqual([]);
});
