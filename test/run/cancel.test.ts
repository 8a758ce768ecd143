// A run that is ended early, in each of its states.

import { describe, expect, it } from 'vitest';
import { type Occupant, systemDisk } from '../../src/files/disk.js';
import { FetchallError } from '../../src/model/errors.js';
import { drive, eventually, turnsOfTheLoop } from '../support/drive.js';
import { useFakeTime } from '../support/fake-time.js';
import { MemoryDisk } from '../support/memory-disk.js';
import { ARun, type RunPlan, urls } from '../support/runs.js';
import type { StubAnswer } from '../support/stub-transport.js';
import { temporaryFolder } from '../support/temp-folder.js';

const time = useFakeTime();

const never = new Promise<never>(() => {});

async function* endless(first: readonly string[]): AsyncGenerator<string> {
  yield* first;
  await never;
}

class HeldDisk extends MemoryDisk {
  release: () => void = () => {};
  isHeld = false;
  readonly #call: 'occupant' | 'save';

  constructor(call: 'occupant' | 'save') {
    super();
    this.#call = call;
  }

  override async occupant(path: string): Promise<Occupant> {
    if (this.#call === 'occupant') await this.#hold();
    return super.occupant(path);
  }

  override async save(
    part: string,
    final: string,
    buffers: readonly Uint8Array[],
    synced: boolean,
  ): Promise<void> {
    if (this.#call === 'save') await this.#hold();
    return super.save(part, final, buffers, synced);
  }

  #hold(): Promise<void> {
    this.isHeld = true;
    return new Promise((resolve) => {
      this.release = resolve;
    });
  }
}

interface Situation {
  readonly plan: RunPlan;
  /** When to cancel. */
  readonly when: (each: ARun) => boolean;
  /** What becomes of the URLs. */
  readonly saved?: number;
  readonly cancelled: number;
}

const situations: Record<string, Situation> = {
  'reading an iterable that says nothing more': {
    plan: { sources: endless([]) },
    when: () => true,
    cancelled: 0,
  },
  'reading an iterable that has given some': {
    plan: { sources: endless(urls(3)) },
    when: (each) => each.endings.length === 3,
    saved: 3,
    cancelled: 0,
  },
  'waiting for a slot': {
    plan: { sources: urls(50), answer: () => never, options: { concurrency: 2 } },
    when: (each) => each.transport.sent === 2,
    cancelled: 2,
  },
  'waiting in the gate': {
    plan: { sources: urls(50), answer: () => never, options: { concurrency: 4, perHost: 1 } },
    when: (each) => each.transport.sent === 1,
    cancelled: 1,
  },
  'waiting for the head': {
    plan: { sources: urls(1), answer: () => never },
    when: (each) => each.transport.sent === 1,
    cancelled: 1,
  },
  'receiving the body': {
    plan: {
      sources: urls(1),
      answer: () => ({ body: new Uint8Array(100_000), length: 200_000, stalls: true }),
    },
    when: (each) => each.transport.sent === 1,
    cancelled: 1,
  },
  'receiving a body of unknown length': {
    plan: { sources: urls(2), answer: () => ({ body: 'some', length: null, stalls: true }) },
    when: (each) => each.transport.sent === 2,
    cancelled: 2,
  },
  'held back by the rate limit': {
    plan: { sources: urls(1), answer: () => ({ body: 'x'.repeat(1000) }), options: { limitRate: 1 } },
    when: (each) => each.transport.sent === 1,
    cancelled: 1,
  },
  'waiting for another try': {
    plan: { sources: urls(3), answer: () => new FetchallError('ERR_CONNECT', 'refused') },
    when: (each) => each.events.filter(({ event }) => event === 'retry').length === 3,
    cancelled: 3,
  },
  'reading a redirect': {
    plan: {
      sources: urls(1),
      answer: (): StubAnswer => ({ status: 302, headers: { location: '/b' }, body: 'moved', stalls: true }),
    },
    when: (each) => each.transport.sent === 1,
    cancelled: 1,
  },
};

describe.each(Object.entries(situations))('a run that is cancelled while %s', (_, situation) => {
  it.each(['concurrent', 'sequential'])('ends at once, and all is counted (%s)', async (mode) => {
    const { plan, when, saved = 0, cancelled } = situation;
    const isSequential = mode === 'sequential';
    // An iterable can be read once.
    const sources = 'next' in Object(plan.sources) ? endless(saved > 0 ? urls(saved) : []) : plan.sources;
    const controller = new AbortController();
    const each = new ARun({
      ...plan,
      sources,
      options: { ...plan.options, sequential: isSequential },
      seams: { signal: controller.signal },
    });
    const running = each.toEnd();
    const started = (): number => each.events.filter(({ event }) => event === 'started').length;
    const expected = isSequential ? Math.min(1, cancelled) : cancelled;
    await eventually(() => (isSequential ? started() === saved + expected : when(each)));
    await turnsOfTheLoop();
    controller.abort();
    await eventually(() => each.summary !== undefined);
    await running;
    expect(each.summary).toMatchObject({ total: saved + expected, saved, skipped: 0, failed: expected });
    expect(each.results).toHaveLength(saved + expected);
    expect(started()).toBe(saved + expected);
    for (const { error, outcome } of each.results) {
      if (outcome === 'failed') expect(error?.code).toBe('ERR_CANCELLED');
    }
    expect(each.finished).toHaveLength(each.results.length);
    expect([time.clock.now(), time.clock.timers, each.transport.inFlight, each.disk.open.size]).toEqual([
      0, 0, 0, 0,
    ]);
  });
});

describe('a run that is cancelled', () => {
  it('while it looks at the disk, says nothing more when the look is over', async () => {
    const disk = new HeldDisk('occupant');
    disk.put('/out/0.bin');
    const controller = new AbortController();
    const each = new ARun({ sources: urls(1), seams: { signal: controller.signal } }, disk);
    const running = each.toEnd();
    await eventually(() => disk.isHeld);
    controller.abort();
    await running;
    disk.release();
    await turnsOfTheLoop();
    expect(each.summary).toMatchObject({ total: 0 });
    expect(each.events.at(-1)).toMatchObject({ event: 'summary' });
  });

  it('while a file is made final, saves it', async () => {
    const disk = new HeldDisk('save');
    const controller = new AbortController();
    const each = new ARun({ sources: urls(1), seams: { signal: controller.signal } }, disk);
    const running = each.toEnd();
    await eventually(() => disk.isHeld);
    controller.abort();
    await turnsOfTheLoop();
    disk.release();
    await running;
    expect(each.summary).toMatchObject({ total: 1, saved: 1, failed: 0 });
    expect(disk.text('/out/0.bin')).toBe('content');
  });

  it('before it begins, fetches nothing', async () => {
    const each = await new ARun({ sources: urls(5), seams: { signal: AbortSignal.abort() } }).toEnd();
    expect(each.summary).toMatchObject({ total: 0, baseline: null, speedup: null });
    expect([each.transport.sent, each.results.length]).toEqual([0, 0]);
  });

  it('ends as the reason says, when that is one of our errors', async () => {
    const controller = new AbortController();
    const seams = { signal: controller.signal };
    const each = new ARun({ sources: urls(1), answer: () => never, seams });
    const running = each.toEnd();
    await eventually(() => each.transport.sent === 1);
    controller.abort(new FetchallError('ERR_DEADLINE', 'too late'));
    await running;
    expect(each.results[0]?.error).toEqual({ code: 'ERR_DEADLINE', message: 'too late' });
  });

  it('in a later try keeps what is known of the earlier ones', async () => {
    const controller = new AbortController();
    const answer = (_: unknown, index: number) => (index === 0 ? { status: 503, body: 'busy' } : never);
    const each = new ARun({ sources: urls(1), answer, seams: { signal: controller.signal } });
    const running = drive(time.clock, each.toEnd(), () => each.transport.sent < 2);
    await eventually(() => each.transport.sent === 2);
    controller.abort();
    await running;
    expect(each.results[0]).toMatchObject({ attempts: 2, status: 503, error: { code: 'ERR_CANCELLED' } });
  });

  it.each([{ dryRun: true }, { compare: true }])(
    'while an iterable says nothing more, whatever the run is: %o',
    async (options) => {
      const controller = new AbortController();
      const out = await temporaryFolder();
      const plan = { sources: endless(urls(2)), options: { ...options, out } };
      const each = new ARun({ ...plan, seams: { signal: controller.signal, disk: systemDisk } });
      const running = each.toEnd();
      await eventually(() => each.events.length >= 2);
      controller.abort();
      await running;
      expect(each.events.at(-1)).toMatchObject({ event: 'summary' });
    },
  );

  it('listens to its signal no longer than it runs', async () => {
    const controller = new AbortController();
    const each = await new ARun({ sources: urls(2), seams: { signal: controller.signal } }).toEnd();
    controller.abort();
    await turnsOfTheLoop();
    expect(each.events.at(-1)).toMatchObject({ event: 'summary', saved: 2 });
  });
});

describe('a reader who stops', () => {
  it('cancels the run', async () => {
    const each = new ARun({
      sources: endless(urls(40)),
      answer: (_, index) => (index === 0 ? { body: 'first' } : never),
      options: { concurrency: 4 },
    });
    for await (const { result } of each.begin()) {
      expect(result.outcome).toBe('saved');
      await eventually(() => each.transport.inFlight === 4);
      break;
    }
    expect(each.transport.inFlight).toBe(0);
    expect(each.summary).toMatchObject({ total: 1, saved: 1 });
    expect([each.disk.open.size, time.clock.timers]).toEqual([0, 0]);
  });
});

it('a run that is cancelled while a try looks at its part does not wait for an answer', async () => {
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isHeld = false;
  class SlowDisk extends MemoryDisk {
    override async reopen(path: string) {
      isHeld = true;
      await held;
      return super.reopen(path);
    }
  }
  const controller = new AbortController();
  const answer: StubAnswer = { headers: { etag: '"a"' }, body: 'x'.repeat(70_000), length: 100_000 };
  const plan = {
    sources: urls(1),
    answer: (_: unknown, index: number) => (index === 0 ? answer : never),
    options: { retryWait: 0 },
    seams: { signal: controller.signal },
  };
  const each = new ARun(plan, new SlowDisk());
  const running = each.toEnd();
  await drive(
    time.clock,
    eventually(() => isHeld),
  );
  controller.abort();
  await turnsOfTheLoop();
  release();
  await drive(time.clock, running);
  expect(each.results).toMatchObject([{ outcome: 'failed', error: { code: 'ERR_CANCELLED' } }]);
  expect(each.transport.inFlight).toBe(0);
});
