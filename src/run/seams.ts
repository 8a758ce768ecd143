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
  /**
   * Speaks HTTP in place of undici; it is not closed at the end. `denyPrivate` and the guard of redirects need its help:
   * what it says in `isPublic`, and that it heeds `publicOnly`; without, they judge only addresses that stand in a URL.
   */
  transport?: Transport | undefined;
  /**
   * Any WHATWG fetch in place of undici: how msw, and your own tests, come in. It resolves names itself: `denyPrivate` and the
   * guard of redirects judge only addresses that stand in a URL.
   */
  fetch?: Fetch | undefined;
}
