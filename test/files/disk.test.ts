import { closeSync, openSync } from 'node:fs';
import { lstat, mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnew, type Disk, saveBy, systemDisk } from '../../src/files/disk.js';
import { diskError, hasSystemCode, isDiskFull } from '../../src/files/disk-errors.js';
import { failingDisk } from '../../src/files/failing-disk.js';
import { FetchallError } from '../../src/model/errors.js';
import { temporaryFolder } from '../support/temp-folder.js';

async function write(disk: Disk, path: string, buffers: readonly Uint8Array[], position = 0): Promise<void> {
  const descriptor = await disk.create(path);
  await disk.write(descriptor, buffers, position);
  await disk.close(descriptor);
}

const bytes = (text: string) => Buffer.from(text);

describe('systemDisk', () => {
  it('writes all of the buffers, also more than one system call takes', async () => {
    const folder = await temporaryFolder();
    const buffers = Array.from({ length: 5000 }, (_, index) => bytes(`${index},`));
    await write(systemDisk, join(folder, 'many'), buffers);
    expect((await readFile(join(folder, 'many'))).equals(Buffer.concat(buffers))).toBe(true);
    await write(systemDisk, join(folder, 'none'), []);
    await write(systemDisk, join(folder, 'empty'), [bytes(''), bytes('')]);
    expect(
      (await readFile(join(folder, 'none'))).length + (await readFile(join(folder, 'empty'))).length,
    ).toBe(0);
  });

  it('writes at the position it is given', async () => {
    const path = join(await temporaryFolder(), 'a');
    const descriptor = await systemDisk.create(path);
    await systemDisk.write(descriptor, [bytes('cd'), bytes('ef')], 2);
    await systemDisk.write(descriptor, [bytes('ab')], 0);
    await systemDisk.close(descriptor);
    expect(await readFile(path, 'utf8')).toBe('abcdef');
  });

  it('creates no file where something stands, and goes through no link', async () => {
    const folder = await temporaryFolder();
    const path = (name: string) => join(folder, name);
    await writeFile(path('file'), 'old');
    await mkdir(path('folder'));
    await symlink(path('file'), path('link'));
    await symlink(path('nowhere'), path('dangling'));
    for (const name of ['file', 'folder', 'link', 'dangling']) {
      await expect(systemDisk.create(path(name))).rejects.toMatchObject({ code: 'EEXIST' });
    }
    expect(await readFile(path('file'), 'utf8')).toBe('old');
    expect(await systemDisk.occupant(path('nowhere'))).toBe('nothing');
  });

  it('tells what stands at a path', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await symlink(join(folder, 'file'), join(folder, 'link'));
    const names = ['file', 'link', 'none', '.'];
    expect(await Promise.all(names.map((name) => systemDisk.occupant(join(folder, name))))).toEqual([
      'file',
      'other',
      'nothing',
      'folder',
    ]);
    await expect(systemDisk.occupant(join(folder, 'file', 'below'))).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
  });

  it('tells whether a new file would have no place for its part', async () => {
    const folder = await temporaryFolder();
    const path = (name: string) => join(folder, name);
    await writeFile(path('file'), '');
    await mkdir(path('folder'));
    await symlink('file', path('link'));
    const looks = ['nothing', 'file', 'folder', 'link'].map((part) =>
      systemDisk.occupant(path('new'), path(part)),
    );
    expect(await Promise.all(looks)).toEqual(['nothing', 'part', 'blocked', 'blocked']);
    expect(await systemDisk.occupant(path('file'), path('folder'))).toBe('file');
  });

  it('makes and removes folders, links not followed', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'kept'));
    await writeFile(join(folder, 'kept', 'file'), 'kept');
    await systemDisk.makeFolder(join(folder, 'a', 'b', 'c'));
    await systemDisk.makeFolder(join(folder, 'a', 'b', 'c'));
    await symlink(join(folder, 'kept'), join(folder, 'a', 'b', 'link'));
    await systemDisk.removeFolder(join(folder, 'a'));
    await systemDisk.removeFolder(join(folder, 'a'));
    expect(await systemDisk.occupant(join(folder, 'a'))).toBe('nothing');
    expect(await readFile(join(folder, 'kept', 'file'), 'utf8')).toBe('kept');
    await expect(systemDisk.makeFolder(join(folder, 'kept', 'file', 'x'))).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
    await expect(systemDisk.makeFolder(join(folder, 'kept', 'file'))).rejects.toMatchObject({
      code: 'EEXIST',
    });
  });

  it('makes a folder below a link to one, and one that is being made by another', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'real'));
    await symlink('real', join(folder, 'link'));
    const path = join(folder, 'link', 'a', 'b');
    await Promise.all([1, 2, 3].map(() => systemDisk.makeFolder(path)));
    expect(await systemDisk.occupant(join(folder, 'real', 'a', 'b'))).toBe('folder');
    await symlink('nowhere', join(folder, 'dangling'));
    await expect(systemDisk.makeFolder(join(folder, 'dangling'))).rejects.toMatchObject({ code: 'EEXIST' });
  });
});

describe('createAnew', () => {
  it('takes the place of an old file or link, not of what the link leads to', async () => {
    const folder = await temporaryFolder();
    const [target, link] = [join(folder, 'target'), join(folder, 'link')];
    await writeFile(target, 'precious');
    await symlink(target, link);
    closeSync(await createAnew(systemDisk, link));
    expect((await lstat(link)).isFile()).toBe(true);
    expect(await readFile(target, 'utf8')).toBe('precious');
    closeSync(await createAnew(systemDisk, target));
    expect(await readFile(target, 'utf8')).toBe('');
  });

  it('removes no folder', async () => {
    const folder = await temporaryFolder();
    await expect(createAnew(systemDisk, folder)).rejects.toMatchObject({
      code: expect.stringMatching(/EISDIR|EPERM/),
    });
  });

  it('fails where something else keeps taking the place', async () => {
    const disk = failingDisk(systemDisk, [{ call: 'create', code: 'EEXIST' }]);
    const path = join(await temporaryFolder(), 'a');
    await writeFile(path, '');
    await expect(createAnew(disk, path)).rejects.toMatchObject({ code: 'EEXIST' });
  });
});

describe('save', () => {
  it.each([
    [
      'by one call',
      (part: string, final: string, buffers: Uint8Array[]) => systemDisk.save(part, final, buffers, true),
    ],
    [
      'by several',
      (part: string, final: string, buffers: Uint8Array[]) => saveBy(systemDisk, part, final, buffers, false),
    ],
  ])('%s: the file is whole and the part is gone', async (_, save) => {
    const folder = await temporaryFolder();
    const [part, final, elsewhere] = [join(folder, 'a.part'), join(folder, 'a'), join(folder, 'elsewhere')];
    await writeFile(elsewhere, 'precious');
    await symlink(elsewhere, part);
    await symlink(elsewhere, final);
    await save(part, final, [bytes('he'), bytes(''), bytes('llo')]);
    await expect(readlink(final)).rejects.toMatchObject({ code: 'EINVAL' });
    expect([await readFile(final, 'utf8'), await systemDisk.occupant(part)]).toEqual(['hello', 'nothing']);
    await save(part, final, []);
    expect(await readFile(final, 'utf8')).toBe('');
    expect(await readFile(elsewhere, 'utf8')).toBe('precious');
  });

  it.each(['create', 'write', 'sync', 'close', 'rename'] as const)(
    'a failing %s fails it, and no descriptor stays',
    async (call) => {
      const folder = await temporaryFolder();
      const disk = failingDisk(systemDisk, [{ call, code: 'ENOSPC' }]);
      const next = nextDescriptor();
      await expect(
        disk.save(join(folder, 'a.part'), join(folder, 'a'), [bytes('x')], true),
      ).rejects.toMatchObject({
        code: 'ENOSPC',
      });
      expect(nextDescriptor()).toBe(next);
      expect(await systemDisk.occupant(join(folder, 'a'))).toBe('nothing');
    },
  );
});

/** The lowest number that is free: higher when a descriptor was left open. */
function nextDescriptor(): number {
  const descriptor = openSync('.', 'r');
  closeSync(descriptor);
  return descriptor;
}

describe('failingDisk', () => {
  it('fails the calls it is told to, by path and after so many', async () => {
    const folder = await temporaryFolder();
    const disk = failingDisk(systemDisk, [
      { call: 'write', path: '/b', after: 1, code: 'ENOSPC' },
      { call: 'makeFolder', code: 'EROFS' },
    ]);
    await write(disk, join(folder, 'a'), [bytes('x')]);
    await write(disk, join(folder, 'b'), [bytes('x')]);
    await expect(write(disk, join(folder, 'b2'), [bytes('x')])).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(disk.makeFolder(join(folder, 'c'))).rejects.toMatchObject({ code: 'EROFS' });
    for (const call of ['unlink', 'occupant', 'removeFolder'] as const) {
      const failing = failingDisk(systemDisk, [{ call, code: 'EIO' }]);
      await expect(failing[call](join(folder, 'a'))).rejects.toMatchObject({ code: 'EIO' });
      await disk[call](join(folder, 'a')).catch(() => {});
    }
  });
});

describe('diskError', () => {
  it('says it in our words, with the code and the cause', () => {
    const cause = Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC' });
    const error = diskError(cause, 'cannot write a');
    expect(error).toMatchObject({ code: 'ERR_DISK', systemCode: 'ENOSPC', cause });
    expect(error.message).toBe('cannot write a: the disk is full (ENOSPC)');
    expect(diskError(error, 'again')).toBe(error);
    expect(diskError(Object.assign(new Error('odd'), { code: 'EODD' }), 'x').message).toBe('x: odd (EODD)');
    expect(diskError('thrown', 'x').message).toBe('x: thrown');
  });

  it('knows a full disk', () => {
    const full = (code: string) => isDiskFull(diskError(Object.assign(new Error(), { code }), 'x'));
    expect(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'].map(full)).toEqual([true, true, false, false]);
    const other = new FetchallError('ERR_CONNECT', 'x', {
      cause: Object.assign(new Error(), { code: 'ENOSPC' }),
    });
    expect(isDiskFull(other)).toBe(false);
  });

  it('hasSystemCode never throws', () => {
    expect(hasSystemCode(Object.assign(new Error(), { code: 'A' }), 'B', 'A')).toBe(true);
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(hasSystemCode(thrown, 'A')).toBe(false);
      }),
    );
  });
});
