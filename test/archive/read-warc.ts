// WARC files read by another's reader (the package warcio), which says whether ours are what they should be.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect } from 'vitest';
import { CDXIndexer, WARCParser, type WARCRecord } from 'warcio';
import { base32 } from '../../src/archive/digest.js';

export interface ReadRecord {
  readonly type: string;
  /** Of the record, by name. */
  readonly fields: Readonly<Record<string, string>>;
  readonly block: Buffer;
  /** What follows the head of an HTTP message; the block of others. */
  readonly payload: Buffer;
}

/** All records of a file; every digest and every length is compared with what is there. */
export async function readWarc(path: string): Promise<ReadRecord[]> {
  const records: ReadRecord[] = [];
  const source = createReadStream(path);
  for await (const record of WARCParser.iterRecords(source, { parseHttp: false, keepHeadersCase: true })) {
    const block = Buffer.from(await record.readFully(false));
    const fields = Object.fromEntries(record.warcHeaders.headers.entries()) as Record<string, string>;
    const type = fields['WARC-Type'] ?? '';
    const isHttp = fields['Content-Type']?.startsWith('application/http') === true;
    const payload = isHttp ? block.subarray(block.indexOf('\r\n\r\n') + 4) : block;
    expect(record.warcHeaders.protocol).toBe('WARC/1.1');
    expect(Number(fields['Content-Length'])).toBe(block.length);
    expect(fields['WARC-Block-Digest']).toBe(sha1(block));
    if (type === 'response' || type === 'resource') expect(fields['WARC-Payload-Digest']).toBe(sha1(payload));
    expect(fields['WARC-Record-ID']).toMatch(/^<urn:uuid:[0-9a-f-]{36}>$/);
    expect(fields['WARC-Date']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    records.push({ type, fields, block, payload });
  }
  return records;
}

export function ofType(records: readonly ReadRecord[], type: string): ReadRecord[] {
  return records.filter((record) => record.type === type);
}

/** An HTTP message as the other reader understands it: what it would replay. */
export async function replayed(path: string): Promise<{ url: string; status: number; body: Buffer }[]> {
  const responses: { url: string; status: number; body: Buffer }[] = [];
  for await (const record of WARCParser.iterRecords(createReadStream(path))) {
    if (record.warcType !== 'response') continue;
    const body = Buffer.from(await record.readFully(true));
    responses.push({ url: record.warcTargetURI ?? '', status: Number(record.httpHeaders?.statusCode), body });
  }
  return responses;
}

export function sha1(bytes: Uint8Array): string {
  return `sha1:${base32(createHash('sha1').update(bytes).digest())}`;
}

/** The index that the other's indexer makes of the files: the facts of each line, by file and offset. */
export async function indexedByOthers(...paths: readonly string[]): Promise<object[]> {
  const indexer = new CDXIndexer({ format: 'cdxj' });
  const files = paths.map((path) => ({ filename: basename(path), reader: createReadStream(path) }));
  const facts: object[] = [];
  for await (const result of indexer.iterIndex(files)) {
    const { urlkey: _, timestamp, offset, length, status, ...rest } = result;
    facts.push({
      timestamp,
      offset: String(offset),
      length: String(length),
      status: String(status),
      ...rest,
    });
  }
  return facts.sort(byPlace);
}

/** The same of an index that stands in a file, whose lines must be sorted. */
export async function indexOf(path: string): Promise<object[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  expect(lines).toEqual([...lines].sort());
  const facts = lines.map((line) => {
    const [, timestamp = '', json = ''] = /^\S+ (\d{14}) (.*)$/.exec(line) ?? [];
    return { timestamp, ...(JSON.parse(json) as object) };
  });
  return facts.sort(byPlace);
}

function byPlace(one: object, other: object): number {
  const key = (facts: object): string => {
    const { filename, offset } = facts as { filename: string; offset: string };
    return `${filename} ${offset.padStart(12, '0')}`;
  };
  return key(one) < key(other) ? -1 : 1;
}

/**
 * What replay would show of each line of an index: the record is read from its place alone, and a revisit leads to its
 * original, by URL and date, as readers find it.
 */
export async function replayedFromIndex(index: string): Promise<Map<string, Buffer>> {
  const lines = (await indexOf(index)) as IndexFacts[];
  const shown = new Map<string, Buffer>();
  for (const facts of lines) {
    const record = await recordAt(index, facts);
    expect(record.warcTargetURI).toBe(facts.url);
    if (record.warcType === 'revisit') {
      const original = lines.find(
        ({ url, timestamp, mime }) =>
          url === record.warcRefersToTargetURI &&
          timestamp === record.warcRefersToDate?.replace(/\D/g, '') &&
          mime !== 'warc/revisit',
      );
      if (original === undefined) throw new Error(`no original of ${JSON.stringify(facts)}`);
      shown.set(facts.url, Buffer.from(await (await recordAt(index, original)).readFully(true)));
    } else {
      shown.set(facts.url, Buffer.from(await record.readFully(true)));
    }
  }
  return shown;
}

interface IndexFacts {
  readonly url: string;
  readonly timestamp: string;
  readonly mime?: string;
  readonly filename: string;
  readonly offset: string;
  readonly length: string;
}

async function recordAt(index: string, { filename, offset, length }: IndexFacts): Promise<WARCRecord> {
  const start = Number(offset);
  const path = join(dirname(index), filename);
  const source = createReadStream(path, { start, end: start + Number(length) - 1 });
  const record = await WARCParser.parse(source);
  if (record === null) throw new Error(`no record at ${offset} of ${filename}`);
  return record;
}
