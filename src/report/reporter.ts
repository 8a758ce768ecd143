// A reporter hears what a run says: a side channel, one way, never asked.

import type { FetchallEvent } from '../model/events.js';

export interface Reporter {
  /** @param error the thrown error behind a failure, with its stack and causes; the event holds code and message only */
  event(event: FetchallEvent, error?: unknown): void;
  /** Lets go of timers and of the terminal. Synchronous, so that it can be called on the way out. */
  close(): void;
}

/** One reporter for several. One that throws is left out from then on: it can hurt neither the run nor the others. */
export function combineReporters(reporters: readonly Reporter[]): Reporter {
  const listening = new Set(reporters);
  return {
    event(event, error) {
      for (const reporter of listening) {
        try {
          reporter.event(event, error);
        } catch {
          listening.delete(reporter);
        }
      }
    },
    close() {
      // All of them, the left-out ones too: they may hold a timer.
      for (const reporter of reporters) {
        try {
          reporter.close();
        } catch {
          listening.delete(reporter);
        }
      }
    },
  };
}
