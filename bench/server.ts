// The loopback server of the benchmarks, in a process of its own: answers GET /<size>/<latency in ms>/<anything> with so
// many bytes from memory. A raw socket server, because node:http would take more time for an answer than any client for its request.

import { type AddressInfo, createServer, type Socket } from 'node:net';

const BLOCK = 1024 * 1024;
const block = Buffer.alloc(BLOCK, 'fetchall');
/** Whole answers of small bodies, by size. */
const prepared = new Map<number, Buffer>();

function head(size: number): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${size}\r\n\r\n`;
}

function smallAnswer(size: number): Buffer {
  let answer = prepared.get(size);
  if (answer === undefined) {
    answer = Buffer.concat([Buffer.from(head(size)), block.subarray(0, size)]);
    prepared.set(size, answer);
  }
  return answer;
}

function answerLarge(socket: Socket, size: number): void {
  socket.write(head(size));
  let left = size;
  const more = (): void => {
    while (left > 0) {
      const piece = block.subarray(0, Math.min(left, BLOCK));
      left -= piece.length;
      if (!socket.write(piece)) {
        if (left > 0) socket.once('drain', more);
        return;
      }
    }
  };
  more();
}

function answer(socket: Socket, size: number): void {
  if (size <= BLOCK) socket.write(smallAnswer(size));
  else answerLarge(socket, size);
}

const server = createServer({ noDelay: true }, (socket) => {
  let received = '';
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
    for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
      const [, size = 0, latency = 0] = received.slice(0, end).split('/', 3).map(Number);
      received = received.slice(end + 4);
      if (latency > 0) setTimeout(answer, latency, socket, size);
      else answer(socket, size);
    }
  });
  socket.on('error', () => socket.destroy());
});

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
