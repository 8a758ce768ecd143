// The life of one job in a run: what its tries have come to so far. It outlives the slot: between two tries it waits
// in the host gate.

import type { Place } from '../files/final-names.js';
import type { ResponseHead } from '../http/transport.js';
import { type FetchallError, LimitError, StatusError } from '../model/errors.js';
import type { Job } from '../model/job.js';
import type { KnownFile } from '../model/known-file.js';
import type { PartRecord } from '../model/part-record.js';
import type { Reason, Result } from '../model/result.js';
import type { BadLine } from '../model/source.js';

export interface Task {
  readonly job: Job;
  /** The job's URL, parsed. */
  readonly url: URL;
  /** Ordinal of the greenlet, from 1; 0 before the first try. */
  greenlet: number;
  attempts: number;
  /** Bytes of bodies received, given-up tries included. */
  bytes: number;
  /** Chunks that went to disk. */
  chunks: number;
  /** Time in tries, in seconds. */
  seconds: number;
  /** When the whole URL is out of time, on the clock's ms; null for no limit. */
  deadline: number | null;
  /** Whether the present try has brought a response, if only a redirect. */
  isAnswered: boolean;
  status: number | null;
  finalUrl: string | null;
  /** Size of the file once it is saved. */
  size: number | null;
  /** SHA-256 of the body, where the run hashes. */
  digest: string | null;
  /** Which version the last response was of: to tell a changed file from a damaged one, and to ask for it again. */
  version: PartRecord | null;
  /** Whether a part may stand on disk, of an earlier run or of an earlier try. */
  hasPart: boolean;
  /** What the part holds, where a try of this run has written to it; it needs no other memory to be gone on with. */
  part: PartRecord | null;
  /** Whether the last try went on with a part. */
  resumed: boolean;
  /** Whether the body said where it ends; null where that is not known. */
  lengthKnown: boolean | null;
  /** Tries whose content failed its checksum. */
  mismatches: number;
  /** Whether ranges are worth a try: not once the server has shown that it does not do them. */
  mayBeSplit: boolean;
  /** What the file is called, where that need not be `job.file`: once it is there, or is found there. */
  name: string | null;
  /** What was decided on a name that the server gave. */
  place: Place | null;
  /** Under `--existing update`: what a saved file is then called. */
  update: 'new' | 'changed' | null;
  /** Why the body that was to come is not wanted. */
  refusal: Reason | null;
  /** What is known of the file that is there, under `--existing update`; a response may say that it is unchanged. */
  known: KnownFile | null;
}

export function newTask(job: Job, url = new URL(job.url)): Task {
  return {
    job,
    url,
    greenlet: 0,
    attempts: 0,
    bytes: 0,
    chunks: 0,
    seconds: 0,
    deadline: null,
    isAnswered: false,
    status: null,
    finalUrl: null,
    size: null,
    digest: null,
    version: null,
    hasPart: false,
    part: null,
    resumed: false,
    lengthKnown: null,
    mismatches: 0,
    mayBeSplit: true,
    name: null,
    place: null,
    update: null,
    refusal: null,
    known: null,
  };
}

export function noteAnswer(task: Task, { status, url }: ResponseHead): void {
  task.status = status;
  task.finalUrl = url.href;
}

/** What has been answered is of this version. */
export function noteVersion(
  task: Task,
  version: PartRecord,
  resumed: boolean,
  lengthKnown: boolean | null,
): void {
  task.version = version;
  task.resumed = resumed;
  task.lengthKnown = lengthKnown;
}

/** What ends a task that `--max-time` has passed for. */
export function tookTooLong({ job }: Task): FetchallError {
  return new LimitError(`not done within --max-time ${job.policy.maxTime}ms`);
}

/** An end, as the run hands it on: the Result for everyone, the rest for those who must know more. */
export interface Ending {
  readonly result: Result;
  readonly error: FetchallError | null;
  /** null for a line that never became a job. */
  readonly task: Task | null;
}

export function savedEnding(task: Task): Ending {
  return { result: resultOf(task, 'saved', task.update, null), error: null, task };
}

export function skippedEnding(task: Task, reason: Reason): Ending {
  return { result: resultOf(task, 'skipped', reason, null), error: null, task };
}

export function failedEnding(task: Task, error: FetchallError): Ending {
  return { result: resultOf(task, 'failed', isGone(task, error) ? 'gone' : null, error), error, task };
}

/** The local file stays, and the server has it no more. */
function isGone({ update }: Task, error: FetchallError): boolean {
  return (
    update === 'changed' && error instanceof StatusError && (error.status === 404 || error.status === 410)
  );
}

/** A line that could not be understood: it never became a job. */
export function badLineEnding({ text, line, error }: BadLine): Ending {
  const result: Result = {
    greenlet: null,
    url: text,
    finalUrl: null,
    outcome: 'failed',
    reason: null,
    status: null,
    bytes: 0,
    size: null,
    chunks: 0,
    seconds: 0,
    attempts: 0,
    resumed: false,
    lengthKnown: null,
    file: null,
    line,
    error: { code: error.code, message: error.message },
  };
  return { result, error, task: null };
}

function resultOf(
  task: Task,
  outcome: Result['outcome'],
  reason: Reason | null,
  error: FetchallError | null,
): Result {
  const { job } = task;
  return {
    greenlet: task.greenlet === 0 ? null : task.greenlet,
    url: job.url,
    finalUrl: task.finalUrl,
    outcome,
    reason,
    status: task.status,
    bytes: task.bytes,
    size: task.size,
    chunks: task.chunks,
    seconds: task.seconds,
    attempts: task.attempts,
    resumed: task.resumed,
    lengthKnown: outcome === 'saved' ? task.lengthKnown : null,
    file: task.name ?? job.file,
    line: job.line,
    error: error === null ? null : { code: error.code, message: error.message },
  };
}
