// What the main thread asks of the disk thread, and what it answers.

import type { Occupant } from './disk.js';

/** `save` takes the next `lengths` of the batch's bytes. */
export type DiskRequest =
  | { readonly kind: 'occupant'; readonly path: string; readonly part: string | undefined }
  | { readonly kind: 'save'; readonly part: string; readonly final: string; readonly length: number };

/** Requests are done in order; their bytes lie in `bytes` one after another. */
export interface DiskBatch {
  readonly requests: readonly DiskRequest[];
  /** Handed over, and handed back with the answers. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What went wrong, as far as it can cross to another thread. */
export interface DiskFailure {
  readonly message: string;
  readonly code: string | undefined;
}

/** `null`: saved. */
export type DiskAnswer = Occupant | DiskFailure | null;

export interface DiskAnswers {
  readonly answers: readonly DiskAnswer[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}
