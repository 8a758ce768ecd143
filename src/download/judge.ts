// What a response head means for a job. Pure.

import { fieldValue } from '../http/header-fields.js';
import { parseRetryAfter } from '../http/retry-after.js';
import type { ResponseHead } from '../http/transport.js';
import { FetchallError, StatusError } from '../model/errors.js';
import type { Policy } from '../model/job.js';

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'bad request',
  401: 'a user and a password are needed',
  403: 'forbidden',
  404: 'not found',
  405: 'method not allowed',
  407: 'the proxy wants a user and a password',
  408: 'the server waited too long for the request',
  410: 'gone',
  416: 'range not satisfiable',
  425: 'too early',
  429: 'too many requests',
  451: 'unavailable for legal reasons',
  500: 'the server failed',
  502: 'bad gateway',
  503: 'service unavailable',
  504: 'gateway time-out',
};

/**
 * Accepts the response by returning.
 *
 * @param now the present time, for Retry-After
 * @throws StatusError unless the status is 2xx; FetchallError ERR_PROTOCOL for a 206 that was not asked for,
 *   ERR_TOO_LARGE when the announced length is over the limit
 */
export function judge(head: ResponseHead, policy: Policy, now: Date): void {
  const { status } = head;
  if (status < 200 || status > 299) {
    const meaning = MEANINGS[status];
    const says = `the server answered ${status}${meaning === undefined ? '' : `: ${meaning}`}`;
    throw new StatusError(status, says, parseRetryAfter(fieldValue(head.headers, 'retry-after'), now));
  }
  if (status === 206)
    throw new FetchallError('ERR_PROTOCOL', 'the server sent a part of the file, which was not asked for');
  if (policy.maxSize !== null && head.length !== null && head.length > policy.maxSize)
    throw tooLarge(policy.maxSize);
}

export function tooLarge(maxSize: number): FetchallError {
  return new FetchallError('ERR_TOO_LARGE', `larger than --max-size ${maxSize}`);
}
