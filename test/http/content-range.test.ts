import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseContentRange } from '../../src/http/content-range.js';

describe('parseContentRange', () => {
  it.each([
    ['bytes 0-499/1234', { unit: 'bytes', start: 0, end: 499, total: 1234 }],
    ['bytes 734-1233/1234', { unit: 'bytes', start: 734, end: 1233, total: 1234 }],
    ['bytes 42-1233/*', { unit: 'bytes', start: 42, end: 1233, total: null }],
    ['bytes */47022', { unit: 'bytes', start: null, end: null, total: 47_022 }],
    ['BYTES  0-0/1', { unit: 'bytes', start: 0, end: 0, total: 1 }],
    [' lines 1-2/3 ', { unit: 'lines', start: 1, end: 2, total: 3 }],
  ])('reads %j', (field, range) => {
    expect(parseContentRange(field)).toEqual(range);
  });

  it.each([
    null,
    undefined,
    '',
    'bytes',
    'bytes */*',
    'bytes 0-499',
    'bytes 0-/1234',
    'bytes -499/1234',
    'bytes 5-4/10',
    'bytes 0-10/10',
    'bytes=0-499/1234',
    'bytes 0-499/1234, 500-600/1234',
    'bytes 0-9007199254740993/9007199254740999',
    '0-499/1234',
    'bytes 0x0-1/2',
  ])('takes %j for nothing', (field) => {
    expect(parseContentRange(field)).toBeNull();
  });

  it('reads back what it is given, and survives anything', () => {
    const number = fc.nat(1_000_000);
    fc.assert(
      fc.property(number, number, number, (start, more, behind) => {
        const [end, total] = [start + more, start + more + behind + 1];
        expect(parseContentRange(`bytes ${start}-${end}/${total}`)).toEqual({
          unit: 'bytes',
          start,
          end,
          total,
        });
      }),
    );
    const near = fc.array(fc.constantFrom('bytes', ' ', '-', '/', '*', '0', '99999999999999999999', '\t'));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          near.map((words) => words.join('')),
        ),
        (field) => {
          const range = parseContentRange(field);
          if (range === null) return;
          const { start, end, total } = range;
          expect(start === null ? total !== null : end !== null && end >= start).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
