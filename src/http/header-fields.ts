// Reading single fields of a response head.

import type { HeaderFields } from './transport.js';

/** The value of a field, or null; of a repeated field the first. */
export function fieldValue(headers: HeaderFields, name: string): string | null {
  const value = headers[name];
  if (value === undefined) return null;
  return typeof value === 'string' ? value : (value[0] ?? null);
}

/** Content-Length as a number, or null when it is absent or no plain decimal (RFC 9110 8.6). */
export function contentLength(headers: HeaderFields): number | null {
  const value = fieldValue(headers, 'content-length');
  if (value === null || !/^\d+$/.test(value.trim())) return null;
  const length = Number(value);
  return Number.isSafeInteger(length) ? length : null;
}

/** Bytes that arrived as latin1 but are UTF-8, as servers often send them in Location: the text that was meant. */
export function asUtf8(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}
