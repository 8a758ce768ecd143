// What is remembered of one URL of a run: how it ended, and what the file is.

import type { KnownFile } from './known-file.js';
import type { ErrorSummary, Outcome, Reason } from './result.js';

export interface FileRecord {
  readonly url: string;
  /** As planned, relative to the out folder. */
  readonly file: string;
  /** The name of the file that is there, where the server has given another; else null. */
  readonly name: string | null;
  readonly outcome: Outcome;
  readonly reason: Reason | null;
  readonly status: number | null;
  readonly attempts: number;
  /** Time in tries, in seconds. */
  readonly seconds: number;
  /** Bytes received. */
  readonly bytes: number;
  /** When it ended, in ms since 1970. */
  readonly ended: number;
  readonly error: ErrorSummary | null;
  /** The checksum that the list expects, as it stands there (`sha256=HEX`), or null. */
  readonly expected: string | null;
  /** The file as it was last saved, whatever has become of later tries; null when it never was. */
  readonly saved: KnownFile | null;
}
