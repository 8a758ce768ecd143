// The server of what waits, which nginx cannot, in a process of its own: answers GET /<size>/<milliseconds>/<anything> with so many
// bytes after so long. A raw socket server, because node:http would take more time for an answer than any client for its request.

import { type AddressInfo, createServer } from 'node:net';

/** Whole answers, by size. */
const prepared = new Map<number, Buffer>();

function answerOf(size: number): Buffer {
  let answer = prepared.get(size);
  if (answer === undefined) {
    const head = `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${size}\r\n\r\n`;
    answer = Buffer.concat([Buffer.from(head), Buffer.alloc(size, 'fetchall')]);
    prepared.set(size, answer);
  }
  return answer;
}

const server = createServer({ noDelay: true }, (socket) => {
  let received = '';
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
    for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
      const [, size = 0, latency = 0] = received.slice(0, end).split('/', 3).map(Number);
      received = received.slice(end + 4);
      setTimeout(() => socket.write(answerOf(size)), latency);
    }
  });
  socket.on('error', () => socket.destroy());
});

server.listen(0, '127.0.0.1', 1024, () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
