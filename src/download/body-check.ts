// Everything that a body is hashed for: what the list expects, what the server says of it, what the run wants to know.

import { type Digest, startDigest, verifyChecksum } from '../files/checksum.js';
import { wasDecoded } from '../http/content-coding.js';
import { digestsOf } from '../http/digest-fields.js';
import type { ResponseHead } from '../http/transport.js';
import type { Checksum } from '../model/source.js';

interface Expectation {
  readonly expected: Checksum;
  readonly digest: Digest;
  /** Who told, for the error. */
  readonly who: string;
}

function expectation(expected: Checksum, who: string): Expectation {
  return { expected, digest: startDigest(expected.algorithm), who };
}

export class BodyCheck {
  /** Of the whole file. */
  readonly #file: Expectation[] = [];
  /** Of this one message's content, which may be a part of the file. */
  readonly #content: Expectation[] = [];
  #sha256: Digest | null;
  /** Whether the message is not the whole file, which then has to be read back. */
  #isPart = false;

  /** @param hashed whether the file's SHA-256 is wanted in any case */
  constructor(checksum: Checksum | null, hashed: boolean) {
    if (checksum !== null) this.#file.push(expectation(checksum, 'the list'));
    this.#sha256 = hashed ? startDigest('sha256') : null;
  }

  /**
   * Takes what the server says of its body. Both fields are of the coded bytes (RFC 9530 2, 3).
   *
   * @param isPart whether it is the rest of a file only
   * @param isUndone whether the file is not what was sent, but that with its coding undone
   */
  onHead(head: ResponseHead, isPart: boolean, isUndone = false): void {
    const { headers } = head;
    this.#isPart = isPart;
    if (headers['repr-digest'] === undefined && headers['content-digest'] === undefined) return;
    // Undone by a fetch: nobody has seen the bytes that they are of.
    if (wasDecoded(head)) return;
    const ofRepresentation = isUndone ? this.#content : this.#file;
    for (const each of digestsOf(headers, 'repr-digest'))
      ofRepresentation.push(expectation(each, 'Repr-Digest'));
    for (const each of digestsOf(headers, 'content-digest'))
      this.#content.push(expectation(each, 'Content-Digest'));
  }

  /** The message will not be taken to its end, nor alone: what is of the file is verified when all of it is there. */
  spread(): void {
    // What the whole file was sent as is the file.
    const ofFile = this.#isPart ? [] : this.#content.splice(0);
    this.#content.length = 0;
    const file = [...this.#file.splice(0), ...ofFile];
    for (const { expected, who } of file) this.#file.push(expectation(expected, who));
    if (this.#sha256 !== null) this.#sha256 = startDigest('sha256');
    this.#isPart = true;
  }

  /** Takes bytes of the message, as received. */
  onReceived(bytes: Uint8Array): void {
    for (const { digest } of this.#content) digest.update(bytes);
  }

  /** Takes bytes of the file. */
  update(bytes: Uint8Array): void {
    if (!this.#isPart) this.#updateFile(bytes);
  }

  /** Whether there is anything to verify, or to tell. */
  get isDue(): boolean {
    return this.#file.length > 0 || this.#content.length > 0 || this.#sha256 !== null;
  }

  /**
   * @param readBack reads the file so far, from its first byte
   * @returns the file's SHA-256, where it is wanted
   * @throws FetchallError ERR_CHECKSUM
   */
  async verify(readBack: (take: (bytes: Uint8Array) => void) => Promise<void>): Promise<string | null> {
    verifyAll(this.#content);
    if (this.#isPart && (this.#file.length > 0 || this.#sha256 !== null))
      await readBack((bytes) => this.#updateFile(bytes));
    verifyAll(this.#file);
    return this.#sha256?.hex() ?? null;
  }

  #updateFile(bytes: Uint8Array): void {
    for (const { digest } of this.#file) digest.update(bytes);
    this.#sha256?.update(bytes);
  }
}

function verifyAll(expectations: readonly Expectation[]): void {
  for (const { expected, digest, who } of expectations) verifyChecksum(expected, digest.hex(), who);
}
