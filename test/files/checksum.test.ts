import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startDigest, verifyChecksum } from '../../src/files/checksum.js';
import { FetchallError } from '../../src/model/errors.js';
import type { ChecksumAlgorithm } from '../../src/model/source.js';

const ALGORITHMS: readonly ChecksumAlgorithm[] = ['md5', 'sha1', 'sha256', 'sha512'];

it.each(ALGORITHMS)('%s is the same in whatever pieces', (algorithm) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 })), (pieces) => {
      const digest = startDigest(algorithm);
      for (const piece of pieces) digest.update(piece);
      expect(digest.hex()).toBe(createHash(algorithm).update(Buffer.concat(pieces)).digest('hex'));
    }),
  );
});

it.each([
  ['md5', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['sha1', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  ['sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
] as const)('%s of nothing', (algorithm, hex) => {
  expect(startDigest(algorithm).hex()).toBe(hex);
  expect(() => verifyChecksum({ algorithm, hex }, hex)).not.toThrow();
});

it.each(ALGORITHMS)('%s that is not the one of the list is an error that names both', (algorithm) => {
  const hex = '0'.repeat(startDigest(algorithm).hex().length);
  const found = startDigest(algorithm).hex();
  const message = `${algorithm} is ${found}, the list says ${hex}`;
  expect(() => verifyChecksum({ algorithm, hex }, found)).toThrow(new FetchallError('ERR_CHECKSUM', message));
  expect(() => verifyChecksum({ algorithm, hex }, found)).toThrow(
    expect.objectContaining({ code: 'ERR_CHECKSUM' }),
  );
});
