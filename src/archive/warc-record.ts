// A record of a WARC file, as plain data (WARC/1.1, https://iipc.github.io/warc-specifications/).

import { randomUUID } from 'node:crypto';

export type RecordField = readonly [name: string, value: string];

/** The bytes that follow a record's named fields. */
export interface Block {
  readonly length: number;
  readonly pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export interface WarcRecord {
  /** Without Content-Length, in the order in which they are written. */
  readonly fields: readonly RecordField[];
  readonly block: Block;
}

/** Why a block is shorter than what there was (WARC/1.1 5.13). */
export type Truncation = 'disconnect' | 'time' | 'unspecified';

/** The profile of a revisit whose payload is one that is there already (WARC/1.1 6.7.2). */
export const IDENTICAL_PAYLOAD = 'http://netpreserve.org/warc/1.1/revisit/identical-payload-digest';

/** What ends a record: two line breaks. */
export const RECORD_END = Uint8Array.of(13, 10, 13, 10);

export function newRecordId(): string {
  return `<urn:uuid:${randomUUID()}>`;
}

/** To the second: all readers understand that, and what refers to a record by its date finds it. */
export function warcDate(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** The first line and the named fields of a record, the empty line included. */
export function recordHead({ fields, block }: WarcRecord): Buffer {
  const lines = [...fields, ['Content-Length', String(block.length)] as const].map(([name, value]) => {
    // A line break would be another field.
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) throw new RangeError(`${name} holds a control character`);
    return `${name}: ${value}\r\n`;
  });
  return Buffer.from(`WARC/1.1\r\n${lines.join('')}\r\n`);
}

export function blockOf(...pieces: readonly Uint8Array[]): Block {
  return { length: pieces.reduce((sum, { length }) => sum + length, 0), pieces };
}

/** Fields without those that have no value. */
export function presentFields(
  fields: readonly (readonly [name: string, value: string | null | undefined])[],
): RecordField[] {
  return fields.filter((field): field is RecordField => typeof field[1] === 'string');
}
