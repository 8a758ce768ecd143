// How much of a list is in hand at a time.

import { TOTAL_BOUNDS } from './adaptive-limit.js';
import type { DelayLimits } from './host-delays.js';

/**
 * Tasks known before a slot is free for them: enough to find a host that may be asked. With a thousand they live so long that the
 * collector takes them for lasting ones, which costs 40 MB.
 */
const LOOK_AHEAD = 400;
/** The same while none of them may go: so long may a stretch of the list be whose hosts are dead, or cooling. */
const LONGEST_LOOK_AHEAD = 20_000;

export interface GateLimits extends DelayLimits {
  /** Requests in flight to all hosts; `auto`: as many as gain something. */
  readonly concurrency: number | 'auto';
  /** Requests in flight to one host. */
  readonly perHost: number | 'auto';
  /** Tasks that have not ended, those in slots included, before `put` waits. */
  readonly unended: number;
  /** The same while slots are free, and what is known may not go: others that may can be further down the list. */
  readonly unendedWhileIdle?: number;
}

export interface PassLimits {
  readonly concurrency: number | 'auto';
  readonly perHost: number | 'auto';
  /** Least time between two requests to one host, in ms. */
  readonly delay: number;
  /** One after another in list order: not even a task in back-off is overtaken. */
  readonly sequential: boolean;
  /** The delay of one host, and whether a run before is gone on with. */
  readonly delayOf?: (host: string) => number;
  readonly isContinued?: boolean;
}

export function gateLimits({
  concurrency,
  perHost,
  delay,
  sequential,
  delayOf,
  isContinued = false,
}: PassLimits): GateLimits {
  // What is found to be more is taken out of the look-ahead: it shall cost no memory where it is not.
  const inSlots = concurrency === 'auto' ? TOTAL_BOUNDS.start : concurrency;
  const unended = sequential ? 1 : inSlots + LOOK_AHEAD;
  const unendedWhileIdle = sequential ? 1 : inSlots + LONGEST_LOOK_AHEAD;
  const limits = { concurrency, perHost, delay, unended, unendedWhileIdle, isContinued };
  return delayOf === undefined ? limits : { ...limits, delayOf };
}
