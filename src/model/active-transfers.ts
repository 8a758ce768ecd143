// The transfers that are under way. Not a Set: that makes a new table every few dozen changes, an old table points to the next, and
// once one has got into the old generation each of them, and all that it holds, outlives the collections of the young one. For
// small files that took a third of the CPU time.

import type { FetchallError } from './errors.js';

/** One transfer on its way: what a display shows, and what a cancellation reaches. */
export interface ActiveTransfer {
  readonly greenlet: number;
  readonly url: string;
  readonly file: string;
  /** Bytes of the present try's body that have come in. */
  readonly received: number;
  /** Size of the body; null while unknown. */
  readonly expected: number | null;
  /** Ends it with `error`, unless it has all that it needs. */
  cancel(error: FetchallError): void;
}

export class ActiveTransfers implements Iterable<ActiveTransfer> {
  /** As they began: who ends is mostly near the front. */
  readonly #transfers: ActiveTransfer[] = [];

  get size(): number {
    return this.#transfers.length;
  }

  add(transfer: ActiveTransfer): this {
    this.#transfers.push(transfer);
    return this;
  }

  delete(transfer: ActiveTransfer): void {
    const at = this.#transfers.indexOf(transfer);
    if (at >= 0) this.#transfers.splice(at, 1);
  }

  clear(): void {
    this.#transfers.length = 0;
  }

  /** Those of this moment; some may end meanwhile. */
  [Symbol.iterator](): Iterator<ActiveTransfer> {
    return [...this.#transfers].values();
  }
}
