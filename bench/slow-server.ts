// A server of one file that gives each connection so many bytes a second, and no more. Forked; its port is its only message.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { byteAt } from './byte-at.js';

const BYTES_PER_SECOND = 2_000_000;
/** Between two pieces, in ms. */
const STEP = 20;

const server = createServer(({ url = '', headers }, response) => {
  const size = Number(url.split('/')[1]);
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  const end = to ? Math.min(Number(to) + 1, size) : size;
  response.writeHead(from === undefined ? 200 : 206, {
    'accept-ranges': 'bytes',
    etag: `"${size}"`,
    'content-length': end - start,
    ...(from !== undefined && { 'content-range': `bytes ${start}-${end - 1}/${size}` }),
  });
  drip(response, start, end);
});

/** Each byte tells of its place: a file that is put together wrongly is seen. */
function drip(response: ServerResponse, start: number, end: number): void {
  const began = performance.now();
  let at = start;
  const timer = setInterval(() => {
    const due = start + Math.floor(((performance.now() - began) / 1000) * BYTES_PER_SECOND);
    const next = Math.min(end, due);
    if (next > at)
      response.write(Buffer.from(Uint8Array.from({ length: next - at }, (_, index) => byteAt(at + index))));
    at = next;
    if (at < end) return;
    clearInterval(timer);
    response.end();
  }, STEP);
  response.once('close', () => clearInterval(timer));
}

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());
