import { describe, expect, it } from 'vitest';
import { ASKED_FOR_ALL, judge } from '../../src/download/judge.js';
import type { HeaderFields, ResponseHead } from '../../src/http/transport.js';
import { type FetchallError, StatusError } from '../../src/model/errors.js';
import type { Policy } from '../../src/model/job.js';
import { defaultPolicy } from '../support/jobs.js';

const NOW = new Date(Date.UTC(2026, 0, 1));

function refusal(
  status: number,
  {
    headers = {},
    length = null,
    policy = {},
  }: { headers?: HeaderFields; length?: number | null; policy?: Partial<Policy> } = {},
): FetchallError | null {
  const head: ResponseHead = { url: new URL('http://a.test/'), status, headers, rawHeaders: [], length };
  try {
    judge(head, ASKED_FOR_ALL, { ...defaultPolicy, ...policy }, NOW);
    return null;
  } catch (error) {
    return error as FetchallError;
  }
}

describe('judge', () => {
  it.each([200, 201, 202, 203, 204, 205, 226, 299])('accepts %d', (status) => {
    expect(refusal(status)).toBeNull();
  });

  it('refuses a part that was not asked for', () => {
    expect(refusal(206)?.code).toBe('ERR_PROTOCOL');
  });

  it.each([
    300, 304, 399, 400, 401, 403, 404, 405, 407, 408, 410, 416, 425, 429, 451, 500, 502, 503, 504, 520, 599,
  ])('refuses %d with its status', (status) => {
    const error = refusal(status);
    expect(error).toBeInstanceOf(StatusError);
    expect(error).toMatchObject({ code: 'ERR_STATUS', status, retryAfter: null });
    expect(error?.message).toContain(String(status));
  });

  it.each([
    ['7', 7_000],
    ['0', 0],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', null],
  ])('understands Retry-After: %s', (field, milliseconds) => {
    expect(refusal(503, { headers: { 'retry-after': field } })).toMatchObject({ retryAfter: milliseconds });
  });

  it.each([
    [100, 101, 'ERR_TOO_LARGE'],
    [100, 100, undefined],
    [100, null, undefined],
    [0, 1, 'ERR_TOO_LARGE'],
    [0, 0, undefined],
    [null, 1e15, undefined],
  ])('with a limit of %s takes a length of %s: %s', (maxSize, length, code) => {
    expect(refusal(200, { length, policy: { maxSize } })?.code).toBe(code);
  });

  it('names the limit', () => {
    expect(refusal(200, { length: 101, policy: { maxSize: 100 } })?.message).toBe(
      'larger than --max-size 100',
    );
  });
});
