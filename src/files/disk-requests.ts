// What the main thread asks of the disk thread, and what it answers.

import type { Occupant } from './disk.js';

export type DiskRequest =
  | { readonly kind: 'occupant'; readonly path: string; readonly part: string | undefined }
  | {
      readonly kind: 'save';
      readonly part: string;
      readonly final: string;
      readonly length: number;
      readonly synced: boolean;
    };

/** What went wrong, as far as it can cross to another thread. */
export interface DiskFailure {
  readonly message: string;
  readonly code: string | undefined;
}

/** `null`: saved. */
export type DiskAnswer = Occupant | DiskFailure | null;
