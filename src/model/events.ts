// What a run says while it goes on: one way, never awaited, never asked. These objects are the NDJSON lines.

import type { RunMode, Summary } from './report.js';
import type { ErrorSummary, Result } from './result.js';

/** `--dry-run` only. */
export interface PlannedEvent {
  readonly event: 'planned';
  readonly line: number | null;
  readonly url: string;
  readonly file: string;
}

/** In a `--compare` run every event carries the `mode` of its pass. */
interface OfPass {
  readonly mode?: RunMode;
}

export interface StartedEvent extends OfPass {
  readonly event: 'started';
  readonly greenlet: number;
  readonly url: string;
}

export interface RetryEvent extends OfPass {
  readonly event: 'retry';
  readonly greenlet: number;
  readonly url: string;
  /** The number of the try to come, from 2. */
  readonly attempt: number;
  /** Seconds until it may begin. */
  readonly wait: number;
  readonly error: ErrorSummary;
}

/** Nothing is sent to the host for a while, and its URLs fail with this error. */
export interface ParkedEvent extends OfPass {
  readonly event: 'parked';
  /** With its port, where that is not the scheme's own. */
  readonly host: string;
  /** Seconds until it is tried again. */
  readonly wait: number;
  readonly error: ErrorSummary;
}

export interface FinishedEvent extends OfPass, Result {
  readonly event: 'finished';
}

export interface SummaryEvent extends Summary {
  readonly event: 'summary';
}

export type FetchallEvent =
  | PlannedEvent
  | StartedEvent
  | RetryEvent
  | ParkedEvent
  | FinishedEvent
  | SummaryEvent;
