// One pass: its width, its order, its bounds, and what it does when something goes wrong inside.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Disk, Occupant } from '../../src/files/disk.js';
import { type ErrorCode, FetchallError } from '../../src/model/errors.js';
import { drive, turnsOfTheLoop } from '../support/drive.js';
import { useFakeTime } from '../support/fake-time.js';
import { MemoryDisk } from '../support/memory-disk.js';
import { ARun, urls } from '../support/runs.js';
import type { StubAnswer } from '../support/stub-transport.js';

const time = useFakeTime();

function later(milliseconds: number, answer: StubAnswer = { body: 'content' }): Promise<StubAnswer> {
  return new Promise((resolve) => time.clock.schedule(milliseconds, () => resolve(answer)));
}

describe('in flight', () => {
  it('there are never more than the concurrency, and that many are reached: 200 URLs of 100 ms in 1.3 s', async () => {
    const options = { concurrency: 16 };
    const each = new ARun({ sources: urls(200), answer: () => later(100), options });
    await drive(time.clock, each.toEnd());
    expect(each.transport.maxInFlight).toBe(16);
    expect(each.summary).toMatchObject({ total: 200, saved: 200, mode: 'concurrent', concurrency: 16 });
    expect(each.summary?.seconds).toBeCloseTo(1.3, 9);
    expect(each.summary?.baseline).toEqual({ seconds: expect.closeTo(20, 6), source: 'estimated' });
  });

  it.each([
    [16, 3, 3],
    [2, 16, 2],
    [1, 1, 1],
  ])('of concurrency %d and %d a host, there are %d', async (concurrency, perHost, most) => {
    const each = new ARun({ sources: urls(40), answer: () => later(10), options: { concurrency, perHost } });
    await drive(time.clock, each.toEnd());
    expect(each.transport.maxInFlight).toBe(most);
    expect(each.summary?.saved).toBe(40);
  });

  it('one slow host does not keep the others from their slots', async () => {
    const sources = [
      ...urls(50, 'slow.test'),
      ...urls(20, 'fast.test').map((url) => `${url} name=${url.length}-f`),
    ];
    const each = new ARun({
      sources,
      answer: ({ url }) => later(url.hostname === 'slow.test' ? 1000 : 10),
      options: { concurrency: 4, perHost: 2 },
    });
    await drive(time.clock, each.toEnd());
    // It is asked once at a time until it has been heard, or is alone: that is so after the tenth of a second of the others.
    expect(each.summary?.seconds).toBeCloseTo(25.1, 6);
    const fast = each.results.slice(0, 24).filter(({ url }) => url.includes('fast'));
    expect(fast.length).toBeGreaterThanOrEqual(20);
  });

  it('a sequential run has one, in list order, whatever fails and waits', async () => {
    const failed = new Set<string>();
    const each = new ARun({
      sources: urls(20).map((url, at) => url.replace('a.test', `h${at % 3}.test`)),
      answer({ url }) {
        const answer = failed.has(url.href) ? {} : { status: 503 };
        failed.add(url.href);
        return later(10, answer);
      },
      options: { sequential: true, concurrency: 16 },
    });
    await drive(time.clock, each.toEnd());
    expect(each.transport.maxInFlight).toBe(1);
    expect(each.files).toEqual(Array.from({ length: 20 }, (_, at) => `${at}.bin`));
    expect(each.results.every(({ attempts, outcome }) => attempts === 2 && outcome === 'saved')).toBe(true);
    expect(each.results.map(({ greenlet }) => greenlet)).toEqual(
      Array.from({ length: 20 }, (_, at) => at + 1),
    );
  });

  it('a task in back-off leaves its slot to others, and its own time without the wait', async () => {
    // Of another host: that of the first has to wait with it.
    const sources = [...urls(1, 'b.test'), ...urls(5).slice(1)];
    const each = new ARun({
      sources,
      answer: (_, index) => later(10, index === 0 ? { status: 503, headers: { 'retry-after': '60' } } : {}),
      options: { concurrency: 1 },
    });
    await drive(time.clock, each.toEnd());
    expect(each.files).toEqual(['1.bin', '2.bin', '3.bin', '4.bin', '0.bin']);
    expect(each.results[4]).toMatchObject({ greenlet: 1, attempts: 2, seconds: expect.closeTo(0.02, 9) });
    expect(each.summary?.seconds).toBeCloseTo(60.02, 9);
    expect(each.events.find(({ event }) => event === 'retry')).toEqual({
      event: 'retry',
      greenlet: 1,
      url: sources[0],
      attempt: 2,
      wait: 60,
      error: { code: 'ERR_STATUS', message: expect.stringContaining('503') },
    });
  });

  it('a URL has no more than --max-time for all its tries: no wait is begun that would outlast it', async () => {
    const answer = () => later(400, new FetchallError('ERR_CONNECT', 'refused'));
    const each = new ARun({ sources: urls(1), answer, options: { maxTime: 1000, retryWait: 10_000 } });
    await drive(time.clock, each.toEnd());
    expect(each.summary?.seconds).toBeLessThanOrEqual(1);
    expect(each.results[0]).toMatchObject({ outcome: 'failed', attempts: expect.any(Number) });
  });
});

describe('a reader who is slow', () => {
  it.each([
    [16, 16],
    ['auto', 256],
  ] as const)('makes the run wait: -c %s', async (concurrency, slots) => {
    let pulled = 0;
    const sources = (function* endless() {
      for (;;) yield `http://a.test/${pulled++}.bin`;
    })();
    const each = new ARun({ sources, options: { concurrency } });
    const reading = each.begin();
    await reading.next();
    await turnsOfTheLoop(500);
    const { sent } = each.transport;
    await turnsOfTheLoop(500);
    expect(each.transport.sent).toBe(sent);
    expect(sent).toBeLessThanOrEqual(2 * 64 + slots + 2);
    expect(pulled).toBeLessThanOrEqual(400 + 2 * 64 + 2 * slots + 40);
    await reading.return(undefined);
  });
});

describe('a list that fails in the middle', () => {
  it.each([false, true])(
    'ends in its error, once what was read has been fetched (sequential: %s)',
    async (sequential) => {
      const error = new Error('no more');
      const sources = (async function* broken() {
        yield* urls(5);
        throw error;
      })();
      const each = new ARun({ sources, answer: () => later(10), options: { sequential } });
      await expect(drive(time.clock, each.toEnd())).rejects.toBe(error);
      expect(each.summary).toMatchObject({ total: 5, saved: 5 });
      expect(each.results).toHaveLength(5);
    },
  );
});

describe('something that throws inside', () => {
  it('a listener does no harm', async () => {
    const onEvent = (): never => {
      throw new TypeError('mine');
    };
    const each = await new ARun({ sources: urls(3), seams: { onEvent, listener: onEvent } }).toEnd();
    expect(each.summary).toMatchObject({ saved: 3 });
  });

  it.each<keyof Disk>(['occupant', 'save'])(
    'a disk whose %s throws costs the URLs, not the run',
    async (call) => {
      class BrokenDisk extends MemoryDisk {
        override occupant(path: string): Promise<Occupant> {
          if (call === 'occupant') throw new TypeError('a fault of ours');
          return super.occupant(path);
        }

        override save(
          part: string,
          final: string,
          buffers: readonly Uint8Array[],
          synced: boolean,
        ): Promise<void> {
          if (call === 'save') throw new TypeError('a fault of ours');
          return super.save(part, final, buffers, synced);
        }
      }
      const disk = new BrokenDisk();
      disk.put('/out/other');
      const each = await new ARun({ sources: urls(3) }, disk).toEnd();
      expect(each.summary).toMatchObject({ total: 3, failed: 3 });
      for (const { error } of each.results) expect(error?.message).toContain('a fault of ours');
    },
  );

  it('a transport that throws costs the URL, not the run', async () => {
    const each = new ARun({ sources: urls(3) });
    const { send } = each.transport;
    each.transport.send = (request, receiver) => {
      if (request.url.pathname === '/1.bin') throw new TypeError('a fault of ours');
      return send.call(each.transport, request, receiver);
    };
    await each.toEnd();
    expect(each.summary).toMatchObject({ total: 3, saved: 2, failed: 1 });
  });

  it('a clock that throws in a stage ends the run with its error', async () => {
    const fault = new TypeError('a fault of ours');
    const each = new ARun({ sources: urls(3) });
    each.disk.put('/out/other');
    Object.defineProperty(each.disk, 'occupant', { value: () => Promise.resolve('something new') });
    time.clock.now = () => {
      throw fault;
    };
    await expect(each.toEnd()).rejects.toBe(fault);
  });
});

const outcomes: readonly (StubAnswer & object)[] = [
  { body: 'x'.repeat(3000) },
  { body: 'x', length: 5 },
  { status: 404 },
  { status: 503 },
  { status: 302, headers: { location: 'ftp://x/' } },
  new FetchallError('ERR_CONNECT' satisfies ErrorCode, 'refused'),
];

it('total is saved and skipped and failed, and each line is told once, whatever comes', async () => {
  const line = fc.oneof(
    fc.record({ path: fc.integer({ min: 0, max: 12 }), outcome: fc.nat(outcomes.length - 1) }),
    fc.constant('no url'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      fc.option(fc.nat(2000), { nil: undefined }),
      async (lines, concurrency, abortAt) => {
        const controller = new AbortController();
        const sources = lines.map((each) =>
          typeof each === 'string' ? each : `http://h${each.path % 3}.test/${each.path}?${each.outcome}`,
        );
        const each = new ARun({
          sources,
          answer: ({ url }) => outcomes[Number(url.search.slice(1))] ?? {},
          options: { concurrency, retries: 1 },
          seams: { signal: controller.signal },
        });
        each.disk.put('/out/3');
        const timer = abortAt === undefined ? null : time.clock.schedule(abortAt, () => controller.abort());
        await drive(time.clock, each.toEnd());
        timer?.cancel();
        const { total = -1, saved = 0, skipped = 0, failed = 0, bytes, chunks } = each.summary ?? {};
        expect(total).toBe(saved + skipped + failed);
        expect([each.results.length, each.finished.length]).toEqual([total, total]);
        if (abortAt === undefined) expect(total).toBe(lines.length);
        const sum = (key: 'bytes' | 'chunks') => each.results.reduce((all, result) => all + result[key], 0);
        expect([bytes, chunks]).toEqual([sum('bytes'), sum('chunks')]);
        const ordinals = each.results.flatMap(({ greenlet }) => greenlet ?? []);
        expect(ordinals.sort((a, b) => a - b)).toEqual(ordinals.map((_, at) => at + 1));
        expect([each.transport.inFlight, each.disk.open.size]).toEqual([0, 0]);
      },
    ),
    { numRuns: 40 },
  );
});
