import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ByteRange,
  clipped,
  merged,
  missingFrom,
  prefixOf,
  rangesText,
  readRanges,
  sizeOf,
} from '../../src/model/byte-range.js';

const MOST = 60;

const ranges: fc.Arbitrary<ByteRange[]> = fc.array(
  fc
    .tuple(fc.nat({ max: MOST }), fc.nat({ max: 12 }))
    .map(([start, length]) => ({ start, end: start + length })),
  { maxLength: 8 },
);

/** Byte by byte. */
function bytesOf(list: readonly ByteRange[]): number[] {
  const bytes = new Set<number>();
  for (const { start, end } of list) for (let at = start; at < end; at++) bytes.add(at);
  return [...bytes].sort((a, b) => a - b);
}

describe('ranges', () => {
  it('are merged to the same bytes, in order, and none touches the next', () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const once = merged(list);
        expect(bytesOf(once)).toEqual(bytesOf(list));
        expect(once.every(({ start, end }) => start < end)).toBe(true);
        for (const [index, { start }] of once.entries())
          if (index > 0) expect(start).toBeGreaterThan(once[index - 1]?.end ?? 0);
        expect(sizeOf(list)).toBe(bytesOf(list).length);
      }),
    );
  });

  it('and what is missing make the whole, without overlap', () => {
    fc.assert(
      fc.property(ranges, fc.nat({ max: MOST }), (list, total) => {
        const missing = missingFrom(list, total);
        const there = clipped(list, total);
        expect(bytesOf([...missing, ...there])).toEqual(Array.from({ length: total }, (_, at) => at));
        expect(sizeOf(missing) + sizeOf(there)).toBe(total);
      }),
    );
  });

  it('begin with as many bytes as there are without a gap', () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const bytes = bytesOf(list);
        const gap = bytes.findIndex((byte, index) => byte !== index);
        expect(prefixOf(list)).toBe(gap < 0 ? bytes.length : gap);
      }),
    );
  });

  it('are kept as text, and read again', () => {
    fc.assert(
      fc.property(ranges, (list) => {
        expect(readRanges(rangesText(list))).toEqual(merged(list));
      }),
    );
    expect(rangesText([{ start: 0, end: 2 ** 53 - 1 }])).toBe('0-9007199254740991');
  });

  it.each([
    'x',
    '0-',
    '5-3',
    '0-1,',
    '0-5,4-8',
    '0-5,5-8',
    '4-8,0-2',
    ' 0-1',
    '0-1 ',
    '01-2',
    '-1-2',
    '0-1e3',
    '3-3',
  ])('that were not written so are none: %s', (text) => expect(readRanges(text)).toEqual([]));

  it('of any other text are none, or what it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789-, ') }), (text) => {
        const read = readRanges(text);
        expect(read.length === 0 || rangesText(read) === text).toBe(true);
      }),
    );
  });
});
