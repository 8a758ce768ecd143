import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatRate,
  formatSize,
  formatSpeedup,
} from '../../src/report/format.js';

describe('numbers', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [12_345, '12,345'],
    [999_999, '999,999'],
    [1_234_567, '1,234,567'],
    [Number.MAX_SAFE_INTEGER, '9,007,199,254,740,991'],
  ])('%d is written %s', (number, written) => expect(formatNumber(number)).toBe(written));

  test('thousands are grouped as Intl groups them', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (number) => formatNumber(number) === number.toLocaleString('en-US')),
    );
  });

  test.each([
    [0, '0 chunks'],
    [1, '1 chunk'],
    [1234, '1,234 chunks'],
  ])('%d of a noun is %s', (count, written) => expect(formatCount(count, 'chunk')).toBe(written));
});

describe('bytes', () => {
  test('bytes are shown to the byte', () => expect(formatBytes(4096)).toBe('4,096 B'));

  test.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1.0 KiB'],
    [1_023_974, '1,000 KiB'],
    [1_047_552, '1,023 KiB'],
    [1_048_575, '1.0 MiB'],
    [1_258_291, '1.2 MiB'],
    [2 ** 30, '1.0 GiB'],
    [2 ** 60, '1,024 PiB'],
  ])('a size of %d is %s', (bytes, written) => expect(formatSize(bytes)).toBe(written));

  test('a rate is a size a second', () => expect(formatRate(1_258_291)).toBe('1.2 MiB/s'));
});

describe('times', () => {
  test.each([
    [0, '0 ms'],
    [0.012, '12 ms'],
    [0.0994, '99 ms'],
    [0.0996, '0.10 s'],
    [0.61, '0.61 s'],
    [9.994, '9.99 s'],
    [9.996, '10.0 s'],
    [59.94, '59.9 s'],
    [59.96, '1 m 00 s'],
    [125, '2 m 05 s'],
    [3599.7, '1 h 00 m'],
    [3720, '1 h 02 m'],
    [86_399, '1 d 00 h'],
    [273_600, '3 d 04 h'],
  ])('%d seconds are %s', (seconds, written) => expect(formatDuration(seconds)).toBe(written));

  test.each([
    [4.75, '4.8x faster'],
    [1, '1.00x as fast'],
    [0.85, '0.85x as fast'],
    [123.4, '123x faster'],
  ])('a speed-up of %d is %s', (speedup, written) => expect(formatSpeedup(speedup)).toBe(written));
});
