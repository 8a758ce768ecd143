// What tells one version of a representation from another (RFC 9110 8.8).

import { fieldValue } from './header-fields.js';
import type { HeaderFields } from './transport.js';

/** Exactly as received; null where the response had none. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** When the response was made: a Last-Modified that is too close to it is weak. */
  readonly date: string | null;
}

/** RFC 9110 8.8.2.2: a change within the same second, or clocks that differ, must not go unseen. In ms. */
const SAFE_AGE = 60_000;

const STRONG = /^"[\x21\x23-\x7e\x80-\xff]*"$/;

export function validatorsOf(headers: HeaderFields): Validators {
  return {
    etag: fieldValue(headers, 'etag'),
    lastModified: fieldValue(headers, 'last-modified'),
    date: fieldValue(headers, 'date'),
  };
}

/** What If-Range may carry (RFC 9110 13.1.5): a strong ETag, or a Last-Modified that is strong; else null. */
export function strongValidator({ etag, lastModified, date }: Validators): string | null {
  if (etag !== null && STRONG.test(etag.trim())) return etag.trim();
  return lastModified !== null && isStrongDate(lastModified, date) ? lastModified : null;
}

function isStrongDate(lastModified: string, date: string | null): boolean {
  return date !== null && Date.parse(date) - Date.parse(lastModified) >= SAFE_AGE;
}

/**
 * Whether a part of this response can be joined to what came with `before`: every validator that both have is the same,
 * and the one that was asked by is there.
 */
export function isSameVersion(before: Validators, now: Validators): boolean {
  const asked = strongValidator(before);
  if (asked !== null && asked !== now.etag?.trim() && asked !== now.lastModified) return false;
  return agree(before.etag?.trim(), now.etag?.trim()) && agree(before.lastModified, now.lastModified);
}

function agree(one: string | null | undefined, other: string | null | undefined): boolean {
  return one == null || other == null || one === other;
}
