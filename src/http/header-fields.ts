// Reading single fields of a response head.

import type { HeaderFields } from './transport.js';

/** The value of a field, or null; of a repeated field the first. */
export function fieldValue(headers: HeaderFields, name: string): string | null {
  const value = headers[name];
  if (value === undefined) return null;
  return typeof value === 'string' ? value : (value[0] ?? null);
}

/** All that is said under one name, as one text (RFC 9110 5.3); empty when nothing is. */
export function joinedValues(headers: HeaderFields, name: string): string {
  const value = headers[name];
  if (value === undefined) return '';
  return typeof value === 'string' ? value : value.join(', ');
}

/** Responses that end with their head, whatever it says of a length (RFC 9112 6.3). */
export function isBodyless(status: number): boolean {
  return status === 204 || status === 304;
}

/**
 * A transfer coding beyond `chunked` (RFC 9112 6.1), or null. None is asked for, and a body that is still coded is not the
 * file: unlike Content-Encoding, this is the connection's and not the file's.
 */
export function foreignTransferCoding(headers: HeaderFields): string | null {
  const coding = joinedValues(headers, 'transfer-encoding').trim();
  return coding === '' || /^(?:chunked|identity)$/i.test(coding) ? null : coding;
}

/**
 * Length of the body that will come, or null when Content-Length is absent or no plain decimal (RFC 9110 8.6); with 204 and
 * 304 none comes, whatever it says.
 */
export function bodyLength(status: number, headers: HeaderFields): number | null {
  if (isBodyless(status)) return 0;
  const value = fieldValue(headers, 'content-length');
  if (value === null || !/^\d+$/.test(value.trim())) return null;
  const length = Number(value);
  return Number.isSafeInteger(length) ? length : null;
}

/** Whether a body says where it ends (RFC 9112 6.3): it has a length, or comes in chunks, or there is none. */
export function isEndMarked(status: number, headers: HeaderFields): boolean {
  if (bodyLength(status, headers) !== null) return true;
  return /(?:^|[, ])chunked\s*$/i.test(joinedValues(headers, 'transfer-encoding'));
}

/** Bytes that arrived as latin1 but are UTF-8, as servers often send them in Location: the text that was meant. */
export function asUtf8(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}
