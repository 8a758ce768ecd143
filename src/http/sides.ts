// Two sides, so that a connection which is used again has been checked for what it is used for: one has public addresses only,
// the other has none.

import { FetchallError } from '../model/errors.js';
import { PrivateHosts } from './private-hosts.js';
import type { HttpRequest } from './transport.js';

export class Sides<Side> {
  readonly public: Side;
  readonly private: Side;
  readonly #privateHosts = new PrivateHosts();

  constructor(make: (isPublic: boolean) => Side) {
    this.public = make(true);
    this.private = make(false);
  }

  /** Where the host was found last; else the public side. */
  first({ publicOnly, url }: HttpRequest): Side {
    const isPrivate = publicOnly !== true && this.#privateHosts.has(url.hostname);
    return isPrivate ? this.private : this.public;
  }

  /** The other side, when the error says that the host has no address on this one, and it may have one there; else null. */
  after(error: unknown, side: Side, { publicOnly = false, url }: HttpRequest): Side | null {
    const isElsewhere = error instanceof FetchallError && error.code === 'ERR_BLOCKED';
    if (!isElsewhere || publicOnly) return null;
    const other = side === this.public ? this.private : this.public;
    this.#privateHosts.note(url.hostname, other === this.public);
    return other;
  }
}
