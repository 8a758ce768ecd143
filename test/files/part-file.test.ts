import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useClock } from '../../src/coroutine/clock.js';
import { type Disk, systemDisk } from '../../src/files/disk.js';
import { isDiskFull } from '../../src/files/disk-errors.js';
import { type DiskFault, failingDisk } from '../../src/files/failing-disk.js';
import { PartFile } from '../../src/files/part-file.js';
import { HIGH_WATER } from '../../src/files/write-behind.js';
import { FetchallError } from '../../src/model/errors.js';
import { FakeClock } from '../support/fake-clock.js';
import { temporaryFolder } from '../support/temp-folder.js';

class Subject {
  readonly folder: string;
  readonly part: PartFile;
  drains = 0;
  readonly failures: FetchallError[] = [];
  #wake = (): void => {};

  constructor(folder: string, disk: Disk = systemDisk, name = 'a.part') {
    this.folder = folder;
    this.part = new PartFile(disk, folder, name, {
      drained: () => {
        this.drains++;
        this.#wake();
      },
      failed: (error) => {
        this.failures.push(error);
        this.#wake();
      },
    });
  }

  /** Resolves with the next `drained` or `failed`. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  read(name: string): Promise<Buffer> {
    return readFile(join(this.folder, name));
  }

  names(): Promise<string[]> {
    return readdir(this.folder);
  }
}

async function subject(disk: Disk = systemDisk): Promise<Subject> {
  return new Subject(await temporaryFolder(), disk);
}

/** A real disk that opens and closes are counted of. */
function counted(faults: readonly DiskFault[] = []): { disk: Disk; open: () => number } {
  const open = new Set<number>();
  const below: Disk = {
    ...systemDisk,
    async create(path) {
      const descriptor = await systemDisk.create(path);
      open.add(descriptor);
      return descriptor;
    },
    async close(descriptor) {
      open.delete(descriptor);
      await systemDisk.close(descriptor);
    },
  };
  return { disk: failingDisk(below, faults), open: () => open.size };
}

const bytes = (text: string) => Buffer.from(text);
const SMALL = 1000;
const LARGE = 300_000;

describe('what comes in', () => {
  it('is on disk, in whatever pieces and with whatever length announced', async () => {
    const folder = await temporaryFolder();
    let name = 0;
    const pieces = fc.array(fc.oneof(fc.nat(50), fc.nat(70_000), fc.constant(300_000)), { maxLength: 30 });
    const announced = fc.constantFrom('right', 'less', 'more', 'nothing');
    await fc.assert(
      fc.asyncProperty(pieces, announced, fc.boolean(), async (sizes, length, waits) => {
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const whole = Buffer.alloc(total).map((_, index) => index % 251);
        const { part, ...rest } = new Subject(folder, systemDisk, `${++name}.part`);
        expect(rest.failures).toEqual([]);
        if (length !== 'nothing')
          part.expect({ right: total, less: Math.floor(total / 2), more: total + 1 }[length]);
        let at = 0;
        for (const size of sizes) {
          part.write(whole.subarray(at, at + size));
          at += size;
          if (waits) await new Promise((resolve) => setImmediate(resolve));
        }
        await part.commit(`${name}`);
        expect((await readFile(join(folder, `${name}`))).equals(whole)).toBe(true);
      }),
      { numRuns: 40 },
    );
    expect((await readdir(folder)).filter((left) => left.endsWith('.part'))).toEqual([]);
  });

  it('asks for a pause above the high water, and lets go when it has drained', async () => {
    const it = await subject();
    let inHand = 0;
    let most = 0;
    const piece = Buffer.alloc(65_536, 'x');
    const count = 200;
    for (let sent = 0; sent < count; sent++) {
      inHand = Math.max(inHand, 0) + piece.length;
      most = Math.max(most, inHand);
      if (it.part.write(piece)) continue;
      expect(inHand).toBeGreaterThanOrEqual(0);
      await it.next();
      inHand = 0;
    }
    await it.part.commit('a');
    expect(it.drains).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(2 * HIGH_WATER);
    expect((await it.read('a')).length).toBe(count * piece.length);
  });

  it('says false exactly from the high water on', async () => {
    const it = await subject();
    expect(it.part.write(Buffer.alloc(HIGH_WATER - 1))).toBe(true);
    expect(it.part.write(Buffer.alloc(1))).toBe(false);
    await it.next();
    await it.part.leave();
  });

  it('a little is written after a moment', async () => {
    const clock = new FakeClock();
    onTestFinished(useClock(clock));
    const it = await subject();
    it.part.write(bytes('little'));
    expect(await it.names()).toEqual([]);
    const drained = it.next();
    await clock.advance(100);
    await drained;
    expect((await it.read('a.part')).toString()).toBe('little');
    await it.part.leave();
    expect(clock.timers).toBe(0);
  });

  it('a small body of known length makes no part before the commit', async () => {
    const it = await subject();
    it.part.expect(SMALL);
    it.part.write(Buffer.alloc(SMALL));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await it.names()).toEqual([]);
    await it.part.commit('a');
    expect(await it.names()).toEqual(['a']);
  });
});

describe.each([
  ['small', SMALL],
  ['large', LARGE],
  ['empty', 0],
])('commit of a %s body', (_, size) => {
  async function commit(it: Subject, known = true): Promise<void> {
    if (known) it.part.expect(size);
    if (size > 0) it.part.write(Buffer.alloc(size, 'n'));
    await it.part.commit('a');
  }

  it.each([true, false])('makes the file, length known: %s', async (known) => {
    const it = await subject();
    await commit(it, known);
    expect([await it.names(), (await it.read('a')).length]).toEqual([['a'], size]);
  });

  it('replaces a file, an old part and links, and touches nothing that they lead to', async () => {
    const it = await subject();
    await writeFile(join(it.folder, 'a'), 'old');
    await writeFile(join(it.folder, 'a.part'), 'old part, and longer than the new one'.repeat(100));
    await commit(it);
    expect((await it.read('a')).length).toBe(size);
    const linked = await subject();
    const precious = join(await temporaryFolder(), 'precious');
    await writeFile(precious, 'precious');
    await symlink(precious, join(linked.folder, 'a'));
    await symlink(precious, join(linked.folder, 'a.part'));
    await commit(linked);
    expect((await lstat(join(linked.folder, 'a'))).isFile()).toBe(true);
    await expect(readlink(join(linked.folder, 'a'))).rejects.toMatchObject({ code: 'EINVAL' });
    expect([await readFile(precious, 'utf8'), await linked.names()]).toEqual(['precious', ['a']]);
  });

  it.each(['a', 'a.part'])('says clearly that a folder stands at %s', async (name) => {
    const it = await subject();
    await mkdir(join(it.folder, name));
    const error = await commit(it).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'ERR_DISK',
      message: expect.stringMatching(/^cannot write \/.*\/a(\.part)?: .*folder/),
    });
    await it.part.leave();
  });

  it.each(['create', 'write', 'close', 'rename'] as const)(
    'a full disk at %s is told, and nothing is left open',
    async (call) => {
      const { disk, open } = counted([{ call, code: 'ENOSPC' }]);
      const it = await subject(disk);
      const error = await commit(it).catch((thrown: unknown) => thrown);
      // Nothing is written for an empty body.
      if (size === 0 && call === 'write') return expect(error).toBeUndefined();
      expect(error).toMatchObject({ code: 'ERR_DISK', systemCode: 'ENOSPC' });
      expect(error instanceof FetchallError && isDiskFull(error)).toBe(true);
      await it.part.leave();
      expect(open()).toBe(0);
      expect(await it.names()).not.toContain('a');
    },
  );
});

describe('a failure on the way', () => {
  it('is told at once and once, and what comes then is thrown away', async () => {
    const { disk, open } = counted([{ call: 'write', after: 1, code: 'ENOSPC' }]);
    const it = await subject(disk);
    for (let sent = 0; sent < 2; sent++) {
      it.part.write(Buffer.alloc(LARGE));
      await it.next();
    }
    expect(it.failures).toHaveLength(1);
    for (let sent = 0; sent < 10; sent++) expect(it.part.write(Buffer.alloc(LARGE))).toBe(true);
    await expect(it.part.commit('a')).rejects.toBe(it.failures[0]);
    await it.part.leave();
    expect([it.failures.length, open(), await it.names()]).toEqual([1, 0, ['a.part']]);
    expect((await it.read('a.part')).length).toBe(LARGE);
  });
});

describe('leave and discard', () => {
  it.each([
    ['nothing', 0, null],
    ['a small body', SMALL, SMALL],
    ['a little of a large one', SMALL, LARGE],
    ['a little of unknown length', SMALL, null],
    ['a large body', LARGE, null],
    ['much', 3_000_000, null],
  ])('after %s', async (_, size, length) => {
    for (const ending of ['leave', 'discard'] as const) {
      const clock = new FakeClock();
      const restore = useClock(clock);
      onTestFinished(restore);
      const { disk, open } = counted();
      const it = await subject(disk);
      if (length !== null) it.part.expect(length);
      if (size > 0) it.part.write(Buffer.alloc(size, 'x'));
      await it.part[ending]();
      it.part.write(bytes('too late'));
      await it.part[ending]();
      // No timer is left that would make the part anew.
      await clock.advance(1000);
      expect([clock.timers, open()]).toEqual([0, 0]);
      const left = ending === 'leave' && size > 0 ? ['a.part'] : [];
      expect(await it.names()).toEqual(left);
      if (left.length > 0) expect((await it.read('a.part')).length).toBe(size);
      restore();
    }
  });

  it.each(['create', 'write', 'close', 'unlink'] as const)(
    'never throw, also when %s fails',
    async (call) => {
      for (const ending of ['leave', 'discard'] as const) {
        const { disk, open } = counted([{ call, code: 'EIO' }]);
        const it = await subject(disk);
        it.part.write(Buffer.alloc(LARGE));
        await it.part[ending]();
        expect(open()).toBe(0);
      }
    },
  );

  it('discard while a write is under way removes the part', async () => {
    const it = await subject();
    it.part.write(Buffer.alloc(LARGE));
    it.part.write(Buffer.alloc(LARGE));
    await it.part.discard();
    expect(await it.names()).toEqual([]);
  });
});
