// Who fetches which stretch: whatever they do, each missing byte is fetched once and none twice.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Allotment, type Stretch } from '../../src/download/allotment.js';
import { type ByteRange, merged, missingFrom } from '../../src/model/byte-range.js';

const CUTS = { least: 10, align: 1 };

const done = fc.array(
  fc
    .tuple(fc.nat({ max: 900 }), fc.nat({ max: 100 }))
    .map(([start, length]) => ({ start, end: start + length })),
  { maxLength: 5 },
);

/** Somebody takes, goes on by so many bytes, gives up, or goes on into what is free behind, or another's. */
const step = fc.record({
  does: fc.constantFrom('take', 'go on', 'go on', 'give up', 'extend', 'join'),
  who: fc.nat({ max: 5 }),
  bytes: fc.integer({ min: 1, max: 300 }),
});

/** Does the steps, and then fetches all that is left. @returns each piece that was fetched */
function fetched(
  allotment: Allotment,
  steps: readonly { does: string; who: number; bytes: number }[],
): ByteRange[] {
  const workers = new Map<number, Stretch>();
  const pieces: ByteRange[] = [];
  const goOn = (stretch: Stretch, bytes: number): void => {
    const start = stretch.position;
    stretch.position = Math.min(stretch.end, start + bytes);
    pieces.push({ start, end: stretch.position });
  };
  for (const { does, who, bytes } of steps) {
    const stretch = workers.get(who);
    if (stretch === undefined) {
      const taken = does === 'take' && allotment.hasWork ? allotment.take() : null;
      if (taken !== null) workers.set(who, taken);
    } else if (does === 'go on') goOn(stretch, bytes);
    else if (does === 'extend') allotment.extend(stretch);
    else if (does === 'join') {
      const next = [...workers].find(([other, { position }]) => other !== who && position === stretch.end);
      if (next === undefined) continue;
      allotment.join(stretch, next[1]);
      workers.delete(next[0]);
    } else if (does === 'give up') {
      allotment.release(stretch);
      workers.delete(who);
    }
  }
  for (const stretch of workers.values()) {
    goOn(stretch, Number.POSITIVE_INFINITY);
    allotment.release(stretch);
  }
  for (let stretch = allotment.take(); stretch !== null; stretch = allotment.take())
    goOn(stretch, Number.POSITIVE_INFINITY);
  return pieces;
}

describe('an allotment', () => {
  it('has every missing byte fetched, and none twice', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1000 }), done, fc.array(step, { maxLength: 60 }), (total, done, steps) => {
        const missing = missingFrom(done, total);
        const allotment = new Allotment(total, done, CUTS);
        const pieces = fetched(allotment, steps);
        expect(merged(pieces)).toEqual(missing);
        const size = (list: readonly ByteRange[]) =>
          list.reduce((sum, { start, end }) => sum + end - start, 0);
        expect(size(pieces)).toBe(size(missing));
        expect(allotment.isComplete).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('gives four the same, one after another', () => {
    const allotment = new Allotment(4096, [], { least: 16, align: 16 });
    const stretches = [0, 1, 2, 3].map(() => allotment.take());
    expect(stretches).toEqual([
      { position: 0, end: 1024 },
      { position: 2048, end: 3072 },
      { position: 1024, end: 2048 },
      { position: 3072, end: 4096 },
    ]);
  });

  it('gives the idle half of the largest that is left', () => {
    const allotment = new Allotment(1000, [], CUTS);
    const [first, second] = [allotment.take(), allotment.take()] as [Stretch, Stretch];
    first.position = 490;
    expect(allotment.take()).toEqual({ position: 750, end: 1000 });
    expect(second).toEqual({ position: 500, end: 750 });
  });

  it('cuts at whole chunks, and nothing that is too small', () => {
    const allotment = new Allotment(1000, [], { least: 100, align: 64 });
    const first = allotment.take();
    const second = allotment.take();
    expect([first, second]).toEqual([
      { position: 0, end: 512 },
      { position: 512, end: 1000 },
    ]);
    const all = [first, second];
    while (allotment.hasWork) all.push(allotment.take());
    expect(allotment.take()).toBeNull();
    expect(all.map((each) => (each?.end ?? 0) - (each?.position ?? 0) >= 100)).toEqual(all.map(() => true));
    expect(all.map((each) => (each?.position ?? 1) % 64)).toEqual(all.map(() => 0));
  });

  it('does not cut where a chunk is larger than what is left', () => {
    const allotment = new Allotment(1000, [], { least: 10, align: 4096 });
    allotment.take();
    expect(allotment.take()).toBeNull();
  });
});
