import { describe, expect, it } from 'vitest';
import { isSameVersion, strongValidator, type Validators } from '../../src/http/validators.js';

const NONE: Validators = { etag: null, lastModified: null, date: null };
const OLD = 'Thu, 01 Jan 2026 00:00:00 GMT';
const [MINUTE_LATER, SOONER] = ['Thu, 01 Jan 2026 00:01:00 GMT', 'Thu, 01 Jan 2026 00:00:59 GMT'];

describe('strongValidator', () => {
  it.each<[string, Partial<Validators>, string | null]>([
    ['nothing', {}, null],
    ['a strong ETag', { etag: '"a"' }, '"a"'],
    ['an ETag with white space around it', { etag: ' "a" ' }, '"a"'],
    ['an empty ETag', { etag: '""' }, '""'],
    ['a weak ETag', { etag: 'W/"a"' }, null],
    ['an ETag without quotes', { etag: 'a' }, null],
    ['an ETag in lower case w', { etag: 'w/"a"' }, null],
    ['two ETags in one', { etag: '"a", "b"' }, null],
    ['a date a minute old', { lastModified: OLD, date: MINUTE_LATER }, OLD],
    ['a date younger than that', { lastModified: OLD, date: SOONER }, null],
    ['a date without Date', { lastModified: OLD }, null],
    ['a date of tomorrow', { lastModified: MINUTE_LATER, date: OLD }, null],
    ['no date at all', { lastModified: 'yesterday', date: MINUTE_LATER }, null],
    ['a weak ETag and a strong date', { etag: 'W/"a"', lastModified: OLD, date: MINUTE_LATER }, OLD],
    ['both', { etag: '"a"', lastModified: OLD, date: MINUTE_LATER }, '"a"'],
  ])('of %s', (_, validators, expected) => {
    expect(strongValidator({ ...NONE, ...validators })).toBe(expected);
  });
});

describe('isSameVersion', () => {
  const dated = { lastModified: OLD, date: MINUTE_LATER };

  it.each<[Partial<Validators>, Partial<Validators>, boolean]>([
    [{ etag: '"a"' }, { etag: '"a"' }, true],
    [{ etag: '"a"' }, { etag: '"b"' }, false],
    [{ etag: '"a"' }, { etag: 'W/"a"' }, false],
    [{ etag: '"a"' }, {}, false],
    [dated, dated, true],
    [dated, {}, false],
    [dated, { lastModified: MINUTE_LATER }, false],
    [{ ...dated, etag: 'W/"a"' }, { ...dated, etag: 'W/"b"' }, false],
    [{ ...dated, etag: '"a"' }, { etag: '"a"' }, true],
    [{ ...dated, etag: '"a"' }, { etag: '"a"', lastModified: MINUTE_LATER }, false],
    [{}, { etag: '"b"' }, true],
  ])('%j then %j: %s', (before, now, expected) => {
    expect(isSameVersion({ ...NONE, ...before }, { ...NONE, ...now })).toBe(expected);
  });
});
