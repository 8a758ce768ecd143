// The server of bench http2, in a process of its own: TLS, HTTP/2 and HTTP/1.1, answers GET /<size>/<milliseconds>/<anything> with so
// many bytes after so long, and says how many connections there have been.

import { readFileSync } from 'node:fs';
import { createSecureServer, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';

const [, , key = '', certificate = ''] = process.argv;
let connections = 0;

const server = createSecureServer(
  { key: readFileSync(key), cert: readFileSync(certificate), allowHTTP1: true },
  (request, response: Http2ServerResponse) => {
    const [, size = 0, latency = 0] = request.url.split('/', 3).map(Number);
    setTimeout(() => {
      response.setHeader('Content-Length', size);
      response.end(Buffer.alloc(size, 'fetchall'));
    }, latency);
  },
);
server.on('secureConnection', () => connections++);
server.listen(0, '127.0.0.1', 1024, () => process.send?.((server.address() as AddressInfo).port));
process.on('message', () => {
  process.send?.(connections);
  connections = 0;
});
process.on('disconnect', () => process.exit());
