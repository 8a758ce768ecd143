// What to fetch, where it goes, what to expect. Frozen, JSON-safe plain data: a job may travel to another machine.

import type { Checksum } from './source.js';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** How a job's URL is to be fetched: the options as far as one job needs them. Shared by all jobs of a run. */
export interface Policy {
  readonly header: readonly (readonly [name: string, value: string])[];
  readonly userAgent: string;
  readonly maxRedirects: number;
  readonly allowDowngrade: boolean;
  readonly denyPrivate: boolean;
  readonly allowPrivateRedirects: boolean;
  /** Whether a page of a public address has led here: then only public ones are asked, unless that is allowed. */
  readonly ledByPublic?: boolean;
  /** Whether a redirect is handed on as it is; a crawl follows it by itself. */
  readonly keepsRedirects?: boolean;
  /** In bytes, as received and as stored; null for no limit. */
  readonly maxSize: number | null;
  /** Whether content codings are asked for and undone. */
  readonly decode: boolean;
  /** Least bytes a second on the average of `speedTime` ms; null for any. */
  readonly minSpeed: number | null;
  readonly speedTime: number;
  /** In ms for the whole URL, waits included; null for no limit. */
  readonly maxTime: number | null;
  /** Tries after the first. */
  readonly retries: number;
  /** Base and cap of the back-off, in ms. */
  readonly retryWait: number;
  readonly retryMaxWait: number;
  /** Statuses that are tried again. */
  readonly retryOn: readonly number[];
  /** Whether a part of an earlier try may be gone on with. */
  readonly resume: boolean;
  /** Requests that may fetch one file at a time. */
  readonly split: number;
  /** Whether one goes on alone until it has turned out to be slow. */
  readonly splitsWhenSlow: boolean;
  /** Whether the server is asked for a digest (RFC 9530). */
  readonly wantDigest: boolean;
  /** Whether what failed its checksum is kept as NAME.bad. */
  readonly keepBad: boolean;
  /** Whether files take the names that servers give them. */
  readonly contentDisposition: boolean;
  /** Whether the file is made safe against a loss of power. */
  readonly fsync: boolean;
  /** Bytes of a chunk. */
  readonly chunkSize: number;
}

export interface Job {
  /** Place in the list, from 0, bad lines counted too. */
  readonly index: number;
  readonly line: number | null;
  /** Normalised (WHATWG), without fragment, user and password: safe to show. */
  readonly url: string;
  /** Host and port: what the host gate counts by. */
  readonly host: string;
  readonly credentials: Credentials | null;
  /** The final name, one safe segment below the out folder; with `.part` behind it the name until then. */
  readonly file: string;
  /** Whether a name that the server gives goes before `file`. */
  readonly takesName: boolean;
  readonly checksum: Checksum | null;
  /** The crawl asks for its own sake (robots.txt): nobody is told. */
  readonly isSilent?: boolean;
  readonly policy: Policy;
}
