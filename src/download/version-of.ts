// Which version of a file a response is of.

import { codingOf } from '../http/content-coding.js';
import type { ResponseHead } from '../http/transport.js';
import { validatorsOf } from '../http/validators.js';
import type { PartRecord } from '../model/part-record.js';

/** @param name the server's, made safe */
export function versionOf(head: ResponseHead, name: string | null): PartRecord {
  const { etag, lastModified, date } = validatorsOf(head.headers);
  const coding = codingOf(head);
  // Field by field: V8 makes a new hidden class each time an object is spread into another.
  return { name, etag, lastModified, date, coding, total: head.length, synced: null, done: null };
}
