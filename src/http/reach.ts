// How far the hops of one request may reach: anywhere, or to public addresses only.

import { FetchallError } from '../model/errors.js';
import { literalKind } from './address-kind.js';
import type { ResponseHead } from './transport.js';

export interface ReachPolicy {
  readonly denyPrivate: boolean;
  readonly allowPrivateRedirects: boolean;
  /** A public address has led to the first URL already: a page that links to it. */
  readonly ledByPublic?: boolean | undefined;
}

/** Once a public address has answered, it says where to go next: from then on only public ones are asked. */
export class Reach {
  readonly #policy: ReachPolicy;
  #isLedByPublic = false;

  constructor(policy: ReachPolicy) {
    this.#policy = policy;
    this.#isLedByPublic = policy.ledByPublic === true;
  }

  get publicOnly(): boolean {
    return this.#policy.denyPrivate || (this.#isLedByPublic && !this.#policy.allowPrivateRedirects);
  }

  /** Notes who has answered. A name whose address is not known may be public. */
  noteAnswer(head: ResponseHead): void {
    if (isOfPublic(head)) this.#isLedByPublic = true;
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
      : `a ${this.#policy.ledByPublic === true ? 'link' : 'redirect'} to it from a public one is refused; --allow-private-redirects allows it`;
    return new FetchallError('ERR_BLOCKED', `${error.message}; ${why}`, { cause: error.cause ?? error });
  }
}

/** Whether a public address has answered, as far as can be known. */
export function isOfPublic({ isPublic, url }: ResponseHead): boolean {
  return isPublic ?? (literalKind(url.hostname) ?? 'public') === 'public';
}
