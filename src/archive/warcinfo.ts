// The first record of each file: what wrote it.

import { VERSION } from '../model/version.js';
import { digestOf } from './digest.js';
import { blockOf, newRecordId, type WarcRecord } from './warc-record.js';

export const SOFTWARE = `fetchall/${VERSION}`;

/**
 * @param filename of the file that the record opens
 * @param date as in WARC-Date
 */
export function warcinfo(filename: string, date: string): WarcRecord & { readonly id: string } {
  const id = newRecordId();
  const block = Buffer.from(
    [
      `software: ${SOFTWARE}`,
      'format: WARC File Format 1.1',
      'conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/',
      '',
    ].join('\r\n'),
  );
  const fields = [
    ['WARC-Type', 'warcinfo'],
    ['WARC-Record-ID', id],
    ['WARC-Date', date],
    ['WARC-Filename', filename],
    ['WARC-Block-Digest', digestOf(block)],
    ['Content-Type', 'application/warc-fields'],
  ] as const;
  return { id, fields, block: blockOf(block) };
}
