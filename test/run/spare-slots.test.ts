// Slots for further requests of one file, in a fake time: they count for a limit that finds itself, and so does a want of them.

import { describe, expect, it } from 'vitest';
import { spawn } from '../../src/coroutine/index.js';
import { HostGate } from '../../src/run/host-gate.js';
import { gateLimits } from '../../src/run/pass-limits.js';
import { spareSlotsOf } from '../../src/run/spare-slots.js';
import { turnsOfTheLoop } from '../support/drive.js';
import { useFakeTime } from '../support/fake-time.js';
import { aTask } from '../support/jobs.js';

const time = useFakeTime();

/** What a server gives each connection, in bytes a ms. */
const PACE = 2000;

interface Limits {
  readonly perHost?: number | 'auto';
  /** Connections beyond which it gives no more. */
  readonly server?: number;
}

/** @returns requests in flight after so many seconds for a file in so many ranges */
async function inFlightFor(ranges: number, seconds: number, limits: Limits = {}): Promise<number> {
  const { perHost = 'auto', server = Number.POSITIVE_INFINITY } = limits;
  const gate = new HostGate(gateLimits({ concurrency: 'auto', perHost, delay: 0, sequential: false }));
  const slots = spareSlotsOf(gate);
  const task = { ...aTask({ url: 'http://a/file' }), greenlet: 1 };
  spawn(async () => {
    for (let each = await gate.next(); each !== null; each = await gate.next()) gate.heard(each);
  });
  await gate.put(task);
  gate.close();
  await turnsOfTheLoop();
  const lent: { end(error: null): void }[] = [];
  const borrow = (): void => {
    while (lent.length + 1 < ranges) {
      const slot = slots.take(task);
      if (slot === null) return;
      lent.push(slot);
    }
  };
  const unwatch = slots.watch(borrow);
  borrow();
  for (let step = 0; step < seconds * 20; step++) {
    task.bytes += 50 * PACE * Math.min(server, lent.length + 1);
    await time.clock.advance(50);
    // One is through, and another may follow.
    if (step % 4 === 0) lent.shift()?.end(null);
  }
  unwatch();
  const inFlight = lent.length + 1;
  for (const slot of lent) slot.end(null);
  gate.end(task);
  await turnsOfTheLoop();
  return inFlight;
}

describe('a limit that finds itself', () => {
  it('grows for one file that wants more ranges than there are slots', async () => {
    expect(await inFlightFor(16, 5)).toBe(16);
  });

  it('grows no further than it gains', async () => {
    expect(await inFlightFor(64, 10, { server: 12 })).toBeLessThanOrEqual(20);
  });

  it('keeps to 64', async () => {
    expect(await inFlightFor(100, 20)).toBe(64);
  });

  it('has no say where a number was asked for', async () => {
    expect(await inFlightFor(16, 5, { perHost: 4 })).toBe(4);
  });
});
