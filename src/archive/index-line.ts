// A line of a CDXJ index: where a record stands (https://specs.webrecorder.net/cdxj/0.1.0/).

import { surt } from './surt.js';

/** A record that replay may look for. */
export interface IndexEntry {
  readonly url: string;
  /** As in WARC-Date. */
  readonly date: string;
  /** Media type, if known; `warc/revisit` for a revisit. */
  readonly mime: string | null;
  /** Of the response; null for a resource. */
  readonly status: number | null;
  /** Of the payload, as in WARC-Payload-Digest. */
  readonly digest: string;
  /** Bytes of the gzip member. */
  readonly length: number;
  readonly offset: number;
  /** Without folder. */
  readonly filename: string;
}

/** Statuses whose body is not the page: replay must not find them. */
const NO_PAGE = new Set([206, 304]);

/** Whether an index tells of a response, so that replay can find it. */
export function isIndexed(status: number | null, truncated: string | null): boolean {
  return !(status !== null && NO_PAGE.has(status)) && (truncated === null || truncated === 'unspecified');
}

const LINE = /^\S+ (\d{14}) (\{.*\})$/;

/** Without line break; ASCII only, so that lines sort as bytes do. */
export function indexLine({ url, date, mime, status, digest, length, offset, filename }: IndexEntry): string {
  const facts = {
    url,
    ...(mime === null ? {} : { mime }),
    ...(status === null ? {} : { status: String(status) }),
    // As in all indexes that name no algorithm.
    digest: digest.replace(/^sha1:/, ''),
    length: String(length),
    offset: String(offset),
    filename,
  };
  const json = JSON.stringify(facts).replace(
    /[^\x20-\x7e]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const key = surt(url).replace(/[^\x21-\x7e]+/g, (letters) =>
    Buffer.from(letters).toString('hex').replace(/../g, '%$&'),
  );
  return `${key} ${date.replace(/\D/g, '').slice(0, 14)} ${json}`;
}

/** Null for what is no line of ours. */
export function parseIndexLine(line: string): IndexEntry | null {
  const [, timestamp = '', json = ''] = LINE.exec(line) ?? [];
  let facts: unknown;
  try {
    facts = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof facts !== 'object' || facts === null) return null;
  const { url, mime, status, digest, length, offset, filename } = facts as Record<string, unknown>;
  if (typeof url !== 'string' || typeof filename !== 'string') return null;
  const entry = {
    url,
    date: timestamp.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z'),
    mime: typeof mime === 'string' ? mime : null,
    status: status === undefined ? null : Number(status),
    digest: String(digest ?? '').replace(/^(?!.*:)/, 'sha1:'),
    length: Number(length),
    offset: Number(offset),
    filename,
  };
  return Number.isSafeInteger(entry.length) && Number.isSafeInteger(entry.offset) ? entry : null;
}
