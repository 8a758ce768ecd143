// A part file that goes on with what is there, is made safe against a loss of power, or meets another program.

import { appendFile, link, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Disk, systemDisk } from '../../src/files/disk.js';
import { failingDisk } from '../../src/files/failing-disk.js';
import { PartFile } from '../../src/files/part-file.js';
import { temporaryFolder } from '../support/temp-folder.js';

const MEBIBYTE = 1_048_576;

function loggingDisk(): { disk: Disk; calls: string[] } {
  const calls: string[] = [];
  const note =
    <Args extends unknown[], T>(name: string, call: (...args: Args) => Promise<T>) =>
    (...args: Args): Promise<T> => {
      calls.push(name);
      return call(...args);
    };
  const disk: Disk = {
    ...systemDisk,
    create: note('create', systemDisk.create),
    write: note('write', systemDisk.write),
    sync: note('sync', systemDisk.sync),
    close: note('close', systemDisk.close),
    rename: note('rename', systemDisk.rename),
    syncFolder: note('syncFolder', systemDisk.syncFolder),
    save: note('save', systemDisk.save),
  };
  return { disk, calls };
}

/** A part whose `drained` and `failed` can be waited for. */
function aPart(folder: string, disk: Disk = systemDisk, isSynced = false) {
  let wake = (): void => {};
  const synced: number[] = [];
  const events = {
    drained: () => wake(),
    failed: () => wake(),
    synced(position: number) {
      synced.push(position);
      return undefined;
    },
  };
  const part = new PartFile(disk, folder, 'a.part', events, isSynced, events);
  const write = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      part.write(bytes);
    });
  return { part, write, synced };
}

describe('append', () => {
  it.each([
    [12, 'X', 'headtailtailX'],
    [4, 'new', 'headnew'],
    [4, '', 'head'],
  ])('after %d bytes keeps these and nothing behind them', async (offset, more, expected) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'a.part'), 'headtailtail');
    const { part } = aPart(folder);
    part.append(await systemDisk.reopen(join(folder, 'a.part')), offset);
    if (more !== '') part.write(Buffer.from(more));
    await part.commit('a');
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe(expected);
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('reads back what was there and what has come', async () => {
    const folder = await temporaryFolder();
    const before = Buffer.alloc(2 * MEBIBYTE + 7, 'b');
    await writeFile(join(folder, 'a.part'), before);
    const { part } = aPart(folder);
    part.append(await systemDisk.reopen(join(folder, 'a.part')), before.length);
    part.write(Buffer.from('new'));
    const read: Buffer[] = [];
    await part.readBack((bytes) => read.push(Buffer.from(bytes)));
    expect(Buffer.concat(read).equals(Buffer.concat([before, Buffer.from('new')]))).toBe(true);
    await part.leave();
  });

  it('tells that it cannot be read back, with the path', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'a.part'), 'before');
    const { part } = aPart(folder, failingDisk(systemDisk, [{ call: 'read', code: 'EIO' }]));
    part.append(await systemDisk.reopen(join(folder, 'a.part')), 6);
    await expect(part.readBack(() => {})).rejects.toMatchObject({
      code: 'ERR_DISK',
      message: `cannot read ${join(folder, 'a.part')}: the disk reported an error (EIO)`,
    });
    await part.leave();
  });
});

describe('reopen', () => {
  it('takes no link, no folder, and nothing that has a second name', async () => {
    const folder = await temporaryFolder();
    const path = (name: string) => join(folder, name);
    await writeFile(path('precious'), 'precious');
    await symlink('precious', path('symbolic'));
    await link(path('precious'), path('hard'));
    await mkdir(path('folder'));
    for (const name of ['symbolic', 'hard', 'folder', 'nothing'])
      await expect(systemDisk.reopen(path(name))).rejects.toHaveProperty('code');
  });
});

describe('a program beside us', () => {
  it.each<[string, (path: string) => Promise<void>, RegExp]>([
    ['deletes the part', (path) => rm(path), /deleted or replaced/],
    [
      'replaces the part',
      async (path) => {
        await rm(path);
        await writeFile(path, Buffer.alloc(300_000, 'x'));
      },
      /deleted or replaced/,
    ],
    ['writes to the part', (path) => appendFile(path, 'more'), /changed/],
  ])('%s: the file is not made', async (_, meddle, says) => {
    const folder = await temporaryFolder();
    const { part, write } = aPart(folder);
    await write(Buffer.alloc(300_000, 'x'));
    await meddle(join(folder, 'a.part'));
    await expect(part.commit('a')).rejects.toMatchObject({
      code: 'ERR_DISK',
      message: expect.stringMatching(says),
    });
    await part.leave();
    expect(await readdir(folder)).not.toContain('a');
  });
});

describe('with fsync', () => {
  it('syncs a part every 8 MiB, and says how far, and the rest and the folder around the rename', async () => {
    const folder = await temporaryFolder();
    const { disk, calls } = loggingDisk();
    const { part, write, synced } = aPart(folder, disk, true);
    for (let sent = 0; sent < 17; sent++) await write(Buffer.alloc(MEBIBYTE, 'x'));
    expect(synced).toEqual([8 * MEBIBYTE, 16 * MEBIBYTE]);
    calls.splice(0);
    await part.commit('a');
    expect(calls).toEqual(['sync', 'close', 'rename', 'syncFolder']);
  });

  it('syncs what is left behind', async () => {
    const folder = await temporaryFolder();
    const { part, write, synced } = aPart(folder, systemDisk, true);
    await write(Buffer.alloc(MEBIBYTE, 'x'));
    await part.leave();
    expect(synced).toEqual([MEBIBYTE]);
  });

  it('syncs a small file too, and none without it', async () => {
    for (const isSynced of [true, false]) {
      const folder = await temporaryFolder();
      const { disk, calls } = loggingDisk();
      const saves: boolean[] = [];
      disk.save = (part, final, buffers, synced) => {
        saves.push(synced);
        return systemDisk.save(part, final, buffers, synced);
      };
      const { part } = aPart(folder, disk, isSynced);
      part.expect(3);
      part.write(Buffer.from('abc'));
      await part.commit('a');
      expect([saves, calls]).toEqual([[isSynced], []]);
    }
    const folder = await temporaryFolder();
    const { disk, calls } = loggingDisk();
    const { part, write, synced } = aPart(folder, disk);
    for (let sent = 0; sent < 9; sent++) await write(Buffer.alloc(MEBIBYTE, 'x'));
    await part.commit('a');
    expect([synced, calls.filter((call) => call.startsWith('sync'))]).toEqual([[], []]);
  });

  it.each(['sync', 'syncFolder'] as const)('a failing %s fails the file', async (call) => {
    const folder = await temporaryFolder();
    const { part, write } = aPart(folder, failingDisk(systemDisk, [{ call, code: 'EIO' }]), true);
    await write(Buffer.alloc(300_000, 'x'));
    await expect(part.commit('a')).rejects.toMatchObject({ code: 'ERR_DISK', systemCode: 'EIO' });
    await part.leave();
  });
});

describe('leaveAs', () => {
  it('gives the part another name, and replaces nothing', async () => {
    const folder = await temporaryFolder();
    for (const content of ['first', 'second']) {
      const { part } = aPart(folder);
      part.expect(content.length);
      part.write(Buffer.from(content));
      await part.leaveAs('a.bad');
      expect(await readdir(folder)).toEqual(['a.bad']);
      expect(await readFile(join(folder, 'a.bad'), 'utf8')).toBe('first');
    }
  });
});
