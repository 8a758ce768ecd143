import { createHash } from 'node:crypto';
import { chmod, link, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock, type LockHolder, lockHolder } from '../../src/state/lock.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { built, type Child, startChild, startModule } from './child.js';

const IMPORT = `import { acquireLock } from ${built('state/lock.js')};`;

const HOLD = `${IMPORT}
await acquireLock(process.argv[1]);
console.log('held');
setInterval(() => {}, 1e6);
`;

interface Place {
  readonly memory: string;
  readonly lock: string;
}

async function place(): Promise<Place> {
  const memory = join(await temporaryFolder(), '.fetchall');
  await mkdir(memory);
  return { memory, lock: join(memory, 'lock') };
}

async function holderIn({ lock }: Place): Promise<LockHolder> {
  return JSON.parse(await readFile(lock, 'utf8')) as LockHolder;
}

/** A process that has the lock. */
async function holdElsewhere({ memory }: Place): Promise<Child> {
  const child = startModule(HOLD, memory);
  expect(await child.line()).toBe('held');
  return child;
}

/** The holder that a process which was killed has left. */
async function deadHolder(): Promise<LockHolder> {
  const there = await place();
  const child = await holdElsewhere(there);
  await child.kill();
  return holderIn(there);
}

/** Takes a lock that is free, or stale, and gives it back. */
async function expectFree({ memory, lock }: Place): Promise<void> {
  const ours = await acquireLock(memory);
  expect(await lockHolder(memory)).toMatchObject({ pid: process.pid, host: hostname() });
  await ours.release();
  await expect(stat(lock)).rejects.toMatchObject({ code: 'ENOENT' });
  // Nothing of the takeover is left.
  expect(await readdir(memory)).toEqual([]);
}

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

/** Takes the lock of each folder that it is told, once, however often it is refused, and sees to it that nobody else has it. */
const RACER = `${IMPORT}
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
const [, ending] = process.argv;
async function acquire(memory) {
  for (;;) {
    try { return await acquireLock(memory); } catch (error) { if (error.code !== 'ERR_LOCKED') throw error; }
  }
}
async function hold(memory) {
  const lock = await acquire(memory);
  const holding = join(memory, 'holding');
  await (await open(holding, 'wx')).close();
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  const { pid } = JSON.parse(await readFile(join(memory, 'lock'), 'utf8'));
  if (pid !== process.pid) throw new Error('the lock has become that of ' + pid);
  await rm(holding);
  if (ending === 'kill') process.kill(process.pid, 'SIGKILL');
  await lock.release();
}
console.log('ready');
for await (const memory of createInterface({ input: process.stdin })) {
  await hold(memory);
  console.log('held');
}
`;

const RACERS = 20;

async function startRacers(ending: 'release' | 'kill'): Promise<Child[]> {
  const racers = Array.from({ length: RACERS }, () => startModule(RACER, ending));
  for (const racer of racers) expect(await racer.line()).toBe('ready');
  return racers;
}

describe('twenty processes at one stale lock', { timeout: 60_000 }, () => {
  it('have it one at a time', async () => {
    const stale = { ...(await deadHolder()) };
    const racers = await startRacers('release');
    for (let round = 0; round < 5; round++) {
      const there = await place();
      await writeFile(there.lock, JSON.stringify(stale));
      for (const racer of racers) racer.tell(there.memory);
      for (const racer of racers) expect(await racer.line()).toBe('held');
      expect(await readdir(there.memory)).toEqual([]);
    }
  });

  it('have it one at a time when each is killed while it holds the lock', async () => {
    const there = await place();
    await writeFile(there.lock, '');
    const racers = await startRacers('kill');
    for (const racer of racers) racer.tell(there.memory);
    for (const racer of racers) await expect(racer.line()).rejects.toThrow('ended with null');
    await expectFree(there);
  });
});
