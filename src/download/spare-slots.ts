// Requests beyond the one that each task has: as many as nobody else has a use for.

import type { FetchallError } from '../model/errors.js';
import type { Task } from './task.js';

export interface SpareSlot {
  /** The request is over. @param error what it failed with: the host's limits learn from it */
  end(error: FetchallError | null): void;
}

export interface SpareSlots {
  /** @returns null while there is none for the task's host */
  take(task: Task): SpareSlot | null;
  /** Calls when there may be one. @returns how to be called no more */
  watch(onRoom: () => void): () => void;
}
