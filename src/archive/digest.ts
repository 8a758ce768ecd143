// Digests as WARC files have always had them: SHA-1 in base32 (WARC/1.1 5.8, RFC 4648 6).

import { createHash } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Without padding: 20 bytes need none. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >> bits) & 31];
    }
  }
  if (bits > 0) text += ALPHABET[(value << (5 - bits)) & 31];
  return text;
}

/** A digest that grows with what it is given. */
export class Digest {
  readonly #hash = createHash('sha1');

  update(bytes: Uint8Array): this {
    this.#hash.update(bytes);
    return this;
  }

  /** `sha1:BASE32`; to be asked for once. */
  value(): string {
    return `sha1:${base32(this.#hash.digest())}`;
  }
}

export function digestOf(bytes: Uint8Array): string {
  return new Digest().update(bytes).value();
}
