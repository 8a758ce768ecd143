// The loopback server of the benchmarks, in a process of its own: answers /<size>/<anything> with so many bytes, from
// memory, doing as little else as it can.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const LARGEST_BLOCK = 1024 * 1024;
const block = Buffer.alloc(LARGEST_BLOCK, 'fetchall');

const server = createServer((request, response) => {
  const size = Number(request.url?.split('/')[1] ?? 0);
  response.writeHead(200, { 'content-length': size, 'content-type': 'application/octet-stream' });
  if (size <= LARGEST_BLOCK) {
    response.end(block.subarray(0, size));
    return;
  }
  let left = size;
  const more = (): void => {
    while (left > 0) {
      const piece = block.subarray(0, Math.min(left, LARGEST_BLOCK));
      left -= piece.length;
      if (left === 0) response.end(piece);
      else if (!response.write(piece)) {
        response.once('drain', more);
        return;
      }
    }
  };
  more();
});

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
