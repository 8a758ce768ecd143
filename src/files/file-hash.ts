// Files that are on disk, read back.

import { createReadStream } from 'node:fs';
import type { ChecksumAlgorithm } from '../model/source.js';
import { startDigest } from './checksum.js';
import { diskError } from './disk-errors.js';

const READ_SIZE = 1_048_576;

/**
 * Hashes a file, piece by piece.
 *
 * @returns lower-case hexadecimal digits
 * @throws FetchallError ERR_DISK
 */
export async function hashFile(path: string, algorithm: ChecksumAlgorithm): Promise<string> {
  const digest = startDigest(algorithm);
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: READ_SIZE }))
      digest.update(bytes as Buffer);
  } catch (error) {
    throw diskError(error, `cannot read ${path}`);
  }
  return digest.hex();
}
