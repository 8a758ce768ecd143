// Whether and when to try again. Pure: error, attempt number and policy in, waiting time out.

import { type FetchallError, StatusError } from '../model/errors.js';
import type { Policy } from '../model/job.js';

/** Statuses that pass by themselves; 520 to 524 are what content networks answer for an origin in trouble. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);

/** A server that asks for more patience than this has to be left alone, in ms. */
const LONGEST_RETRY_AFTER = 600_000;

/** How often an error of this kind is tried again at most: `retries` where it may pass, fewer where it hardly will. */
function retriesFor(error: FetchallError, retries: number): number {
  switch (error.code) {
    case 'ERR_CONNECT':
    case 'ERR_TIMEOUT':
    case 'ERR_TRUNCATED':
      return retries;
    case 'ERR_DNS':
      return error.systemCode === 'EAI_AGAIN' ? retries : Math.min(1, retries);
    case 'ERR_CHECKSUM':
      return Math.min(1, retries);
    case 'ERR_STATUS':
      return error instanceof StatusError && PASSING.has(error.status) ? retries : 0;
    default:
      return 0;
  }
}

/**
 * @param attempts tries made so far, the failed one included
 * @param random from 0 up to 1: full jitter, so that many clients do not come back at once
 * @returns ms to wait before the next try; null when there shall be none
 */
export function retryWait(
  error: FetchallError,
  attempts: number,
  policy: Policy,
  random: number,
): number | null {
  if (attempts > retriesFor(error, policy.retries)) return null;
  if (error instanceof StatusError && error.retryAfter !== null) {
    return error.retryAfter > LONGEST_RETRY_AFTER ? null : error.retryAfter;
  }
  return random * Math.min(policy.retryMaxWait, policy.retryWait * 2 ** (attempts - 1));
}
