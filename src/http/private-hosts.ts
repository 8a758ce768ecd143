// Which names were last found at an address that is not public: where to look for them first.

import { literalKind } from './address-kind.js';

/** More names than this are not kept in mind: what is forgotten costs one more question to the name server. */
const MOST_NAMES = 1000;

export class PrivateHosts {
  readonly #names = new Set<string>();
  /** The name that was asked for last, as is most often the next. */
  #last = '';
  #isLiteral = false;

  /** @param hostname of a WHATWG URL */
  has(hostname: string): boolean {
    if (hostname !== this.#last) {
      this.#last = hostname;
      this.#isLiteral = (literalKind(hostname) ?? 'public') !== 'public';
    }
    return this.#isLiteral || this.#names.has(hostname);
  }

  /** Where a name was not, but on the other side. */
  note(hostname: string, isPublic: boolean): void {
    this.#names.delete(hostname);
    if (isPublic) return;
    const [oldest] = this.#names;
    if (this.#names.size >= MOST_NAMES && oldest !== undefined) this.#names.delete(oldest);
    this.#names.add(hostname);
  }
}
