// What an index says of a record, read from the record.

import { mimeOf } from './http-head.js';
import { type IndexEntry, isIndexed } from './index-line.js';
import type { Place } from './warc-writer.js';

const TYPES = new Set(['response', 'revisit', 'resource']);

/**
 * @param beginning of the record
 * @returns null for a record that no index tells of
 * @throws Error for what is no WARC record
 */
export function scannedEntry(beginning: Buffer, place: Place): IndexEntry | null {
  const text = beginning.toString('latin1');
  const [head = '', http = ''] = text.split('\r\n\r\n', 2);
  if (!head.startsWith('WARC/1.')) throw new Error(`at ${place.offset} no WARC record begins`);
  const type = field(head, 'WARC-Type') ?? '';
  const url = field(head, 'WARC-Target-URI');
  if (!TYPES.has(type) || url === null) return null;
  const [, code] = /^HTTP\/\d\S* +(\d{3})/.exec(http) ?? [];
  const status = type === 'resource' || code === undefined ? null : Number(code);
  if (!isIndexed(status, field(head, 'WARC-Truncated'))) return null;
  const contentType = field(type === 'resource' ? head : http, 'Content-Type');
  return {
    url: url.replace(/^<(.*)>$/, '$1'),
    date: field(head, 'WARC-Date') ?? '',
    mime: type === 'revisit' ? 'warc/revisit' : mimeOf(contentType),
    status,
    digest: field(head, 'WARC-Payload-Digest') ?? '',
    ...place,
  };
}

function field(head: string, name: string): string | null {
  return new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'im').exec(head)?.[1] ?? null;
}
