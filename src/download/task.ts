// The life of one job in a run: what its tries have come to so far. It outlives the slot: between two tries it waits
// in the host gate.

import type { FetchallError } from '../model/errors.js';
import type { Job } from '../model/job.js';
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
  status: number | null;
  finalUrl: string | null;
  /** Size of the file once it is saved. */
  size: number | null;
  /** SHA-256 of the body, where the run hashes. */
  digest: string | null;
  /** ETag and Last-Modified of the response, to tell a changed file from a damaged one. */
  validator: string | null;
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
    status: null,
    finalUrl: null,
    size: null,
    digest: null,
    validator: null,
  };
}

/** An end, as the run hands it on: the Result for everyone, the rest for those who must know more. */
export interface Ending {
  readonly result: Result;
  readonly error: FetchallError | null;
  /** null for a line that never became a job. */
  readonly task: Task | null;
}

export function savedEnding(task: Task): Ending {
  return { result: resultOf(task, 'saved', null, null), error: null, task };
}

export function skippedEnding(task: Task, reason: Reason): Ending {
  return { result: resultOf(task, 'skipped', reason, null), error: null, task };
}

export function failedEnding(task: Task, error: FetchallError): Ending {
  return { result: resultOf(task, 'failed', null, error), error, task };
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
    resumed: false,
    file: job.file,
    line: job.line,
    error: error === null ? null : { code: error.code, message: error.message },
  };
}
