// Bodies in content codings, right and wrong.

import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

const ENCODERS: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  gzip: (bytes) => gzipSync(bytes),
  'x-gzip': (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  'raw deflate': (bytes) => deflateRawSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
};

/** Applies codings in the order in which they stand; one that nobody knows changes nothing. */
export function coded(bytes: Uint8Array, codings: string): Buffer {
  return codings
    .split(', ')
    .reduce<Buffer>((body, coding) => ENCODERS[coding]?.(body) ?? body, Buffer.from(bytes));
}

/** So many times 16 MiB of zeros, each in 16 KB: gzip may consist of several members (RFC 1952 2.2). */
export function bomb(times: number): Buffer {
  return Buffer.concat(Array<Buffer>(times).fill(gzipSync(Buffer.alloc(16 * 1_048_576))));
}
