// One try that is cut short from below, by the disk, or from outside.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GreenletExit, spawn, useClock, useErrorHandler } from '../../src/coroutine/index.js';
import { attempt } from '../../src/download/attempt.js';
import type { Context } from '../../src/download/context.js';
import type { Disk } from '../../src/files/disk.js';
import { failingDisk } from '../../src/files/failing-disk.js';
import type { FetchallError } from '../../src/model/errors.js';
import { drive, eventually, turnsOfTheLoop } from '../support/drive.js';
import { FakeClock } from '../support/fake-clock.js';
import { MemoryDisk } from '../support/memory-disk.js';
import { type StubAnswer, StubTransport } from '../support/stub-transport.js';
import { FINAL, PART, pieces, Try } from './try.js';

let clock: FakeClock;
let disk: MemoryDisk;
let restore: (() => void)[];

beforeEach(() => {
  clock = new FakeClock();
  disk = new MemoryDisk();
  restore = [useClock(clock), useErrorHandler(() => {})];
});

afterEach(() => {
  for (const put of restore) put();
  expect(clock.timers).toBe(0);
  expect(disk.open.size).toBe(0);
});

function begin(
  answer: StubAnswer | Promise<StubAnswer>,
  job: ConstructorParameters<typeof Try>[1] = {},
  over: Partial<Context> = {},
): Try {
  return new Try(answer, job, { disk, ...over });
}

function ended(each: Try): Promise<FetchallError | null> {
  return each.ended(clock);
}

describe('a disk that fails', () => {
  it.each<[keyof Disk, number]>([
    ['create', 100_000],
    ['write', 100_000],
    ['close', 100_000],
    ['rename', 100_000],
    ['save', 10],
    ['create', 10],
    ['write', 10],
    ['close', 10],
    ['rename', 10],
  ])('at %s of %d bytes gives ERR_DISK with the system code', async (call, size) => {
    const failing = failingDisk(disk, [{ call, code: 'ENOSPC' }]);
    const one = begin({ body: pieces(size), length: size }, {}, { disk: failing });
    const error = await ended(one);
    expect(error).toMatchObject({ code: 'ERR_DISK', systemCode: 'ENOSPC' });
    expect(disk.files.has(FINAL)).toBe(false);
    expect(one.task.size).toBeNull();
  });

  it('ends the transfer in the middle', async () => {
    const failing = failingDisk(disk, [{ call: 'write', after: 1, code: 'ENOSPC' }]);
    const body = (function* endless() {
      for (;;) yield new Uint8Array(65_536);
    })();
    await expect(ended(begin({ body }, {}, { disk: failing }))).resolves.toMatchObject({ code: 'ERR_DISK' });
    expect(disk.files.get(PART)?.length).toBeGreaterThan(0);
  });
});

describe('whoever ends it from outside', () => {
  const never = new Promise<StubAnswer>(() => {});

  it.each([
    ['before the head', never],
    ['in the middle', { body: pieces(70_000), length: 100_000, stalls: true } satisfies StubAnswer],
  ])('by a kill, %s', async (_, answer) => {
    const one = begin(answer);
    await turnsOfTheLoop();
    await one.greenlet.kill();
    await drive(clock, one.greenlet.join());
    expect(one.greenlet.value).toBeInstanceOf(GreenletExit);
    expect(one.transport.inFlight).toBe(0);
    expect(one.context.progress.active.size).toBe(0);
    expect(disk.files.has(FINAL)).toBe(false);
  });

  it.each([
    ['before the head', never],
    ['in the middle', { body: pieces(70_000), length: null, stalls: true } satisfies StubAnswer],
  ])('by --max-time, %s', async (_, answer) => {
    const one = begin(answer, { policy: { maxTime: 5000 } });
    await expect(ended(one)).resolves.toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(clock.now()).toBe(5000);
    expect(one.task.seconds).toBe(5);
  });

  it('by --max-time, of which an earlier try has used a part', async () => {
    const one = begin({ body: 'x', length: 2 }, { policy: { maxTime: 5000 } });
    await ended(one);
    await clock.advance(4000);
    const again = spawn(() =>
      attempt(one.task, { ...one.context, transport: new StubTransport(() => never) }),
    );
    await drive(clock, again.join());
    expect(again.exception).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect([clock.now(), one.task.seconds, one.task.attempts]).toEqual([5000, 1, 2]);
  });

  it('by an onChunk that throws, which costs this URL only', async () => {
    const cause = new Error('mine');
    const onChunk = () => {
      throw cause;
    };
    for (const body of ['x'.repeat(3000), 'short']) {
      const error = await ended(begin({ body }, {}, { onChunk }));
      expect(error).toMatchObject({ code: 'ERR_CANCELLED', cause });
      expect(error?.message).toContain('mine');
    }
  });
});

it('waits until the disk has caught up, and never has more than 2 MB in hand', async () => {
  let release: () => void = () => {};
  let written = 0;
  class SlowDisk extends MemoryDisk {
    override async write(descriptor: number, buffers: readonly Uint8Array[], position: number) {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      await super.write(descriptor, buffers, position);
      written = position + buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    }
  }
  disk = new SlowDisk();
  const count = 200;
  let sent = 0;
  const body = (function* counted() {
    for (let at = 0; at < count; at++) {
      sent += 65_536;
      yield new Uint8Array(65_536);
    }
  })();
  const one = begin({ body, length: count * 65_536 });
  let most = 0;
  while (!one.greenlet.ready()) {
    await turnsOfTheLoop();
    most = Math.max(most, sent - written);
    release();
  }
  await eventually(() => one.greenlet.ready());
  expect(one.greenlet.successful()).toBe(true);
  expect(most).toBeLessThanOrEqual(2 * 1_048_576);
  expect(most).toBeGreaterThan(500_000);
  expect(disk.files.get(FINAL)).toHaveLength(count * 65_536);
});
