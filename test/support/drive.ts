// Turns a fake clock for work that also waits for turns of the real event loop: a stub transport, a disk.

import { systemClock } from '../../src/coroutine/clock.js';
import type { FakeClock } from './fake-clock.js';

/** Turns of the loop after which work that waits for neither time nor a disk has come to rest. */
const TURNS = 25;

/** Turns without any timer after which the promise is given up. */
const PATIENCE = 1_000_000;

export async function turnsOfTheLoop(count = TURNS): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => systemClock.soon(resolve));
}

/** Lets the loop turn until the condition holds. @throws Error when it never does */
export async function eventually(holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds(); turn++) {
    if (turn > PATIENCE) throw new Error(`this never holds: ${holds.toString()}`);
    await turnsOfTheLoop(1);
  }
}

/**
 * Lets as much of the clock's time pass as the promise needs.
 *
 * @param mayPass when time may pass: where the work waits for a real disk, the test knows best when it is at rest
 */
export async function drive<T>(
  clock: FakeClock,
  promise: Promise<T>,
  mayPass: () => boolean = () => true,
): Promise<T> {
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  promise.then(note, note);
  for (let idle = 0; !settled; idle++) {
    const before = clock.requests;
    await clock.settle();
    await turnsOfTheLoop();
    // Work that has begun in these turns may need as many more.
    if (clock.requests !== before) idle = 0;
    const step = clock.untilNext;
    if (settled || clock.requests !== before || step === null || !mayPass()) {
      if (idle * TURNS > PATIENCE) throw new Error('this promise would wait for ever');
      continue;
    }
    idle = 0;
    await clock.advance(step);
  }
  return promise;
}
