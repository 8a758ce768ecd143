import { expect, it } from 'vitest';
import { RateLimit } from '../../src/download/rate-limit.js';
import { SpeedFloor } from '../../src/download/speed-floor.js';
import { FetchallError } from '../../src/model/errors.js';
import { useFakeTime } from '../support/fake-time.js';
import { MemoryDisk } from '../support/memory-disk.js';
import { pieces, Try } from './try.js';

const time = useFakeTime();

const RATE = 1000;
const WINDOW = 30_000;

class Watched {
  readonly errors: FetchallError[] = [];
  readonly floor = new SpeedFloor(RATE, WINDOW, (error) => this.errors.push(error));

  constructor() {
    this.floor.start();
  }

  /** So many bytes each second. */
  async receive(bytes: number, seconds: number): Promise<void> {
    for (let second = 0; second < seconds && this.errors.length === 0; second++) {
      this.floor.take(bytes);
      await time.clock.advance(1000);
    }
  }
}

it('the rate itself is fast enough, one byte less is not', async () => {
  const enough = new Watched();
  await enough.receive(RATE, 300);
  expect(enough.errors).toEqual([]);
  enough.floor.stop();
  const began = time.clock.now();
  const slow = new Watched();
  await slow.receive(RATE - 1, 300);
  expect(slow.errors).toEqual([expect.any(FetchallError)]);
  expect(slow.errors[0]).toMatchObject({
    code: 'ERR_TIMEOUT',
    message: expect.stringContaining('--min-speed 1000'),
  });
  expect(time.clock.now() - began).toBe(WINDOW);
});

it('one byte a minute ends after the window', async () => {
  const drip = new Watched();
  drip.floor.take(1);
  await time.clock.advance(WINDOW - 1);
  expect(drip.errors).toEqual([]);
  await time.clock.advance(1);
  expect(drip.errors).toHaveLength(1);
  expect(time.clock.timers).toBe(0);
});

it('what was fast counts for one window, and no longer', async () => {
  const each = new Watched();
  await each.receive(100 * RATE, 60);
  const began = time.clock.now();
  await each.receive(0, 300);
  expect(each.errors).toHaveLength(1);
  expect(time.clock.now() - began).toBe(WINDOW);
});

it('a pause shorter than the window is none, if it is made up for', async () => {
  const each = new Watched();
  for (let round = 0; round < 10; round++) {
    await each.receive(3 * RATE, 10);
    await each.receive(0, 18);
  }
  expect(each.errors).toEqual([]);
  each.floor.stop();
});

it('time in which we hold it back does not count, whatever its pieces', async () => {
  const each = new Watched();
  for (let round = 0; round < 29; round++) {
    await time.clock.advance(999);
    each.floor.stop();
    each.floor.stop();
    await time.clock.advance(600_000);
    each.floor.start();
    each.floor.start();
  }
  expect(each.errors).toEqual([]);
  await time.clock.advance(1028);
  expect(each.errors).toEqual([]);
  await time.clock.advance(1);
  expect(each.errors).toHaveLength(1);
});

it('a transfer that is too slow fails, and leaves no timer', async () => {
  const answer = { body: pieces(70_000), length: 100_000, stalls: true };
  const one = new Try(answer, { policy: { minSpeed: 5000, speedTime: WINDOW } }, { disk: new MemoryDisk() });
  expect(await one.ended(time.clock)).toMatchObject({ code: 'ERR_TIMEOUT' });
  expect(time.clock.now()).toBe(WINDOW);
  expect(time.clock.timers).toBe(0);
});

it('--limit-rate below --min-speed: our own slowness is no fault of the server', async () => {
  const body = pieces(...Array<number>(100).fill(1000));
  const policy = { minSpeed: 50_000, speedTime: WINDOW };
  const one = new Try(
    { body, length: 100_000 },
    { policy },
    { disk: new MemoryDisk(), rateLimit: new RateLimit(1000) },
  );
  expect(await one.ended(time.clock)).toBeNull();
  expect(time.clock.now()).toBeGreaterThan(90_000);
  expect(time.clock.timers).toBe(0);
});

it('a disk that is behind is no fault of the server', async () => {
  class SlowDisk extends MemoryDisk {
    override async write(...given: Parameters<MemoryDisk['write']>): Promise<void> {
      await new Promise<void>((resolve) => time.clock.schedule(40_000, resolve));
      await super.write(...given);
    }
  }
  const body = pieces(...Array<number>(60).fill(65_536));
  const policy = { minSpeed: 1_000_000, speedTime: WINDOW };
  const one = new Try({ body, length: 60 * 65_536 }, { policy }, { disk: new SlowDisk() });
  expect(await one.ended(time.clock)).toBeNull();
  expect(time.clock.now()).toBeGreaterThan(WINDOW);
});
