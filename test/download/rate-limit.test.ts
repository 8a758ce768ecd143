import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spawn, useClock } from '../../src/coroutine/index.js';
import { attempt } from '../../src/download/attempt.js';
import { RateLimit } from '../../src/download/rate-limit.js';
import { drive } from '../support/drive.js';
import { FakeClock } from '../support/fake-clock.js';
import { aContext, aTask } from '../support/jobs.js';
import { StubTransport } from '../support/stub-transport.js';

let clock: FakeClock;
let restore: () => void;

beforeEach(() => {
  clock = new FakeClock();
  restore = useClock(clock);
});

afterEach(() => {
  restore();
  expect(clock.timers).toBe(0);
});

/** Seconds that files of these sizes take at this rate, all at once, each in pieces. */
async function secondsFor(sizes: readonly number[], rate: number, piece: number): Promise<number> {
  const transport = new StubTransport((_, index) => ({
    body: Array.from(
      { length: Math.ceil((sizes[index] ?? 0) / piece) },
      (_unused, at) => new Uint8Array(Math.min(piece, (sizes[index] ?? 0) - at * piece)),
    ),
    length: sizes[index] ?? 0,
  }));
  const context = aContext(transport, { rateLimit: new RateLimit(rate) });
  const transfers = sizes.map((_, at) => spawn(() => attempt(aTask({ file: `${at}.bin` }), context)));
  for (const transfer of transfers) await drive(clock, transfer.get());
  return clock.now() / 1000;
}

describe('RateLimit', () => {
  it('never lets more through than its rate and a tenth of a second', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 50 }),
        (rate, bookings) => {
          const limit = new RateLimit(rate);
          let sum = 0;
          for (const bytes of bookings) {
            const wait = limit.book(bytes);
            sum += bytes;
            expect(wait).toBeCloseTo(Math.max(0, (sum / rate) * 1000 - 100), 3);
          }
        },
      ),
    );
  });

  it('saves nothing up while nothing comes', async () => {
    const limit = new RateLimit(1000);
    expect(limit.book(1000)).toBe(900);
    await clock.advance(60_000);
    expect(limit.book(1000)).toBe(900);
  });

  it.each([
    ['one large file', [100_000], 1000],
    ['several at once', [40_000, 30_000, 20_000, 10_000], 1000],
    ['many small files', Array<number>(100).fill(1000), 1000],
    ['a file in one piece', [100_000], 100_000],
  ])('holds the average rate over %s', async (_, sizes, piece) => {
    const seconds = await secondsFor(sizes, 10_000, piece);
    expect(seconds).toBeGreaterThanOrEqual(9.85);
    expect(seconds).toBeLessThanOrEqual(10.05);
  });

  it('delays the end of a file whose bytes came faster than allowed', async () => {
    await expect(secondsFor([600], 1000, 600)).resolves.toBeCloseTo(0.5, 6);
  });
});
