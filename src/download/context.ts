// The live things that every step of a download may use. What a job is to do stands in the Job.

import type { Disk } from '../files/disk.js';
import type { Claimant, Place } from '../files/final-names.js';
import type { Transport } from '../http/transport.js';
import type { OnChunk } from '../model/chunk.js';
import type { FetchallError } from '../model/errors.js';
import type { FetchallEvent } from '../model/events.js';
import type { PartRecords } from '../model/part-record.js';
import type { Progress } from '../model/progress.js';
import type { RateLimit } from './rate-limit.js';
import type { SpareSlots } from './spare-slots.js';
import type { Task } from './task.js';
import type { Visitor } from './visitor.js';

export interface Context {
  readonly transport: Transport;
  readonly disk: Disk;
  /** The out folder, absolute. */
  readonly folder: string;
  /** Where the records of part files are kept beyond a task's life. */
  readonly parts: PartRecords;
  /** Where names that servers give are decided on. */
  readonly names: { place(wanted: string, claimant: Claimant): Promise<Place> };
  readonly progress: Progress;
  readonly rateLimit: RateLimit | null;
  readonly onChunk: OnChunk | null;
  /** Whether every body is hashed, so that two passes can be compared. */
  readonly hashed: boolean;
  /** Reads what comes, and may turn it away. */
  readonly visitor?: Visitor | null;
  /** Where files can be fetched in several ranges: requests beyond a task's own. */
  readonly spareSlots?: SpareSlots | null;
  /** Bytes of the smallest file that is; for tests. */
  readonly splitFrom?: number;
  /** A request has gone out to the host of the task's URL: over a connection, as far as the transport tells. */
  onSent(task: Task): void;
  /** The host of the task's URL has sent a head: once in each try. */
  onAnswer(task: Task): void;
  /** @param error what was thrown, where the event tells of a failure */
  emit(event: FetchallEvent, error?: FetchallError): void;
}
