// Content codings (RFC 9110 8.4): which are asked for, and what is undone by what.

import * as zlib from 'node:zlib';
import { FetchallError } from '../model/errors.js';
import { isBodyless, joinedValues } from './header-fields.js';
import type { HeaderFields, ResponseHead } from './transport.js';

/** More codings on top of each other are made to do harm. */
const MOST_CODINGS = 3;

/** Bytes of a piece of what comes out. */
const PIECE = { chunkSize: 65_536 };

/** A decoder of node:zlib. */
export type Inflater = zlib.Gunzip | zlib.BrotliDecompress;

/** By the coding's name; they are told the first byte that comes. */
const INFLATERS = new Map<string, (first: number) => Inflater>([
  ['gzip', () => zlib.createGunzip(PIECE)],
  ['x-gzip', () => zlib.createGunzip(PIECE)],
  ['deflate', (first) => (isZlib(first) ? zlib.createInflate(PIECE) : zlib.createInflateRaw(PIECE))],
  ['br', () => zlib.createBrotliDecompress(PIECE)],
]);

/** Node has it from 22.15 on. */
const zstd: unknown = 'createZstdDecompress' in zlib ? zlib.createZstdDecompress : null;
if (typeof zstd === 'function') INFLATERS.set('zstd', () => (zstd as typeof zlib.createGunzip)(PIECE));

/** What is asked for where codings are undone. */
export const DECODED_CODINGS = `gzip, deflate, br${INFLATERS.has('zstd') ? ', zstd' : ''}`;

/** `deflate` means zlib (RFC 9110 8.4.1.2); some servers leave zlib's two bytes out: method 8, window of 32 KB at most. */
function isZlib(first: number): boolean {
  return (first & 0x0f) === 8 && first >> 4 <= 7;
}

/** The codings of a body, in the order in which they were applied; `identity` is none. */
function codingsOf(headers: HeaderFields): string[] {
  const codings = joinedValues(headers, 'content-encoding');
  if (codings === '') return [];
  return codings
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
}

/** The codings of what is handed on, as one text; null for none. */
export function codingOf({ headers, isDecoded = false }: ResponseHead): string | null {
  const codings = isDecoded ? [] : codingsOf(headers);
  return codings.length === 0 ? null : codings.join(', ');
}

/** Whether the bytes that are handed on are no longer those that were sent: somebody below has undone their coding. */
export function wasDecoded({ headers, isDecoded = false }: ResponseHead): boolean {
  return isDecoded && codingsOf(headers).length > 0;
}

/**
 * What undoes a body's codings, in the order in which that is done.
 *
 * @throws FetchallError ERR_PROTOCOL for a coding that nobody here knows, and for too many
 */
export function inflatersFor(head: ResponseHead): ((first: number) => Inflater)[] {
  const coding = isBodyless(head.status) ? null : codingOf(head);
  const codings = coding === null ? [] : coding.split(', ').reverse();
  if (codings.length > MOST_CODINGS)
    throw new FetchallError('ERR_PROTOCOL', `${codings.length} codings on top of each other: ${coding}`);
  return codings.map((name) => {
    const inflater = INFLATERS.get(name);
    if (inflater !== undefined) return inflater;
    throw new FetchallError('ERR_PROTOCOL', `a coding that cannot be undone: ${JSON.stringify(name)}`);
  });
}
