// Which texts were met, in memory of fixed size: what it has not was not met, what it has probably was (B. H. Bloom, 1970).

import { fingerprint } from '../files/fingerprint.js';

/** A megabyte; after a million texts one of twenty that were not met seems to have been. */
const BITS = 2 ** 23;

export class BloomFilter {
  readonly #bits = new Uint32Array(BITS / 32);

  has(text: string): boolean {
    return placesOf(text).every((place) => ((this.#bits[place >>> 5] ?? 0) & (1 << (place & 31))) !== 0);
  }

  add(text: string): void {
    for (const place of placesOf(text))
      this.#bits[place >>> 5] = (this.#bits[place >>> 5] ?? 0) | (1 << (place & 31));
  }
}

function placesOf(text: string): number[] {
  const { low, high } = fingerprint(text);
  return [low % BITS, ((high << 7) ^ (low >>> 23)) % BITS];
}
