import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseRetryAfter } from '../../src/http/retry-after.js';

const NOW = new Date('2026-01-01T00:00:00Z');

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['1', 1000],
    [' 120 ', 120_000],
    ['007', 7000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Thursday, 01-Jan-26 00:00:30 GMT', 30_000],
    ['Thu Jan  1 00:00:30 2026', 30_000],
    ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
    ['Wed, 31 Dec 2025 23:59:59 GMT', 0],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    // The day's name is for people: a wrong one makes the date no worse.
    ['Mon, 01 Jan 2026 00:00:30 GMT', 30_000],
  ])('%j is %i ms', (value, milliseconds) => {
    expect(parseRetryAfter(value, NOW)).toBe(milliseconds);
  });

  it.each([
    null,
    '',
    ' ',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    '1s',
    '1, 2',
    'soon',
    'Infinity',
    'NaN',
    'Monday',
    'Mon, nonsense',
    'Mon, 99 Foo 2026 00:00:00 GMT',
    '2026-01-01T00:00:30Z',
    'Jan 1 2026',
    '１２',
  ])('%j says nothing', (value) => {
    expect(parseRetryAfter(value, NOW)).toBeNull();
  });

  it.each(['America/New_York', 'Asia/Tokyo', 'UTC'])('every form is in GMT, also in %s', (zone) => {
    vi.stubEnv('TZ', zone);
    try {
      expect(parseRetryAfter('Thu Jan  1 00:00:30 2026', NOW)).toBe(30_000);
      expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', NOW)).toBe(30_000);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('is a number of at least 0, or null', () => {
    const digits = fc.stringMatching(/^\d{1,400}$/);
    // More than can be waited for is for the retry policy to refuse.
    expect(parseRetryAfter('9'.repeat(400), NOW)).toBe(Number.POSITIVE_INFINITY);
    const dates = fc.date({ noInvalidDate: true }).map((date) => date.toUTCString());
    const days = fc
      .constantFrom('Mon, ', 'Tue ', 'Sunday, ')
      .chain((day) => fc.string().map((rest) => day + rest));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), digits, dates, days), (value) => {
        const milliseconds = parseRetryAfter(value, NOW);
        if (milliseconds !== null) expect(milliseconds).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });
});
