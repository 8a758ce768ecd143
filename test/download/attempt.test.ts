// One try, with a transport and a disk in memory.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Greenlet, GreenletExit, spawn, useClock, useErrorHandler } from '../../src/coroutine/index.js';
import { attempt } from '../../src/download/attempt.js';
import type { Context } from '../../src/download/context.js';
import type { Task } from '../../src/download/task.js';
import type { Disk } from '../../src/files/disk.js';
import { failingDisk } from '../../src/files/failing-disk.js';
import { FetchallError } from '../../src/model/errors.js';
import { drive, eventually, turnsOfTheLoop } from '../support/drive.js';
import { FakeClock } from '../support/fake-clock.js';
import { aContext, aTask, FOLDER } from '../support/jobs.js';
import { MemoryDisk } from '../support/memory-disk.js';
import { type StubAnswer, StubTransport } from '../support/stub-transport.js';

const FINAL = join(FOLDER, 'a.bin');
const PART = `${FINAL}.part`;

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

interface Try {
  readonly task: Task;
  readonly transport: StubTransport;
  readonly context: Context;
  readonly greenlet: Greenlet<void>;
}

function begin(
  answer: StubAnswer | Promise<StubAnswer>,
  job: Parameters<typeof aTask>[0] = {},
  over: Partial<Context> = {},
): Try {
  const transport = new StubTransport(() => answer);
  const task = aTask(job);
  const context = aContext(transport, { disk, ...over });
  return { task, transport, context, greenlet: spawn(() => attempt(task, context)) };
}

async function ended({ greenlet, context, transport }: Try): Promise<FetchallError | null> {
  await drive(clock, greenlet.join());
  expect(context.progress.active.size).toBe(0);
  expect(transport.inFlight).toBe(0);
  return greenlet.exception as FetchallError | null;
}

function pieces(...sizes: number[]): Uint8Array[] {
  return sizes.map((size) => new Uint8Array(size).fill(7));
}

describe('a body that comes whole', () => {
  it('is saved, counted and described', async () => {
    const headers = { etag: '"x"', 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' };
    const one = begin({ body: 'x'.repeat(2500), headers }, {}, { hashed: true });
    await expect(ended(one)).resolves.toBeNull();
    expect(disk.text(FINAL)).toBe('x'.repeat(2500));
    expect(disk.files.has(PART)).toBe(false);
    expect(one.task).toMatchObject({
      attempts: 1,
      bytes: 2500,
      chunks: 3,
      size: 2500,
      status: 200,
      finalUrl: 'http://a.test/a.bin',
      digest: createHash('sha256').update('x'.repeat(2500)).digest('hex'),
      validator: '"x" Thu, 01 Jan 2026 00:00:00 GMT',
    });
    expect(one.context.progress.bytes).toBe(2500);
  });

  it.each([0, null])('may be empty, with length %s', async (length) => {
    const one = begin({ length });
    await expect(ended(one)).resolves.toBeNull();
    expect(disk.text(FINAL)).toBe('');
    expect(one.task).toMatchObject({ size: 0, bytes: 0, chunks: 0 });
  });

  it.each([200_000, null])('may be large, with length %s', async (length) => {
    const one = begin({ body: pieces(100_000, 100_000), length });
    await expect(ended(one)).resolves.toBeNull();
    expect(disk.files.get(FINAL)).toHaveLength(200_000);
    expect(one.task.chunks).toBe(Math.ceil(200_000 / 1024));
  });

  it('is kept when its checksum is right', async () => {
    const hex = createHash('md5').update('content').digest('hex');
    const one = begin({ body: 'content' }, { checksum: { algorithm: 'md5', hex } });
    await expect(ended(one)).resolves.toBeNull();
    expect(disk.text(FINAL)).toBe('content');
  });
});

describe('a body that is not what was promised', () => {
  it.each([
    ['shorter', 100_001],
    ['longer', 99_999],
  ])('fails when it is %s than its Content-Length', async (_, length) => {
    const one = begin({ body: pieces(100_000), length });
    await expect(ended(one)).resolves.toMatchObject({ code: 'ERR_TRUNCATED' });
    expect(disk.files.has(FINAL)).toBe(false);
    expect(disk.files.get(PART)).toHaveLength(100_000);
    expect(one.task).toMatchObject({ bytes: 100_000, size: null });
  });

  it.each([null, 200_000, 50_000])('leaves its part when it breaks off, of length %s', async (length) => {
    const error = new FetchallError('ERR_CONNECT', 'reset');
    const one = begin({ body: pieces(40_000), length, error });
    await expect(ended(one)).resolves.toBe(error);
    expect(disk.files.has(FINAL)).toBe(false);
    expect(disk.files.get(PART)).toHaveLength(40_000);
  });

  it.each(['small', 'x'.repeat(200_000)])(
    'leaves neither file nor part when its checksum is wrong',
    async (body) => {
      const one = begin({ body }, { checksum: { algorithm: 'sha256', hex: '0'.repeat(64) } });
      await expect(ended(one)).resolves.toMatchObject({ code: 'ERR_CHECKSUM' });
      expect([...disk.files.keys()]).toEqual([]);
      expect(one.task.size).toBeNull();
    },
  );

  it('does not touch the file that stood there', async () => {
    disk.put(FINAL, 'old');
    const one = begin({ body: 'new', length: 4 });
    await expect(ended(one)).resolves.toMatchObject({ code: 'ERR_TRUNCATED' });
    expect(disk.text(FINAL)).toBe('old');
  });
});

describe('a limit in size', () => {
  it('refuses what announces more, and takes no byte', async () => {
    const one = begin({ body: 'x'.repeat(101) }, { policy: { maxSize: 100 } });
    await expect(ended(one)).resolves.toMatchObject({ code: 'ERR_TOO_LARGE' });
    expect(one.task.bytes).toBe(0);
    expect(disk.files.size).toBe(0);
  });

  it('stops what turns out to be larger', async () => {
    const one = begin({ body: pieces(60, 60, 60), length: null, stalls: true }, { policy: { maxSize: 100 } });
    await expect(ended(one)).resolves.toMatchObject({ code: 'ERR_TOO_LARGE' });
    expect(one.task.bytes).toBe(120);
    expect(disk.files.has(FINAL)).toBe(false);
  });

  it('takes exactly as much as it says', async () => {
    await expect(ended(begin({ body: 'x'.repeat(100) }, { policy: { maxSize: 100 } }))).resolves.toBeNull();
  });
});

describe('an answer that is refused', () => {
  it('is read to its end when it is short, and then fails', async () => {
    let isRead = false;
    const body = (function* short() {
      yield Buffer.from('no such file');
      isRead = true;
    })();
    const one = begin({ status: 404, body });
    await expect(ended(one)).resolves.toMatchObject({ code: 'ERR_STATUS', status: 404 });
    expect(isRead).toBe(true);
    expect(disk.files.size).toBe(0);
    expect(one.task).toMatchObject({ status: 404, bytes: 0, chunks: 0 });
  });

  it('is given up when it is long', async () => {
    let taken = 0;
    const body = (function* endless() {
      for (;;) {
        taken += 8192;
        yield new Uint8Array(8192);
      }
    })();
    await expect(ended(begin({ status: 500, body }))).resolves.toMatchObject({ status: 500 });
    expect(taken).toBeLessThan(100_000);
  });

  it('keeps its own error when its body breaks off', async () => {
    const error = new FetchallError('ERR_CONNECT', 'reset');
    await expect(ended(begin({ status: 403, body: 'no', error }))).resolves.toMatchObject({ status: 403 });
  });

  it('can be cancelled while its body comes', async () => {
    const one = begin({ status: 403, body: 'no', stalls: true });
    await turnsOfTheLoop();
    const error = new FetchallError('ERR_CANCELLED', 'cancelled');
    for (const transfer of one.context.progress.active) transfer.cancel(error);
    await expect(ended(one)).resolves.toBe(error);
  });
});

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
