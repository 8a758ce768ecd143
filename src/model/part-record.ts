// What is remembered of a part file, so that a later try, or a later run, may go on with it.

import type { ByteRange } from './byte-range.js';

export interface PartRecord {
  /** The name that the server gave, made safe; the response that goes on with a part need not repeat it. */
  readonly name: string | null;
  /** The validators, exactly as received; null where the response had none. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** The response's Date: without it, or too close to it, a Last-Modified is weak (RFC 9110 8.8.2.2). */
  readonly date: string | null;
  /** The content coding (RFC 9110 8.4) that the bytes are in, several joined by `, `; null for none. */
  readonly coding: string | null;
  /** Bytes of the whole file, where the response told; 0 for a part that is not to be gone on with. */
  readonly total: number | null;
  /** Bytes that are safe against power loss; null unless they are synced at all. */
  readonly synced: number | null;
  /** What is there, where the part has been written at several places: its size then says nothing. null where it says it. */
  readonly done: readonly ByteRange[] | null;
}

/** Where part records are kept: in the state of a run, or in memory for as long as it lasts. */
export interface PartRecords {
  /** What is known of the part of this file, if it is a part of this URL; else null. */
  find(file: string, url: string): PartRecord | null;
  /** Remembers; resolves once it would survive a kill. */
  keep(file: string, url: string, record: PartRecord): Promise<void>;
  /** The part is gone, or has become the file. */
  drop(file: string): void;
}
