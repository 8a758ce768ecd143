import { createHash } from 'node:crypto';
import { chmod, link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock, type LockHolder, lockHolder } from '../../src/state/lock.js';
import { startChild } from './child.js';
import { deadHolder, expectFree, HOLD, holdElsewhere, holderIn, place } from './lock-place.js';

describe('a lock that is held', () => {
  it('keeps a second run of the same process away, which is told by whom and since when', async () => {
    const there = await place();
    const first = await acquireLock(there.memory);
    const { since } = await holderIn(there);
    expect(new Date(since).toISOString()).toBe(since);
    await expect(acquireLock(there.memory)).rejects.toMatchObject({
      code: 'ERR_LOCKED',
      message: `another run (process ${process.pid}, since ${since}) is at work in ${join(there.memory, '..')}`,
    });
    await first.release();
    await expectFree(there);
  });

  it('keeps another process away, until that one is killed', async () => {
    const there = await place();
    const child = await holdElsewhere(there);
    const { pid, since } = await holderIn(there);
    expect(pid).toBe(child.pid);
    expect(await lockHolder(there.memory)).toMatchObject({ pid });
    await expect(acquireLock(there.memory)).rejects.toMatchObject({
      code: 'ERR_LOCKED',
      message: `another run (process ${pid}, since ${since}) is at work in ${join(there.memory, '..')}`,
    });
    await child.kill();
    expect(await lockHolder(there.memory)).toBeNull();
    await expectFree(there);
  });

  it('by one who only has a look is waited for, and is nobody to the others', async () => {
    const there = await place();
    const passing = await acquireLock(there.memory, true);
    expect(await lockHolder(there.memory)).toBeNull();
    let isThere = false;
    const run = acquireLock(there.memory).then((lock) => {
      isThere = true;
      return lock;
    });
    await holderIn(there);
    expect(isThere).toBe(false);
    await passing.release();
    const lock = await run;
    expect(await holderIn(there)).not.toHaveProperty('isPassing');
    await lock.release();
    await expectFree(there);
  });

  it('is released by its holder alone, and once', async () => {
    const there = await place();
    const first = await acquireLock(there.memory);
    await first.release();
    const second = await acquireLock(there.memory);
    const others = JSON.stringify({ ...(await holderIn(there)), since: '2020-01-01T00:00:00.000Z' });
    await first.release();
    await writeFile(there.lock, others);
    await second.release();
    expect(await readFile(there.lock, 'utf8')).toBe(others);
  });

  it('of another host is never stale; the message says which file to remove', async () => {
    const there = await place();
    const holder: LockHolder = { ...(await deadHolder()), host: 'elsewhere.test' };
    await writeFile(there.lock, JSON.stringify(holder));
    await expect(acquireLock(there.memory)).rejects.toMatchObject({
      code: 'ERR_LOCKED',
      message: expect.stringContaining(
        `on elsewhere.test, since ${holder.since}) is at work in ${join(there.memory, '..')}; ` +
          `if that is over, remove ${there.lock}`,
      ),
    });
    expect(await holderIn(there)).toEqual(holder);
    expect(await lockHolder(there.memory)).toEqual(holder);
  });

  it('is respected where it is not known when its process started', async () => {
    const there = await place();
    const { pid } = await holdElsewhere(there);
    const holder: LockHolder = { ...(await holderIn(there)), started: null };
    await writeFile(there.lock, JSON.stringify(holder));
    await expect(acquireLock(there.memory)).rejects.toMatchObject({ code: 'ERR_LOCKED' });
    expect(await holderIn(there)).toMatchObject({ pid });
  });

  it('is left alone, and reported as ERR_DISK, where it cannot be read', async () => {
    const there = await place();
    await mkdir(there.lock);
    const wanted = { code: 'ERR_DISK', systemCode: 'EISDIR' };
    await expect(acquireLock(there.memory)).rejects.toMatchObject(wanted);
    await expect(lockHolder(there.memory)).rejects.toMatchObject(wanted);
    expect(await readdir(there.memory)).toEqual(['lock']);
  });

  it('reports a folder that is not there as ERR_DISK', async () => {
    const { memory } = await place();
    await expect(acquireLock(join(memory, 'none'))).rejects.toMatchObject({
      code: 'ERR_DISK',
      systemCode: 'ENOENT',
    });
  });
});

describe('a stale lock is taken over', () => {
  it('when its process is no more', async () => {
    const there = await place();
    await writeFile(there.lock, JSON.stringify(await deadHolder()));
    await expectFree(there);
  });

  it('when its process is dead, and nobody has asked how it ended', async () => {
    const there = await place();
    const parent = startChild(
      'sh',
      '-c',
      '"$@" & read end && kill -9 $! && exec sleep 1000',
      'sh',
      process.execPath,
      '--input-type=module',
      '--eval',
      HOLD,
      '--',
      there.memory,
    );
    expect(await parent.line()).toBe('held');
    const { pid } = await holderIn(there);
    parent.tell('end');
    await untilZombie(pid);
    await expectFree(there);
  });

  it('when its pid is that of a process which began later', async () => {
    const there = await place();
    const ours = await acquireLock(there.memory);
    const holder = await holderIn(there);
    await ours.release();
    expect(holder.started).toMatch(/^[0-9a-f-]{36} \d+$/);
    await writeFile(there.lock, JSON.stringify({ ...holder, started: `${holder.started}0` }));
    await expectFree(there);
  });

  it("when its pid is that of another user's process which began later", async ({ skip }) => {
    const asNobody = ['--reuid=65534', '--clear-groups', process.execPath];
    const can = await startChild('setpriv', ...asNobody, '--eval', 'process.kill(+process.argv[1], 0)', '1')
      .ended;
    skip(process.getuid?.() !== 0 || can !== 1, 'no other user can be had here');
    const there = await place();
    const ours = await acquireLock(there.memory);
    const holder = await holderIn(there);
    await ours.release();
    await chmod(join(there.memory, '..'), 0o755);
    await chmod(there.memory, 0o777);
    await writeFile(there.lock, JSON.stringify({ ...holder, started: `${holder.started}0` }));
    const child = startChild(
      'setpriv',
      ...asNobody,
      '--input-type=module',
      '--eval',
      HOLD,
      '--',
      there.memory,
    );
    expect(await child.line()).toBe('held');
    expect(await holderIn(there)).toMatchObject({ pid: child.pid });
  });

  const nobody = JSON.stringify({ pid: 0, started: null, host: hostname(), since: '' });
  const NOT_UNDERSTOOD = ['', '\0\0', '{"pid":', 'null', '[]', '12', '{"pid":"1","host":"a"}', nobody];

  it.each(NOT_UNDERSTOOD)('when it holds no holder: %j', async (text) => {
    const there = await place();
    await writeFile(there.lock, text);
    expect(await lockHolder(there.memory)).toBeNull();
    await expectFree(there);
  });
});

/** Resolves when the process is dead and its parent has not waited for it: the state in proc(5). */
async function untilZombie(pid: number): Promise<void> {
  for (;;) {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    if (/\) Z /.test(status)) return;
  }
}

describe('a takeover that was killed', () => {
  const nameAfter = (text: string): string =>
    `lock.after-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;

  it('is taken over in its turn, and leaves nothing', async () => {
    const there = await place();
    const first = JSON.stringify(await deadHolder());
    const second = JSON.stringify(await deadHolder());
    await writeFile(there.lock, first);
    await writeFile(join(there.memory, nameAfter(first)), second);
    await writeFile(join(there.memory, nameAfter(second)), '');
    await expectFree(there);
  });

  it('has taken nothing over before it has ended, and all of it then', async () => {
    const there = await place();
    const child = await holdElsewhere(there);
    const successor = await readFile(there.lock, 'utf8');
    const stale = JSON.stringify(await deadHolder());
    // As it is before the successor has put its own lock in the place of the stale one.
    await writeFile(there.lock, stale);
    await writeFile(join(there.memory, nameAfter(stale)), successor);
    expect(await lockHolder(there.memory)).toMatchObject({ pid: child.pid });
    await expect(acquireLock(there.memory)).rejects.toMatchObject({ code: 'ERR_LOCKED' });
    await child.kill();
    await expectFree(there);
  });

  it('does not stand in the way by a name of the same pid', async () => {
    const there = await place();
    const stale = JSON.stringify(await deadHolder());
    await writeFile(there.lock, stale);
    for (let attempt = 0; attempt < 200; attempt++)
      await link(there.lock, `${there.lock}.${hostname()}.${process.pid}.${attempt}`);
    const ours = await acquireLock(there.memory);
    expect((await readdir(there.memory)).length).toBe(200);
    expect((await holderIn(there)).pid).toBe(process.pid);
    await ours.release();
  });
});
