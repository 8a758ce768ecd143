// What is going on right now: written by the run, read ten times a second by the bars. Live data, no events, so that
// showing bytes costs the transfer nothing.

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

export class Progress {
  readonly active = new Set<ActiveTransfer>();
  /** Entries read from the list so far. */
  read = 0;
  /** True when the list has been read through: `read` is then the whole count. */
  readThrough = false;
  /** Entries that have come to their end. */
  ended = 0;
  failed = 0;
  /** Bytes of bodies received so far. */
  bytes = 0;
  /** Why no transfer may begin any more; null while they may. */
  cancelled: FetchallError | null = null;

  /** Ends what is under way, and what is about to begin. */
  cancel(error: FetchallError): void {
    this.cancelled = error;
    for (const transfer of this.active) transfer.cancel(error);
  }

  /** Begins anew, for the second pass of a comparison. */
  reset(): void {
    this.active.clear();
    this.cancelled = null;
    this.read = 0;
    this.readThrough = false;
    this.ended = 0;
    this.failed = 0;
    this.bytes = 0;
  }
}
