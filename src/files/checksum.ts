// Hashing while streaming.

import { createHash } from 'node:crypto';
import { FetchallError } from '../model/errors.js';
import type { Checksum, ChecksumAlgorithm } from '../model/source.js';

/** A digest on its way. */
export interface Digest {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal digits; ends the digest. */
  hex(): string;
}

export function startDigest(algorithm: ChecksumAlgorithm): Digest {
  const hash = createHash(algorithm);
  return {
    update: (bytes) => void hash.update(bytes),
    hex: () => hash.digest('hex'),
  };
}

/**
 * @param who told what the content must hash to
 * @throws FetchallError ERR_CHECKSUM when it does not
 */
export function verifyChecksum(expected: Checksum, found: string, who = 'the list'): void {
  if (found === expected.hex) return;
  const { algorithm, hex } = expected;
  throw new FetchallError('ERR_CHECKSUM', `${algorithm} is ${found}, ${who} says ${hex}`);
}
