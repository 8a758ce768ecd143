// A few bits that stand for a text, whatever its length.

/** 48 bits. */
export interface Fingerprint {
  readonly low: number;
  /** 16 bits. */
  readonly high: number;
}

/**
 * 48 bits of a text, mixed in two words. Each step is a bijection of the 64-bit state for a given character, so texts
 * of one length that differ in one place never meet. Constants are fixed: a run's names must not depend on chance. It
 * withstands accidents, not attackers; what those could reach is a suffix, or a URL of theirs skipped.
 */
export function fingerprint(text: string): Fingerprint {
  let low = 0x5bd1f3a7 ^ text.length;
  let high = 0x2c9e81d5;
  for (let at = 0; at < text.length; at++) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x6c8e9cf5);
    high = Math.imul(high ^ ((low << 13) | (low >>> 19)), 0x38d7ab4d);
    low ^= high >>> 15;
  }
  for (let round = 0; round < 2; round++) {
    low = Math.imul(low ^ (low >>> 16) ^ high, 0x7b1c2e9d);
    high = Math.imul(high ^ (high >>> 15) ^ low, 0x4f6cdd1b);
  }
  low = (low ^ (low >>> 15)) >>> 0;
  return { low: low === 0 ? 1 : low, high: (high ^ (high >>> 16)) & 0xffff };
}
