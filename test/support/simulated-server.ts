// Servers on paper, for limits that find themselves: a closed loop of requests in simulated time, in which nothing is random but what a
// seed says.

import { AdaptiveLimit, HOST_BOUNDS, type Outcome } from '../../src/run/adaptive-limit.js';
import { FakeClock } from './fake-clock.js';

export interface Answer {
  readonly outcome?: Outcome;
  /** ms until it is there. */
  readonly after: number;
}

/** @param inFlight with this one @param random from 0 to 1 */
export type Server = (now: number, inFlight: number, random: number) => Answer;

interface Flight extends Required<Answer> {
  readonly ordinal: number;
  readonly due: number;
}

export interface Course {
  /** The limit after each ended request, in order. */
  readonly steps: { readonly at: number; readonly limit: number; readonly outcome: Outcome }[];
}

/** So many ms of an endless list. @param limit a fixed number to compare with */
export function simulate(server: Server, until: number, limit?: number): Course {
  const adaptive = new AdaptiveLimit(HOST_BOUNDS);
  const clock = new FakeClock();
  const flights: Flight[] = [];
  const steps: { at: number; limit: number; outcome: Outcome }[] = [];
  let now = 0;
  const load = { isWaiting: true, received: () => 0 };
  while (now < until) {
    while (flights.length < (limit ?? adaptive.limit)) {
      const ordinal = adaptive.begin();
      const { after, outcome = 'done' } = server(now, flights.length + 1, clock.random());
      flights.push({ ordinal, after, outcome, due: now + after });
      flights.sort((a, b) => a.due - b.due);
    }
    const flight = flights.shift();
    if (flight === undefined) break;
    now = flight.due;
    adaptive.ended(flight, { now, inFlight: flights.length + 1, ...load });
    steps.push({ at: now, limit: adaptive.limit, outcome: flight.outcome });
  }
  return { steps };
}

/** Files a second between two moments, in ms. */
export function speed({ steps }: Course, from: number, to: number): number {
  const done = steps.filter(({ at, outcome }) => outcome === 'done' && at > from && at <= to);
  return done.length / ((to - from) / 1000);
}

/** The limits between two moments. */
export function limits({ steps }: Course, from: number, to: number): number[] {
  return steps.filter(({ at }) => at > from && at <= to).map(({ limit }) => limit);
}

/** Serves so many at a time, each in `took` ms give or take a tenth, after half a round trip; the others wait. */
export function plateau(capacity: () => number, took: () => number, latency = 0): Server {
  let free: number[] = [];
  return (now, _inFlight, random) => {
    const places = capacity();
    free = free.filter((at) => at > now).sort((a, b) => a - b);
    const begins = free.length < places ? now : (free[free.length - places] ?? now);
    const ends = begins + took() * (0.9 + 0.2 * random);
    free.push(ends);
    return { after: ends - now + latency };
  };
}

/** 429 at once for what comes above a rate a second: a bucket of tokens. */
export function rateLimited(rate: number, burst: number, latency: number): Server {
  let tokens = burst;
  let last = 0;
  return (now) => {
    tokens = Math.min(burst, tokens + ((now - last) * rate) / 1000);
    last = now;
    if (tokens < 1) return { after: latency / 5, outcome: 'refused' };
    tokens--;
    return { after: latency };
  };
}
