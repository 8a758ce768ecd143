// The server of the soak, in a process of its own: 127.0.0.0/8 on one port, right answers, and one request in 20 that fails.

import { type AddressInfo, createServer, type Socket } from 'node:net';
import { contentOf, indexOf } from './content.js';
import { type Answer, FAULTS } from './faults.js';

/** Sent to the parent when it asks. */
export interface ServerCount {
  readonly requests: number;
  /** Connections that are open. */
  readonly connections: number;
  /** How often each fault was done, by its name. */
  readonly faults: Readonly<Record<string, number>>;
}

const SHARE = 0.05;
const counts: Record<string, number> = {};
let requests = 0;
let connections = 0;
let chance = 1;

/** From 0 up to 1, the same numbers each time (a linear congruential generator). */
function random(): number {
  chance = (Math.imul(chance, 1_664_525) + 1_013_904_223) >>> 0;
  return chance / 2 ** 32;
}

function answer(socket: Socket, request: string): void {
  requests++;
  const [, target = '/'] = request.split(' ', 2);
  const [path = '/', query] = target.split('?', 2);
  const loop = /^\/loop\/(\d+)(\/.*)$/.exec(path);
  if (loop !== null) {
    const location = `/loop/${Number(loop[1]) + 1}${loop[2]}`;
    socket.write(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
    return;
  }
  const right = rightAnswer(path, request);
  const draw = random();
  if (query === undefined && draw < SHARE) {
    const fault = FAULTS[Math.floor((draw / SHARE) * FAULTS.length)];
    if (fault === undefined) throw new Error('there are no faults');
    counts[fault.name] = (counts[fault.name] ?? 0) + 1;
    fault.act(socket, right);
    return;
  }
  socket.write(`${right.head}Content-Length: ${right.body.length}\r\n\r\n`);
  socket.write(right.body);
}

/** All of the file, or its rest where that is asked for (RFC 9110 14.2). */
function rightAnswer(path: string, request: string): Answer {
  const content = contentOf(indexOf(path));
  const from = Number(/\r\nrange: bytes=(\d+)-\r\n/i.exec(request)?.[1] ?? 0);
  const fields = `ETag: "${path}"\r\n`;
  if (from === 0 || from >= content.length)
    return { path, head: `HTTP/1.1 200 OK\r\n${fields}`, body: content };
  const range = `Content-Range: bytes ${from}-${content.length - 1}/${content.length}\r\n`;
  return { path, head: `HTTP/1.1 206 Partial Content\r\n${fields}${range}`, body: content.subarray(from) };
}

const server = createServer({ noDelay: true }, (socket) => {
  let received = '';
  connections++;
  socket.on('close', () => connections--);
  // A client that goes away is no fault of the server.
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
    for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
      const request = received.slice(0, end + 4);
      received = received.slice(end + 4);
      answer(socket, request);
    }
  });
});

server.listen(0, '0.0.0.0', 4096, () => process.send?.((server.address() as AddressInfo).port));
process.on('message', () => process.send?.({ requests, connections, faults: counts } satisfies ServerCount));
process.on('disconnect', () => process.exit());
