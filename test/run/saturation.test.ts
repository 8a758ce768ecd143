import { expect, it } from 'vitest';
import { Saturation } from '../../src/run/saturation.js';

const MIB = 1_048_576;

/** Looks of 100 ms each: ms in which the loop is active, and MiB that come meanwhile. */
function looks(periods: readonly (readonly [active: number, received: number])[]): number[] {
  let [active, idle, bytes] = [5000, 20_000, 0];
  const saturation = new Saturation(() => ({ active, idle, utilization: active / (active + idle) }));
  return periods.map(([busy, received]) => {
    active += busy;
    idle += 100 - busy;
    bytes += received * MIB;
    return saturation.look(bytes);
  });
}

it.each<[string, readonly (readonly [number, number])[], number[]]>([
  [
    'counts the looks at which the loop was busy with bodies',
    [
      [90, 4],
      [100, 50],
      [95, 8],
    ],
    [1, 2, 3],
  ],
  [
    'begins again after one at which it was not',
    [
      [95, 9],
      [89, 9],
      [95, 9],
      [95, 9],
    ],
    [1, 0, 1, 2],
  ],
  [
    'leaves out what keeps it busy without bodies',
    [
      [100, 9],
      [100, 3.9],
      [100, 0],
    ],
    [1, 0, 0],
  ],
  [
    'goes by what was since the last look, not by the whole run',
    [
      [0, 9],
      [100, 9],
      [0, 9],
    ],
    [0, 1, 0],
  ],
])('%s', (_, periods, expected) => {
  expect(looks(periods)).toEqual(expected);
});

it('reads the times of this loop by itself', () => {
  expect(new Saturation().look(0)).toBe(0);
});
