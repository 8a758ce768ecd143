import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digestsOf } from '../../src/http/digest-fields.js';

const sha = (name: string, encoding: 'hex' | 'base64') => createHash(name).update('x').digest(encoding);
const [short, long] = [`:${sha('sha256', 'base64')}:`, `:${sha('sha512', 'base64')}:`];
const SHA256 = { algorithm: 'sha256', hex: sha('sha256', 'hex') };
const SHA512 = { algorithm: 'sha512', hex: sha('sha512', 'hex') };

const read = (value: string | string[]) => digestsOf({ 'repr-digest': value }, 'repr-digest');

it.each<[string | string[], unknown[]]>([
  [`sha-256=${short}`, [SHA256]],
  [`sha-512=${long}, sha-256=${short}`, [SHA512, SHA256]],
  [
    [`sha-512=${long}`, `sha-256=${short}`],
    [SHA512, SHA256],
  ],
  [`  sha-256 = ${short} ;q=1 , unixsum=:AAAA:`, [SHA256]],
  [`sha-256=:AAAA:, sha-256=${short}`, [SHA256]],
  ['sha-256=:AAAA:', []],
  ['md5=:1B2M2Y8AsgTpgAmY7PhCfg==:', []],
  [`SHA-256=${short}`, []],
  [`sha-256=${sha('sha256', 'hex')}`, []],
  ['', []],
])('Repr-Digest: %j', (field, expected) => {
  expect(read(field)).toEqual(expected);
  expect(digestsOf({ 'repr-digest': field }, 'content-digest')).toEqual([]);
});

it('survives anything, and gives only digests of the right length', () => {
  const words = fc.array(fc.constantFrom('sha-256', 'sha-512', '=', ':', ',', ' ', ';', short, 'AAAA'));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        words.map((each) => each.join('')),
      ),
      (field) => {
        for (const { algorithm, hex } of read(field))
          expect(hex).toHaveLength(algorithm === 'sha256' ? 64 : 128);
      },
    ),
    { numRuns: 2000 },
  );
});
