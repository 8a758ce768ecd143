// One line of input, understood.

import type { FetchallError } from './errors.js';

export type ChecksumAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha512';

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Lower-case hexadecimal digits. */
  readonly hex: string;
}

/** As it stands in a list: `sha256=HEX`. */
export function checksumText({ algorithm, hex }: Checksum): string {
  return `${algorithm}=${hex}`;
}

/** @returns null for what is no checksum */
export function parseChecksumText(text: string): Checksum | null {
  const [, algorithm, hex] = /^(md5|sha1|sha256|sha512)=([0-9a-f]+)$/.exec(text) ?? [];
  return algorithm === undefined || hex === undefined
    ? null
    : { algorithm: algorithm as ChecksumAlgorithm, hex };
}

export interface Source {
  /** An absolute http or https URL; may hold a user and a password. */
  readonly url: string;
  /** The wanted file name, one path segment; it is made safe. */
  readonly name?: string;
  /** What the content must hash to. */
  readonly checksum?: Checksum;
  /** The line of the list, from 1; null for a URL that stands in no list. */
  readonly line?: number | null;
}

/** A line that could not be understood: it costs only itself. */
export interface BadLine {
  readonly error: FetchallError;
  /** The whole line as written. */
  readonly text: string;
  readonly line: number | null;
}

export type Entry = Source | BadLine;

export function isBadLine(entry: Entry): entry is BadLine {
  return 'error' in entry;
}
