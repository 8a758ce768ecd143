// Whether and when to try again. Pure: error, attempt number and policy in, waiting time out.

import { type FetchallError, isOutOfDescriptors, StatusError } from '../model/errors.js';
import type { Policy } from '../model/job.js';

/** A server that asks for more patience than this has to be left alone, in ms. */
export const LONGEST_RETRY_AFTER = 600_000;

/** How often an error of this kind is tried again at most: `retries` where it may pass, fewer where it hardly will. */
function retriesFor(error: FetchallError, { retries, retryOn }: Policy): number {
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
      return error instanceof StatusError && retryOn.includes(error.status) ? retries : 0;
    case 'ERR_DISK':
      return isOutOfDescriptors(error) ? retries : 0;
    default:
      return 0;
  }
}

/**
 * @param attempts tries made so far, the failed one included
 * @param mismatches of these, how many failed their checksum: one may, whatever else has failed
 * @param random from 0 up to 1: full jitter, so that many clients do not come back at once
 * @returns ms to wait before the next try; null when there shall be none
 */
export function retryWait(
  error: FetchallError,
  attempts: number,
  policy: Policy,
  random: number,
  mismatches = attempts,
): number | null {
  const failures = error.code === 'ERR_CHECKSUM' ? mismatches : attempts;
  if (attempts > policy.retries || failures > retriesFor(error, policy)) return null;
  if (error instanceof StatusError && error.retryAfter !== null) {
    return error.retryAfter > LONGEST_RETRY_AFTER ? null : error.retryAfter;
  }
  return random * Math.min(policy.retryMaxWait, policy.retryWait * 2 ** (attempts - 1));
}
