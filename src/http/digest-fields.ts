// Digests that a server sends along (RFC 9530): Repr-Digest of the whole representation, Content-Digest of this message.

import type { Checksum } from '../model/source.js';
import type { HeaderFields } from './transport.js';

/** A member of the dictionary (RFC 8941 3.2, 3.3.5): key, byte sequence, parameters that mean nothing here. */
const MEMBER = /^\s*([a-z*][a-z0-9_.*-]*)\s*=\s*:([A-Za-z0-9+/]*={0,2}):\s*(?:;.*)?$/;

/** The algorithms that withstand an attacker, and their length in bytes; the strongest last. */
const ALGORITHMS = new Map<string, readonly [Checksum['algorithm'], number]>([
  ['sha-256', ['sha256', 32]],
  ['sha-512', ['sha512', 64]],
]);

/** What `--want-digest` asks for. */
export const WANTED_DIGEST = 'sha-512=5, sha-256=10';

/**
 * The digests of a field that can be verified: each algorithm once, the last mention counts.
 *
 * @param name `repr-digest` or `content-digest`
 */
export function digestsOf(headers: HeaderFields, name: string): Checksum[] {
  const value = headers[name];
  if (value === undefined) return [];
  const found = new Map<string, Checksum>();
  for (const member of (typeof value === 'string' ? value : value.join(',')).split(',')) {
    const [, key = '', base64 = ''] = MEMBER.exec(member) ?? [];
    const known = ALGORITHMS.get(key);
    if (known === undefined) continue;
    const [algorithm, length] = known;
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length === length) found.set(algorithm, { algorithm, hex: bytes.toString('hex') });
  }
  return [...found.values()];
}
