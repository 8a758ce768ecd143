// Where a caller can reach into a run.

import type { Fetch } from '../http/fetch-transport.js';
import type { Transport } from '../http/transport.js';
import type { OnChunk } from '../model/chunk.js';
import type { FetchallEvent } from '../model/events.js';

export interface Seams {
  /** Ends the run early: transfers stop within a second and end as ERR_CANCELLED, parts stay. */
  signal?: AbortSignal | undefined;
  /** Gets each event as it happens: exactly the NDJSON objects. What it throws is ignored. */
  onEvent?: ((event: FetchallEvent) => void) | undefined;
  /** Gets each chunk of each body, in order. What it throws fails that URL. */
  onChunk?: OnChunk | undefined;
  /** Speaks HTTP in place of undici; it is not closed at the end. */
  transport?: Transport | undefined;
  /** Any WHATWG fetch in place of undici: how msw, and your own tests, come in. */
  fetch?: Fetch | undefined;
}
