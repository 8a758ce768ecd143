// How far the hops of one request may reach: anywhere, or to public addresses only.

import { FetchallError } from '../model/errors.js';
import { literalKind } from './address-kind.js';
import type { ResponseHead } from './transport.js';

export interface ReachPolicy {
  readonly denyPrivate: boolean;
  readonly allowPrivateRedirects: boolean;
}

/** Once a public address has answered, it says where to go next: from then on only public ones are asked. */
export class Reach {
  readonly #policy: ReachPolicy;
  #isLedByPublic = false;

  constructor(policy: ReachPolicy) {
    this.#policy = policy;
  }

  get publicOnly(): boolean {
    return this.#policy.denyPrivate || (this.#isLedByPublic && !this.#policy.allowPrivateRedirects);
  }

  /** Notes who has answered. A name whose address is not known may be public. */
  noteAnswer({ isPublic, url }: ResponseHead): void {
    if (isPublic ?? (literalKind(url.hostname) ?? 'public') === 'public') this.#isLedByPublic = true;
  }

  /**
   * What can be said before a connection is made, and all that can be where the transport knows no addresses.
   *
   * @returns ERR_BLOCKED or null
   */
  refusal({ hostname, host }: URL): FetchallError | null {
    if (!this.publicOnly) return null;
    const kind = literalKind(hostname) ?? 'public';
    if (kind === 'public') return null;
    return this.explained(new FetchallError('ERR_BLOCKED', `${host}: this is no public address (${kind})`));
  }

  /** With the option that it comes from. */
  explained(error: FetchallError): FetchallError {
    if (error.code !== 'ERR_BLOCKED' || !this.publicOnly) return error;
    const why = this.#policy.denyPrivate
      ? '--deny-private refuses it'
      : 'a redirect to it from a public one is refused; --allow-private-redirects allows it';
    return new FetchallError('ERR_BLOCKED', `${error.message}; ${why}`, { cause: error.cause ?? error });
  }
}
