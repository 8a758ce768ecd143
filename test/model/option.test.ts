import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/errors.js';
import {
  choice,
  duration,
  flag,
  flagName,
  integer,
  type Option,
  parseDuration,
  parseSize,
  resolveOptions,
  size,
  text,
} from '../../src/model/option.js';

describe('parseSize', () => {
  it.each([
    ['0', 0],
    ['4096', 4096],
    ['10b', 10],
    ['64k', 65_536],
    ['64K', 65_536],
    ['64KiB', 65_536],
    ['64kB', 64_000],
    ['1MiB', 1_048_576],
    ['1MB', 1e6],
    ['1.5k', 1536],
    ['2 g', 2 * 1024 ** 3],
    ['1t', 1024 ** 4],
    [' 5 ', 5],
    [7, 7],
  ])('understands %s', (written, bytes) => {
    expect(parseSize(written)).toBe(bytes);
  });

  it.each(['', 'k', '-1', '1e3', '0x10', '1p', '1 000', '1,5k', 'many', '.5k', null, true, {}])(
    'does not understand %s',
    (written) => {
      expect(parseSize(written)).toBeNaN();
    },
  );
});

describe('parseDuration', () => {
  it.each([
    ['0', 0],
    ['250ms', 250],
    ['2s', 2000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['2 S', 2000],
    [30, 30],
  ])('understands %s', (written, milliseconds) => {
    expect(parseDuration(written)).toBe(milliseconds);
  });

  it.each(['', '2', '2 weeks', '-1s', 's', '1e3s', null, false, []])('does not understand %s', (written) => {
    expect(parseDuration(written)).toBeNaN();
  });
});

function refusal(option: Option<unknown, unknown>, written: unknown): string | null {
  try {
    option.read(written);
    return null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
}

describe('an option', () => {
  const kinds: Record<string, [Option<unknown, unknown>, good: unknown[], bad: unknown[], says: string]> = {
    integer: [
      integer(5, { min: 1, max: 9 }, ''),
      [1, 9, '3', ' 4 '],
      [0, 10, 1.5, '1.5', '', 'x', null, Number.NaN, '0x1'],
      '1 to 9',
    ],
    size: [
      size(5, { min: 1, max: 2048 }, ''),
      [1, '2k', 2048],
      [0, '3k', 'x', 1.5, Number.NaN, Infinity, null],
      '1 to 2048 bytes',
    ],
    duration: [
      duration(5, { min: 1 }, ''),
      [1, '24d', 2 ** 31 - 1],
      [0, '0', '25d', 'x', Number.NaN, Infinity, null],
      'unit',
    ],
    flag: [flag(''), [true, false], ['true', 1, null, 'x'], 'switch'],
    choice: [choice('a', ['a', 'b'], ''), ['a', 'b'], ['c', 'A', 1, null, ''], 'a, b'],
    text: [text(null, 'NAME', ''), ['x', ' '], ['', 1, null], 'NAME'],
    'allowed text': [
      text(null, 'NAME', '', { allowed: { test: (each) => each === 'x', says: 'only x' } }),
      ['x'],
      ['y'],
      'only x',
    ],
  };

  it.each(Object.entries(kinds))('of kind %s takes what is right, and says what is allowed', (_, kind) => {
    const [option, good, bad, says] = kind;
    for (const written of good) expect(refusal(option, written)).toBeNull();
    for (const written of bad) expect(refusal(option, written)).toContain(says);
  });

  it('that need not be given is null by default, and not an allowed value', () => {
    expect(integer(null, { min: 1, max: 9 }, '').default).toBeNull();
    expect(refusal(duration(null, { min: 0 }, ''), null)).not.toBeNull();
  });
});

describe('resolveOptions', () => {
  const table = {
    chunkSize: size(1024, { min: 1, max: 4096 }, 'bytes'),
    sequential: flag('one after another'),
    maxTime: duration(null, { min: 1 }, 'longest'),
  };

  it('fills in defaults, reads what was written, and freezes', () => {
    const resolved = resolveOptions(table, { chunkSize: '2k', maxTime: undefined });
    expect(resolved).toEqual({ chunkSize: 2048, sequential: false, maxTime: null });
    expect(Object.isFrozen(resolved)).toBe(true);
  });

  it('names the option as the caller spells it, the value, and what is allowed', () => {
    const resolve = () => resolveOptions(table, { chunkSize: '9k' }, flagName);
    expect(resolve).toThrow(UsageError);
    expect(resolve).toThrow(/--chunk-size: "9k" is not allowed; give a size from 1 to 4096 bytes/);
    expect(() => resolveOptions(table, { maxTime: 0 })).toThrow(
      expect.objectContaining({ code: 'ERR_INPUT', option: 'maxTime' }),
    );
  });

  it.each([
    ['connectTimeout', '--connect-timeout'],
    ['out', '--out'],
    ['maxSize', '--max-size'],
  ])('%s is typed %s', (key, typed) => {
    expect(flagName(key)).toBe(typed);
  });
});
