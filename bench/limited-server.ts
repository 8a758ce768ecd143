// The server of bench adaptive, in a process of its own: answers after so long, so many at a time, and no more than so many a second.
// Tells when the first request has come; asked, what it has answered since.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Limits {
  /** From a request to its answer, in ms, whatever the answer. */
  readonly latency: number;
  /** Requests that are served at a time; the others wait. */
  readonly capacity: number | null;
  /** A bucket of `burst` tokens that is filled with `perSecond`: who gets none is answered 429. */
  readonly bucket: { readonly perSecond: number; readonly burst: number; readonly says: boolean } | null;
}

/** What has been answered since the first request. */
export interface Answered {
  /** When each 200 was, in ms from the first request. */
  readonly at: readonly number[];
  readonly refused: number;
}

const limits: Limits = JSON.parse(process.argv[2] ?? '');
const body = Buffer.alloc(1000, 'fetchall');

let began: number | null = null;
let at: number[] = [];
let refused = 0;
let tokens = limits.bucket?.burst ?? 0;
let filled = performance.now();
let served = 0;
const waiting: ServerResponse[] = [];

const server = createServer((_request, response) => {
  if (began === null) {
    began = performance.now();
    process.send?.('begun');
  }
  if (!hasToken()) setTimeout(refuse, limits.latency, response);
  else if (served >= (limits.capacity ?? Number.POSITIVE_INFINITY)) waiting.push(response);
  else serve(response);
});

function serve(response: ServerResponse): void {
  served++;
  setTimeout(() => {
    served--;
    at.push(performance.now() - (began ?? 0));
    response.end(body);
    const next = waiting.shift();
    if (next !== undefined) serve(next);
  }, limits.latency);
}

function refuse(response: ServerResponse): void {
  refused++;
  // The least that the field can say but for nothing (RFC 9110 10.2.3).
  if (limits.bucket?.says) response.setHeader('Retry-After', 1);
  response.writeHead(429).end();
}

function hasToken(): boolean {
  const { bucket } = limits;
  if (bucket === null) return true;
  const now = performance.now();
  tokens = Math.min(bucket.burst, tokens + ((now - filled) * bucket.perSecond) / 1000);
  filled = now;
  if (tokens < 1) return false;
  tokens--;
  return true;
}

/** Whoever comes next is the first. */
process.on('message', () => {
  process.send?.({ at, refused } satisfies Answered);
  began = null;
  at = [];
  refused = 0;
  tokens = limits.bucket?.burst ?? 0;
});
server.listen(0, '127.0.0.1', 1024, () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
