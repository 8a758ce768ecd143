// What a response head means for a job. Pure.

import { codingOf } from '../http/content-coding.js';
import { parseContentRange } from '../http/content-range.js';
import { fieldValue } from '../http/header-fields.js';
import { parseRetryAfter } from '../http/retry-after.js';
import type { ResponseHead } from '../http/transport.js';
import { isSameVersion, strongValidator, validatorsOf } from '../http/validators.js';
import { FetchallError, StatusError } from '../model/errors.js';
import type { Policy } from '../model/job.js';
import type { PartRecord } from '../model/part-record.js';

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

/** What was asked for beyond a plain GET. */
export interface Asked {
  /** The part that Range asked to go on from; null for the whole. */
  readonly part: { readonly offset: number; readonly record: PartRecord } | null;
  /** Whether If-None-Match or If-Modified-Since was sent. */
  readonly conditional: boolean;
}

export const ASKED_FOR_ALL: Asked = { part: null, conditional: false };

/**
 * `whole`: the body is the file. `append`: it goes on where the part ends; the file will have `total` bytes. `complete`:
 * the part is the file. `restart`: of no use with this part; to be asked for again, without Range. `unchanged`: the file
 * that is there is the server's.
 */
export type Verdict =
  | { readonly kind: 'whole' | 'complete' | 'restart' | 'unchanged' }
  | { readonly kind: 'append'; readonly total: number };

/**
 * Judges a response by its head.
 *
 * @param now the present time, for Retry-After
 * @throws StatusError unless the status is 2xx or was asked for; FetchallError ERR_PROTOCOL for a 206 that was not asked
 *   for, ERR_TOO_LARGE when the file would be over the limit
 */
export function judge(head: ResponseHead, asked: Asked, policy: Policy, now: Date): Verdict {
  const { status } = head;
  const { part } = asked;
  if (status === 304 && asked.conditional) return { kind: 'unchanged' };
  if (status === 416 && part !== null) return { kind: judgeUnsatisfied(head, part) };
  if (status < 200 || status > 299) throw refusal(head, now);
  if (status === 206) {
    if (part === null)
      throw new FetchallError('ERR_PROTOCOL', 'the server sent a part of the file, which was not asked for');
    const total = totalOfRest(head, part);
    if (total === null) return { kind: 'restart' };
    checkSize(total, policy);
    return { kind: 'append', total };
  }
  checkSize(head.length, policy);
  return { kind: 'whole' };
}

/** The size of the whole file if this 206 goes on exactly where the part ends, in the same version; else null. */
function totalOfRest(head: ResponseHead, { offset, record }: NonNullable<Asked['part']>): number | null {
  const { headers, length } = head;
  // multipart/byteranges (RFC 9110 15.3.7.2) tells its ranges inside the body.
  const range = parseContentRange(fieldValue(headers, 'content-range'));
  if (range === null || range.unit !== 'bytes' || range.start !== offset || range.end === null) return null;
  if (Array.isArray(headers['content-range'])) return null;
  if (length !== null && length !== range.end - offset + 1) return null;
  if (!isSameVersion(record, validatorsOf(headers)) || !isSameCoding(record, head)) return null;
  if (range.total === null)
    return record.total !== null && range.end === record.total - 1 ? record.total : null;
  return record.total === null || record.total === range.total ? range.total : null;
}

/**
 * A 206 need not repeat the coding (RFC 9110 15.3.7), but a date is the same for all codings of a file: only a strong ETag is
 * of one of them (8.8.3.3).
 */
function isSameCoding({ coding, ...version }: PartRecord, head: ResponseHead): boolean {
  const now = codingOf(head);
  return now === coding || (now === null && strongValidator(version)?.startsWith('"') === true);
}

/** Nothing follows the part: either it is whole, or the file is another (RFC 9110 15.5.17). */
function judgeUnsatisfied(
  { headers }: ResponseHead,
  { offset, record }: NonNullable<Asked['part']>,
): 'complete' | 'restart' {
  const range = parseContentRange(fieldValue(headers, 'content-range'));
  const { etag, lastModified } = validatorsOf(headers);
  const isWhole =
    range?.unit === 'bytes' &&
    range.start === null &&
    range.total === offset &&
    (record.total === null || record.total === offset);
  // A 416 need not repeat the validators; where it does, they are the file's.
  const isOther =
    (etag !== null && record.etag !== null && etag.trim() !== record.etag.trim()) ||
    (lastModified !== null && record.lastModified !== null && lastModified !== record.lastModified);
  return isWhole && !isOther ? 'complete' : 'restart';
}

function refusal({ status, headers }: ResponseHead, now: Date): StatusError {
  const meaning = MEANINGS[status];
  const says = `the server answered ${status}${meaning === undefined ? '' : `: ${meaning}`}`;
  return new StatusError(status, says, parseRetryAfter(fieldValue(headers, 'retry-after'), now));
}

function checkSize(length: number | null, { maxSize }: Policy): void {
  if (maxSize !== null && length !== null && length > maxSize) throw tooLarge(maxSize);
}

export function tooLarge(maxSize: number): FetchallError {
  return new FetchallError('ERR_TOO_LARGE', `larger than --max-size ${maxSize}`);
}
