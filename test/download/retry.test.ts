import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryWait } from '../../src/download/retry.js';
import { ERROR_CODES, type ErrorCode, FetchallError, StatusError } from '../../src/model/errors.js';
import { defaultPolicy } from '../support/jobs.js';

const policy = { ...defaultPolicy, retries: 5, retryWait: 1000, retryMaxWait: 60_000 };

function failure(code: ErrorCode, systemCode?: string): FetchallError {
  const cause = systemCode === undefined ? undefined : Object.assign(new Error(), { code: systemCode });
  return new FetchallError(code, 'it failed', { cause });
}

/** How many tries follow the first. */
function retriesOf(error: FetchallError, retries = 5): number {
  let attempts = 1;
  while (attempts < 100 && retryWait(error, attempts, { ...policy, retries }, 0.5) !== null) attempts++;
  return attempts - 1;
}

const EXPECTED: Partial<Record<ErrorCode, number>> = {
  ERR_CONNECT: 5,
  ERR_TIMEOUT: 5,
  ERR_TRUNCATED: 5,
  ERR_DNS: 1,
  ERR_CHECKSUM: 1,
};

describe('retryWait', () => {
  it.each(ERROR_CODES)('tries %s again as often as it makes sense', (code) => {
    expect(retriesOf(failure(code))).toBe(EXPECTED[code] ?? 0);
    expect(retriesOf(failure(code), 0)).toBe(0);
  });

  it('tries a name server in trouble again as often as it may', () => {
    expect(retriesOf(failure('ERR_DNS', 'EAI_AGAIN'))).toBe(5);
    expect(retriesOf(failure('ERR_DNS', 'ENOTFOUND'))).toBe(1);
  });

  it('tries exactly the statuses again that pass by themselves', () => {
    const tried = Array.from({ length: 500 }, (_, at) => at + 100).filter(
      (status) => retriesOf(new StatusError(status, '')) > 0,
    );
    expect(tried).toEqual([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);
    expect(retriesOf(new StatusError(503, ''))).toBe(5);
  });

  it.each([
    [0, 0],
    [120_000, 120_000],
    [600_000, 600_000],
    [600_001, null],
    [1e9, null],
  ])('obeys a Retry-After of %d ms up to ten minutes, whatever the cap', (retryAfter, wait) => {
    for (const random of [0, 0.999]) {
      expect(retryWait(new StatusError(429, '', retryAfter), 1, policy, random)).toBe(wait);
    }
  });

  it('does not obey a Retry-After when the tries are used up, nor for a status that does not pass', () => {
    expect(retryWait(new StatusError(429, '', 1000), 6, policy, 0.5)).toBeNull();
    expect(retryWait(new StatusError(404, '', 1000), 1, policy, 0.5)).toBeNull();
  });

  it.each([
    [1, 1000],
    [2, 2000],
    [3, 4000],
    [5, 16_000],
    [7, 60_000],
    [1000, 60_000],
  ])('after try %d waits from nothing to nearly %d ms', (attempts, most) => {
    const patient = { ...policy, retries: 1000 };
    expect(retryWait(failure('ERR_CONNECT'), attempts, patient, 0)).toBe(0);
    expect(retryWait(failure('ERR_CONNECT'), attempts, patient, 0.999)).toBeCloseTo(most * 0.999, 6);
  });

  it('never waits longer than the cap, nor less than nothing', () => {
    const milliseconds = fc.nat(2 ** 31 - 1);
    fc.assert(
      fc.property(
        milliseconds,
        milliseconds,
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        (base, cap, attempts, random) => {
          const limits = { ...policy, retries: 1000, retryWait: base, retryMaxWait: cap };
          const wait = retryWait(failure('ERR_TIMEOUT'), attempts, limits, random);
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThanOrEqual(cap);
        },
      ),
    );
  });
});
