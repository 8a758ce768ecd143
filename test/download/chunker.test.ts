import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Chunker } from '../../src/download/chunker.js';

interface Seen {
  readonly bytes: Uint8Array;
  readonly index: number;
  readonly offset: number;
}

/** A body whose bytes differ from their neighbours. */
function bodyOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
}

function chunked(pieces: readonly Uint8Array[], size: number): { seen: Seen[]; counts: number[] } {
  const seen: Seen[] = [];
  const chunker = new Chunker(size, (bytes, index, offset) => seen.push({ bytes, index, offset }));
  const counts = [...pieces.map((piece) => chunker.push(piece)), chunker.end()];
  return { seen, counts };
}

function pieces(body: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b), body.length];
  return places.slice(1).map((place, at) => body.subarray(places[at], place));
}

describe('Chunker', () => {
  it('gives the same chunks whatever the cuts, and counts them without a taker too', () => {
    fc.assert(
      fc.property(
        fc.nat(5000),
        fc.integer({ min: 1, max: 1500 }),
        fc.array(fc.nat(5000), { maxLength: 30 }),
        (length, size, cuts) => {
          const body = bodyOf(length);
          const parts = pieces(body, cuts);
          const { seen, counts } = chunked(parts, size);
          expect(seen).toHaveLength(Math.ceil(length / size));
          for (const [k, { bytes, index, offset }] of seen.entries()) {
            expect([index, offset]).toEqual([k, k * size]);
            expect(Buffer.compare(bytes, body.subarray(k * size, (k + 1) * size))).toBe(0);
          }
          const counter = new Chunker(size, null);
          expect([...parts.map((part) => counter.push(part)), counter.end()]).toEqual(counts);
          expect(counts.reduce((sum, count) => sum + count)).toBe(seen.length);
        },
      ),
    );
  });

  it.each([1, 1023, 1024, 1025, 65_537])('cuts a body that comes by %d bytes', (step) => {
    const body = bodyOf(70_000);
    const steps = Array.from({ length: Math.ceil(body.length / step) }, (_, k) =>
      body.subarray(k * step, (k + 1) * step),
    );
    const { seen } = chunked(steps, 1024);
    expect(seen.map(({ bytes }) => bytes.length)).toEqual([...Array(68).fill(1024), 70_000 % 1024]);
    expect(Buffer.concat(seen.map(({ bytes }) => bytes)).equals(body)).toBe(true);
  });

  it('hands out views of what was received, and a copy only where a chunk straddles two buffers', () => {
    const first = bodyOf(25);
    const second = bodyOf(25);
    const { seen } = chunked([first, second], 10);
    const owners = seen.map(({ bytes }) => bytes.buffer);
    expect(owners.slice(0, 2)).toEqual([first.buffer, first.buffer]);
    expect(owners[0]).toBe(first.buffer);
    expect(owners[2]).not.toBe(first.buffer);
    expect(owners[2]).not.toBe(second.buffer);
    expect(owners[3]).toBe(second.buffer);
    expect(owners[4]).toBe(second.buffer);
  });

  it('gives a short last chunk that came in one buffer as a view', () => {
    const body = bodyOf(15);
    const { seen } = chunked([body], 10);
    expect(seen[1]?.bytes.buffer).toBe(body.buffer);
    expect(seen[1]?.bytes).toHaveLength(5);
  });

  it.each([[[]], [[new Uint8Array(0), new Uint8Array(0)]]])('makes no chunk of nothing', (nothing) => {
    expect(chunked(nothing, 10).seen).toEqual([]);
  });

  it('has no short chunk where the body is a multiple of the size', () => {
    expect(chunked([bodyOf(20)], 10).counts).toEqual([2, 0]);
  });
});
