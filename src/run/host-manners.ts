// What a failed try says about its host: one that asks for patience gets it from all of its URLs, one that says nothing is
// left alone for a while.

import { LONGEST_RETRY_AFTER } from '../download/retry.js';
import type { Task } from '../download/task.js';
import { type FetchallError, LimitError, StatusError } from '../model/errors.js';
import type { ParkedEvent } from '../model/events.js';
import type { Outcome } from './adaptive-limit.js';
import { PROBE_EVERY } from './circuit-breaker.js';
import type { HostGate } from './host-gate.js';

/**
 * @param wait ms until the task's next try; null when there is none
 * @returns what is to be told, where the host has been parked by it
 */
export function tellGate(
  gate: HostGate,
  task: Task,
  error: FetchallError,
  wait: number | null,
): ParkedEvent | null {
  gate.tell(task, outcomeOf(error));
  if (!task.isAnswered && isTimeout(error)) return parked(task, gate.silent(task), PROBE_EVERY);
  gate.heard(task);
  if (!(error instanceof StatusError)) return null;
  const { status, retryAfter } = error;
  const host = gate.hostOf(task);
  if (retryAfter !== null && asksForPatience(status)) {
    if (retryAfter > LONGEST_RETRY_AFTER)
      return parked(task, gate.park(task, retryAfter, patienceOf(error)), retryAfter);
    host?.cool(retryAfter);
  } else if (isRefusal(status)) host?.refused(wait ?? task.job.policy.retryWait);
  else host?.answered();
  return null;
}

/** Books a retry. @returns false when there shall be none */
export function mayRetry(gate: HostGate, task: Task, error: FetchallError): boolean {
  return gate.mayRetry(task, outcomeOf(error) === 'refused');
}

function outcomeOf(error: FetchallError): Outcome {
  if (error instanceof LimitError) return 'failed';
  if (isTimeout(error)) return 'silent';
  if (error instanceof StatusError) return isRefusal(error.status) ? 'refused' : 'failed';
  return error.code === 'ERR_CONNECT' || error.code === 'ERR_TRUNCATED' ? 'reset' : 'failed';
}

function isRefusal(status: number): boolean {
  return status === 429 || status === 503;
}

function parked({ job }: Task, error: FetchallError | null, wait: number): ParkedEvent | null {
  if (error === null) return null;
  const { code, message } = error;
  return { event: 'parked', host: job.host, wait: wait / 1000, error: { code, message } };
}

function isTimeout({ code, systemCode }: FetchallError): boolean {
  return code === 'ERR_TIMEOUT' || systemCode === 'ERR_TLS_HANDSHAKE_TIMEOUT';
}

/** Statuses with which a server may speak for all of its resources (RFC 9110 10.2.3, RFC 6585 4). */
function asksForPatience(status: number): boolean {
  return status === 429 || status >= 500;
}

function patienceOf({ status, retryAfter }: StatusError): string {
  return `${status}, Retry-After ${Math.round((retryAfter ?? 0) / 1000)} s`;
}
