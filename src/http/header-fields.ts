// Reading single fields of a response head.

import type { HeaderFields } from './transport.js';

/** The value of a field, or null; of a repeated field the first. */
export function fieldValue(headers: HeaderFields, name: string): string | null {
  const value = headers[name];
  if (value === undefined) return null;
  return typeof value === 'string' ? value : (value[0] ?? null);
}

/**
 * Length of the body that will come, or null when Content-Length is absent or no plain decimal (RFC 9110 8.6); with 204 and
 * 304 none comes, whatever it says.
 */
export function bodyLength(status: number, headers: HeaderFields): number | null {
  if (status === 204 || status === 304) return 0;
  const value = fieldValue(headers, 'content-length');
  if (value === null || !/^\d+$/.test(value.trim())) return null;
  const length = Number(value);
  return Number.isSafeInteger(length) ? length : null;
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
