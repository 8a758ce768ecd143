import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdaptiveLimit, HOST_BOUNDS, type Outcome, TOTAL_BOUNDS } from '../../src/run/adaptive-limit.js';
import { limits, plateau, rateLimited, type Server, simulate, speed } from '../support/simulated-server.js';

/** The fixed limit that is fastest between two moments, and how fast. */
function best(server: () => Server, from: number, to: number): number {
  const fixed = [4, 8, 16, 24, 32, 48, 64];
  return Math.max(...fixed.map((limit) => speed(simulate(server(), to, limit), from, to)));
}

const steady = (capacity: number, took: number) => () =>
  plateau(
    () => capacity,
    () => took,
  );

describe('a server with a plateau', () => {
  it.each([5, 12, 20, 34, 50, 64, 200])(
    'at %d connections: nine tenths of the best within 3 s',
    (capacity) => {
      const course = simulate(steady(capacity, 50)(), 8000);
      expect(speed(course, 2500, 3500)).toBeGreaterThan(0.9 * best(steady(capacity, 50), 2500, 3500));
      expect(speed(course, 3000, 8000)).toBeGreaterThan(0.93 * best(steady(capacity, 50), 3000, 8000));
      expect(Math.max(...limits(course, 0, 8000))).toBeLessThanOrEqual(64);
    },
  );

  it('begins with 8', () => {
    const adaptive = new AdaptiveLimit(HOST_BOUNDS);
    expect(adaptive.limit).toBe(8);
    expect(new AdaptiveLimit(TOTAL_BOUNDS).limit).toBe(64);
  });

  it('stays, and tries higher ever more rarely', () => {
    const { steps } = simulate(steady(20, 50)(), 120_000);
    const highest = steps.filter(({ at }) => at > 60_000);
    const usual = Math.min(...highest.map(({ limit }) => limit));
    expect(usual).toBeLessThanOrEqual(40);
    expect(usual).toBeGreaterThanOrEqual(19);
    const tried = highest.filter(({ limit }) => limit > usual).length;
    expect(tried).toBeLessThan(highest.length / 10);
  });
});

describe('a server that slows with load', () => {
  // Above 16 each takes longer than another in flight brings.
  const slows = (): Server => (_now, inFlight, random) => ({
    after: 50 * (0.95 + 0.1 * random) * Math.max(1, (inFlight / 16) ** 2),
  });

  it('is not pushed over its best, though every answer is a success', () => {
    const course = simulate(slows(), 20_000);
    expect(speed(course, 2500, 3500)).toBeGreaterThan(0.9 * best(slows, 2500, 3500));
    const late = limits(course, 3000, 20_000);
    expect(late.filter((limit) => limit > 22).length).toBeLessThan(late.length / 20);
  });
});

describe('a server that answers 429 above a rate', () => {
  it.each([
    [100, 20],
    [400, 50],
    [400, 400],
    [1000, 100],
  ])('%d a second, %d at once: at most 2 %% are refused, and most of the rate is had', (rate, burst) => {
    const { steps } = simulate(rateLimited(rate, burst, 50), 60_000);
    const refused = steps.filter(({ outcome }) => outcome === 'refused').length;
    expect(refused).toBeGreaterThan(0);
    expect(refused / steps.length).toBeLessThan(0.02);
    expect(speed({ steps }, 10_000, 60_000)).toBeGreaterThan(0.6 * rate);
  });

  it('does not become faster by them: nothing but 429, answered at once, leads to one at a time', () => {
    const all: Server = () => ({ after: 2, outcome: 'refused' });
    const { steps } = simulate(all, 20_000);
    expect(Math.max(...steps.map(({ limit }) => limit))).toBeLessThanOrEqual(8);
    expect(steps.at(-1)?.limit).toBe(1);
  });

  it('nor by other errors that come fast', () => {
    const errors = simulate(() => ({ after: 1, outcome: 'failed' }), 2000);
    expect(Math.max(...errors.steps.map(({ limit }) => limit))).toBe(8);
  });

  it('backs off by half, once for all that were in flight', () => {
    const adaptive = new AdaptiveLimit(HOST_BOUNDS);
    const load = { now: 0, inFlight: 8, isWaiting: true, received: () => 0 };
    const first = Array.from({ length: 8 }, () => adaptive.begin());
    for (const ordinal of first.slice(0, 5)) adaptive.ended({ ordinal, outcome: 'refused' }, load);
    expect(adaptive.limit).toBe(4);
    const next = adaptive.begin();
    for (const ordinal of first.slice(5)) adaptive.ended({ ordinal, outcome: 'refused' }, load);
    expect(adaptive.limit).toBe(4);
    adaptive.ended({ ordinal: next, outcome: 'refused' }, load);
    expect(adaptive.limit).toBe(2);
    expect(adaptive.isLowered).toBe(true);
  });

  it.each([
    [1, 48],
    [20, 44],
    [50, 32],
  ])('of 64 that were in flight %d were refused: tries no more than %d for a while', (refused, most) => {
    const adaptive = new AdaptiveLimit(HOST_BOUNDS);
    let now = 0;
    const end = (outcome: Outcome, ordinal: number): void => {
      // More in flight is as much faster as it is more.
      now += 50 / adaptive.limit;
      adaptive.ended({ outcome, ordinal }, { now, inFlight: 64, isWaiting: true, received: () => 0 });
    };
    while (now < 2000) end('done', adaptive.begin());
    expect(adaptive.limit).toBe(64);
    const flight = Array.from({ length: 64 }, () => adaptive.begin());
    for (const [place, ordinal] of flight.entries()) end(place < refused ? 'refused' : 'done', ordinal);
    const until = now + 9000;
    let highest = 0;
    while (now < until) {
      end('done', adaptive.begin());
      highest = Math.max(highest, adaptive.limit);
    }
    expect(highest).toBe(most);
  });
});

describe('what lowers it', () => {
  const after = (...outcomes: Outcome[]): number => {
    const adaptive = new AdaptiveLimit(HOST_BOUNDS);
    for (const outcome of outcomes) {
      const ordinal = adaptive.begin();
      adaptive.ended({ outcome, ordinal }, { now: 0, inFlight: 8, isWaiting: true, received: () => 0 });
    }
    return adaptive.limit;
  };

  it.each<[string, number, Outcome[]]>([
    ['a time-out', 4, ['silent']],
    ['a 429 or 503', 4, ['refused']],
    ['no single reset', 8, ['reset']],
    ['nor two', 8, ['reset', 'reset']],
    ['three in a row', 4, ['reset', 'reset', 'reset']],
    ['not three with others between', 8, ['reset', 'reset', 'done', 'reset', 'failed', 'reset']],
    ['no other error', 8, ['failed', 'failed', 'failed', 'failed']],
    ['never below one', 1, Array<Outcome>(9).fill('silent')],
  ])('%s', (_name, limit, outcomes) => {
    expect(after(...outcomes)).toBe(limit);
  });
});

describe('a server that changes', () => {
  it.each([
    ['may have more', 10, 40, 50, 50],
    ['may have less', 40, 10, 50, 50],
    ['is farther away', 16, 64, 20, 80],
    ['is faster', 20, 20, 100, 20],
    ['is slower', 20, 20, 20, 100],
  ])('%s: nine tenths of the best within 6 s', (_name, before, later, took, tookLater) => {
    const turn = 10_000;
    let now = 0;
    const changing = (): Server => {
      const server = plateau(
        () => (now < turn ? before : later),
        () => (now < turn ? took : tookLater),
      );
      return (at, inFlight, random) => {
        now = at;
        return server(at, inFlight, random);
      };
    };
    const [from, to] = [turn + 6000, turn + 10_000];
    const reached = speed(simulate(changing(), to), from, to);
    expect(reached).toBeGreaterThan(0.9 * best(changing, from, to));
  });

  it('slows with load where it did not before: goes down to what is best now', () => {
    const changing: Server = (now, inFlight, random) => {
      const slow = now < 5000 ? 1 : Math.max(1, (inFlight / 10) ** 2);
      return { after: 50 * (0.95 + 0.1 * random) * slow };
    };
    const course = simulate(changing, 30_000);
    expect(Math.max(...limits(course, 4000, 5000))).toBe(64);
    const late = limits(course, 20_000, 30_000);
    expect(late.filter((limit) => limit > 20).length).toBeLessThan(late.length / 10);
  });
});

describe('large files', () => {
  /** So many ms in which nothing ends; each in flight gets its share. @returns the limits, four a second */
  function flow(until: number, bytesPerSecond: (inFlight: number) => number): number[] {
    const adaptive = new AdaptiveLimit(HOST_BOUNDS);
    const seen: number[] = [];
    let bytes = 0;
    let inFlight = 0;
    for (let now = 0; now < until; now += 250) {
      inFlight = adaptive.limit;
      bytes += bytesPerSecond(inFlight) / 4;
      const received = bytes;
      adaptive.look({ now, inFlight, isWaiting: true, received: () => received });
      seen.push(adaptive.limit);
    }
    return seen;
  }

  it('are given more streams while each brings more, though none has ended', () => {
    const seen = flow(10_000, (inFlight) => Math.min(inFlight, 40) * 2e6);
    expect(seen.at(-1)).toBe(64);
  });

  it('are given no more than what fills the way', () => {
    const seen = flow(10_000, (inFlight) => Math.min(inFlight * 50e6, 200e6));
    expect(seen.filter((limit) => limit > 8).length).toBeLessThan(seen.length / 2);
    expect(seen.at(-1)).toBeLessThanOrEqual(10);
  });
});

it('says nothing of a limit that nothing waits for', () => {
  const adaptive = new AdaptiveLimit(HOST_BOUNDS);
  for (let now = 0; now < 10_000; now += 10) {
    const ordinal = adaptive.begin();
    adaptive.ended({ outcome: 'done', ordinal }, { now, inFlight: 8, isWaiting: false, received: () => 0 });
  }
  expect(adaptive.limit).toBe(8);
});

it('nor of one that was never reached, since something else keeps requests back', () => {
  const adaptive = new AdaptiveLimit(HOST_BOUNDS);
  for (let now = 0; now < 10_000; now += 10) {
    const ordinal = adaptive.begin();
    adaptive.ended({ outcome: 'done', ordinal }, { now, inFlight: 3, isWaiting: true, received: () => 0 });
  }
  expect(adaptive.limit).toBe(8);
});

it.each([HOST_BOUNDS, TOTAL_BOUNDS])('is a whole number from $least to $most whatever comes', (bounds) => {
  const outcome = fc.constantFrom<Outcome>('done', 'done', 'done', 'failed', 'refused', 'silent', 'reset');
  const event = fc.record({
    outcome,
    passed: fc.nat(2000),
    isWaiting: fc.boolean(),
    bytes: fc.nat(100e6),
    inFlight: fc.integer({ min: 1, max: bounds.most }),
    kind: fc.constantFrom('ended', 'ended', 'ended', 'look', 'interrupt'),
    times: fc.integer({ min: 1, max: 200 }),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const adaptive = new AdaptiveLimit(bounds);
      let now = 0;
      let bytes = 0;
      for (const { outcome, passed, isWaiting, bytes: more, inFlight, kind, times } of events) {
        for (let time = 0; time < times; time++) {
          now += passed / times;
          bytes += more / times;
          const load = {
            now,
            isWaiting,
            inFlight: Math.max(inFlight, adaptive.limit),
            received: () => bytes,
          };
          const ordinal = adaptive.begin();
          if (kind === 'interrupt') adaptive.interrupt();
          else if (kind === 'look') adaptive.look(load);
          else adaptive.ended({ outcome, ordinal }, load);
          expect(adaptive.limit).toSatisfy(Number.isInteger);
          expect(adaptive.limit).toBeGreaterThanOrEqual(bounds.least);
          expect(adaptive.limit).toBeLessThanOrEqual(bounds.most);
        }
      }
    }),
  );
});
