// What is going on right now: written by the run, read ten times a second by the bars. Live data, no events, so that
// showing bytes costs the transfer nothing.

import { ActiveTransfers } from './active-transfers.js';
import type { FetchallError } from './errors.js';

export class Progress {
  readonly active = new ActiveTransfers();
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
