// One try: what the server says, and what becomes of it.

import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useClock, useErrorHandler } from '../../src/coroutine/index.js';
import type { Context } from '../../src/download/context.js';
import { FetchallError } from '../../src/model/errors.js';
import { turnsOfTheLoop } from '../support/drive.js';
import { FakeClock } from '../support/fake-clock.js';
import { MemoryDisk } from '../support/memory-disk.js';
import type { StubAnswer } from '../support/stub-transport.js';
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
      version: { etag: '"x"', lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT' },
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

  it('is described when it is a redirect that is not followed', async () => {
    const one = begin({ status: 302, headers: { location: '/' } }, { policy: { maxRedirects: 0 } });
    await expect(ended(one)).resolves.toMatchObject({ code: 'ERR_REDIRECT' });
    expect(one.task).toMatchObject({ status: 302, finalUrl: 'http://a.test/a.bin' });
  });

  it('can be cancelled while its body comes', async () => {
    const one = begin({ status: 403, body: 'no', stalls: true });
    await turnsOfTheLoop();
    const error = new FetchallError('ERR_CANCELLED', 'cancelled');
    for (const transfer of one.context.progress.active) transfer.cancel(error);
    await expect(ended(one)).resolves.toBe(error);
  });
});
