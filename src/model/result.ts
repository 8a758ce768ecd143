// What became of one URL. Plain data: exactly the fields of the NDJSON `finished` event.

import type { ErrorCode } from './errors.js';

export type Outcome = 'saved' | 'skipped' | 'failed';

export type Reason =
  | 'new'
  | 'changed'
  | 'exists'
  | 'complete'
  | 'unchanged'
  | 'duplicate'
  | 'robots'
  | 'scope'
  | 'depth'
  | 'type'
  | 'trap'
  | 'size'
  | 'redirect'
  | 'gone';

export interface ErrorSummary {
  readonly code: ErrorCode;
  readonly message: string;
}

export interface Result {
  /** Ordinal of the URL's greenlet in the run, from 1; null for a line that never got one. */
  readonly greenlet: number | null;
  readonly url: string;
  /** Where the redirects ended; null when no answer came. */
  readonly finalUrl: string | null;
  readonly outcome: Outcome;
  readonly reason: Reason | null;
  /** Status of the last response; null when none came. */
  readonly status: number | null;
  /** Bytes of bodies received in this run, given-up tries included. */
  readonly bytes: number;
  /** Size of the whole file in bytes; null when there is none. */
  readonly size: number | null;
  /** Chunks written to disk in this run. */
  readonly chunks: number;
  /** The greenlet's own time in seconds; waits for gate, slot and back-off left out. */
  readonly seconds: number;
  readonly attempts: number;
  readonly resumed: boolean;
  /**
   * Whether the saved body said where it ends (Content-Length, chunks). `false`: it ended with the connection, and nobody can
   * tell whether that was all. null where nothing was saved, and where a `fetch` does not tell.
   */
  readonly lengthKnown: boolean | null;
  /** The file, relative to the out folder; null when no name was given. */
  readonly file: string | null;
  readonly line: number | null;
  readonly error: ErrorSummary | null;
}
