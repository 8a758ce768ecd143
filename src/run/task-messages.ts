// What the main thread and a worker thread say to each other of tasks. Plain data; several go in one message, since each message costs
// twenty microseconds.

import type { AttemptOutcome } from '../download/attempt.js';
import type { Task } from '../download/task.js';
import type { Claimant, Place } from '../files/final-names.js';
import type { Job, Policy } from '../model/job.js';
import type { PartRecord } from '../model/part-record.js';
import type { CopiedError } from './copied-error.js';
import type { Settings } from './options.js';

/** What a worker thread is started with. */
export interface WorkerSettings {
  readonly settings: Settings;
  /** The out folder, absolute. */
  readonly folder: string;
  readonly hashed: boolean;
  /** Whether the process lets us free received bytes in time (`http/received-memory`). */
  readonly frees: boolean;
  /** Bytes of the smallest file that is fetched in several ranges; for tests. */
  readonly splitFrom?: number;
}

/** `returned`: the main thread goes on with it, where it can be fetched in several ranges. */
export type RemoteOutcome = AttemptOutcome | 'returned';

/** What of a task changes by a try. Clocks of two threads differ: `left` is what the whole URL still has, in ms. */
export interface TaskState extends Omit<Task, 'job' | 'url' | 'deadline'> {
  readonly left: number | null;
}

export type ToWorker =
  | { readonly kind: 'policy'; readonly number: number; readonly policy: Policy }
  | {
      readonly kind: 'task';
      readonly id: number;
      readonly job: Omit<Job, 'policy'>;
      /** As told before. */
      readonly policy: number;
      readonly state: TaskState;
      /** What the notes know of the file's part. */
      readonly record: PartRecord | null;
      /** Whether it may be returned. */
      readonly mayReturn: boolean;
    }
  /** Ends all that is under way, and all that is still to come. */
  | { readonly kind: 'cancel'; readonly error: CopiedError }
  /** Ends one; null for the ending of a greenlet, which is no failure. */
  | { readonly kind: 'kill'; readonly id: number; readonly error: CopiedError | null }
  /** Ends one that the main thread goes on with, unless it has all that it needs. */
  | { readonly kind: 'return'; readonly id: number }
  | {
      readonly kind: 'reply';
      readonly id: number;
      readonly value: unknown;
      readonly error: CopiedError | null;
    };

/** What only the main thread decides. */
export type Wish =
  | { readonly kind: 'keep'; readonly record: PartRecord }
  | { readonly kind: 'place'; readonly wanted: string; readonly claimant: Claimant };

export type WishAnswer = Place | undefined;

export type FromWorker =
  | { readonly kind: 'ready' }
  /** Only where hosts are left alone for a while after each request. */
  | { readonly kind: 'sent'; readonly id: number }
  | { readonly kind: 'answered'; readonly id: number }
  | { readonly kind: 'dropped'; readonly id: number }
  /** It would send more requests, if there were slots. */
  | { readonly kind: 'slot'; readonly id: number }
  | { readonly kind: 'wish'; readonly id: number; readonly reply: number; readonly wish: Wish }
  | {
      readonly kind: 'progress';
      readonly id: number;
      readonly received: number;
      readonly expected: number | null;
      readonly bytes: number;
    }
  | {
      readonly kind: 'ended';
      readonly id: number;
      readonly state: TaskState;
      readonly outcome: RemoteOutcome | null;
      readonly error: CopiedError | null;
    };

/** @param now on this thread's clock, in ms */
export function stateOf({ job: _, url: __, deadline, ...state }: Task, now: number): TaskState {
  return { ...state, left: deadline === null ? null : deadline - now };
}

export function applyState(task: Task, { left, ...state }: TaskState, now: number): void {
  Object.assign(task, state);
  task.deadline = left === null ? null : now + left;
}
