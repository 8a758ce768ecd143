// The thread runs what was built: npm test builds first.

import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { systemDisk } from '../../dist/files/disk.js';
import { type ThreadedDisk, threadedDisk } from '../../dist/files/disk-thread.js';
import { threadedDisk as diskWithoutWorker } from '../../src/files/disk-thread.js';
import { temporaryFolder } from '../support/temp-folder.js';

/** A disk whose thread runs, and which never goes to the disk below for looks and saves. */
async function running(folder: string): Promise<ThreadedDisk> {
  let below = 0;
  const disk = threadedDisk({
    ...systemDisk,
    occupant: (...given) => {
      below++;
      return systemDisk.occupant(...given);
    },
  });
  onTestFinished(() => disk.end());
  // It starts after many calls; from then on the disk below is not asked any more.
  for (let before = -1; before !== below; ) {
    before = below;
    await Promise.all(Array.from({ length: 300 }, () => disk.occupant(join(folder, 'nothing'))));
  }
  return disk;
}

const body = (n: number): Uint8Array[] => [Buffer.from(`body ${n} `), Buffer.alloc(n % 5000, n)];

test('thousands of files are saved, each as it was given', async () => {
  const folder = await temporaryFolder();
  const disk = await running(folder);
  const numbers = Array.from({ length: 2000 }, (_, n) => n);
  await Promise.all(
    numbers.map((n) => disk.save(join(folder, `${n}.part`), join(folder, `${n}`), body(n), false)),
  );
  expect((await readdir(folder)).length).toBe(2000);
  for (const n of numbers) expect(await readFile(join(folder, `${n}`))).toEqual(Buffer.concat(body(n)));
});

test('an empty file, and one larger than a batch', async () => {
  const folder = await temporaryFolder();
  const disk = await running(folder);
  const large = Buffer.alloc(3_000_000, 'x');
  await Promise.all([
    disk.save(join(folder, 'empty.part'), join(folder, 'empty'), [], false),
    disk.save(join(folder, 'large.part'), join(folder, 'large'), [large], false),
  ]);
  expect((await readFile(join(folder, 'empty'))).length).toBe(0);
  expect((await readFile(join(folder, 'large'))).equals(large)).toBe(true);
});

test('it says what stands at a path, and follows no link', async () => {
  const folder = await temporaryFolder();
  const disk = await running(folder);
  await writeFile(join(folder, 'file'), '');
  await mkdir(join(folder, 'folder'));
  await symlink(join(folder, 'folder'), join(folder, 'link'));
  const paths = ['file', 'folder', 'link', 'nothing'].map((name) => join(folder, name));
  expect(await Promise.all(paths.map((path) => disk.occupant(path)))).toEqual([
    'file',
    'folder',
    'other',
    'nothing',
  ]);
  const parts = ['file', 'folder', 'link', 'nothing'].map((name) => join(folder, name));
  const looks = parts.map((part) => disk.occupant(join(folder, 'new'), part));
  expect(await Promise.all(looks)).toEqual(['part', 'blocked', 'blocked', 'nothing']);
});

test('an old part is replaced, and nothing is written through a link', async () => {
  const folder = await temporaryFolder();
  const disk = await running(folder);
  await writeFile(join(folder, 'precious'), 'precious');
  await symlink(join(folder, 'precious'), join(folder, 'a.part'));
  await symlink(join(folder, 'precious'), join(folder, 'a'));
  await writeFile(join(folder, 'b.part'), 'a long part of an earlier run');
  await disk.save(join(folder, 'a.part'), join(folder, 'a'), [Buffer.from('new')], false);
  await disk.save(join(folder, 'b.part'), join(folder, 'b'), [Buffer.from('new')], false);
  expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('precious');
  expect((await lstat(join(folder, 'a'))).isFile()).toBe(true);
  expect(await readFile(join(folder, 'b'), 'utf8')).toBe('new');
});

test('an error comes back with its code, to the one whom it concerns', async () => {
  const folder = await temporaryFolder();
  const disk = await running(folder);
  await mkdir(join(folder, 'folder', 'full'), { recursive: true });
  const saves = [
    disk.save(join(folder, 'no/a.part'), join(folder, 'no/a'), [], false),
    disk.save(join(folder, 'good.part'), join(folder, 'good'), [Buffer.from('good')], false),
    disk.save(join(folder, 'folder.part'), join(folder, 'folder'), [], false),
  ];
  const settled = await Promise.allSettled(saves);
  expect(
    settled.map((result) => (result.status === 'rejected' ? result.reason.code : result.status)),
  ).toEqual(['ENOENT', 'fulfilled', 'EISDIR']);
  expect(await readFile(join(folder, 'good'), 'utf8')).toBe('good');
});

test('what was asked of a thread that ends is refused, not forgotten', async () => {
  const folder = await temporaryFolder();
  const disk = await running(folder);
  const saves = Array.from({ length: 50 }, (_, n) =>
    disk.save(join(folder, `${n}.part`), join(folder, `${n}`), [], false),
  );
  const settled = Promise.allSettled(saves);
  await disk.end();
  expect((await settled).length).toBe(50);
  await disk.save(join(folder, 'later.part'), join(folder, 'later'), [], false);
  expect((await readdir(folder)).includes('later')).toBe(true);
});

test('a thread that cannot start costs speed only', async () => {
  const folder = await temporaryFolder();
  // The sources have no built worker beside them.
  const disk = diskWithoutWorker(systemDisk);
  const worker = new Promise<Worker>((resolve) => process.once('worker', resolve));
  let isOver = false;
  void worker.then((started) => started.once('exit', () => (isOver = true)));
  while (!isOver) expect(await disk.occupant(join(folder, 'nothing'))).toBe('nothing');
});
