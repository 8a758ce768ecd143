import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Pieces } from '../../src/files/pieces.js';

it('gives back what came, in order, whatever the cuts', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(5), fc.integer({ min: 500, max: 20_000 }))), (sizes) => {
      const pieces = new Pieces();
      const pushed = sizes.map((size, at) => Buffer.alloc(size, at));
      for (const each of pushed) pieces.push(each);
      expect(pieces.isEmpty).toBe(sizes.length === 0);
      expect(Buffer.concat(pieces.take())).toEqual(Buffer.concat(pushed));
      expect(pieces.isEmpty).toBe(true);
      expect(pieces.take()).toEqual([]);
    }),
  );
});

it('copies small neighbours together, and nothing else', () => {
  const pieces = new Pieces();
  const large = Buffer.alloc(1000);
  const small = Buffer.alloc(1);
  for (const each of [large, small, large]) pieces.push(each);
  expect(pieces.take()).toEqual([large, small, large]);
  for (let count = 0; count < 100_000; count++) pieces.push(Buffer.of(count));
  expect(pieces.take().length).toBeLessThan(10);
});
