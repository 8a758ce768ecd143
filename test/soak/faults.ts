// All ways in which the server of the soak fails a request. A row: what it does, and whether the URL is lost by it.

import type { Socket } from 'node:net';

/** A right answer, from which faults are made. */
export interface Answer {
  readonly path: string;
  /** Status line and fields, without the empty line and without what says how long the body is. */
  readonly head: string;
  readonly body: Buffer;
}

export interface Fault {
  readonly name: string;
  /** The URL fails with this answer, and is not tried again. */
  readonly isFinal?: boolean;
  readonly act: (socket: Socket, answer: Answer) => void;
}

const DRIP_PIECES = 6;
const DRIP_PAUSE = 40;

function whole({ head, body }: Answer): Buffer {
  return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
}

/** The answer up to here; from 0 to 1 of its head, and from 1 to 2 of its body. */
function beginning(answer: Answer, upTo: number): Buffer {
  const bytes = whole(answer);
  const head = bytes.length - answer.body.length;
  return bytes.subarray(0, Math.floor(Math.min(1, upTo) * head + Math.max(0, upTo - 1) * answer.body.length));
}

const isSent = (text: string) => (socket: Socket) => void socket.write(text);

const thenReset = (upTo: number) => (socket: Socket, answer: Answer) =>
  // What is not read yet is lost with a reset, so that it comes a little later.
  void socket.write(beginning(answer, upTo), () => setTimeout(() => socket.resetAndDestroy(), 5));

const thenClosed = (upTo: number) => (socket: Socket, answer: Answer) =>
  void socket.end(beginning(answer, upTo));

const thenNothing = (upTo: number) => (socket: Socket, answer: Answer) =>
  void socket.write(beginning(answer, upTo));

const status = (line: string, fields = ''): ((socket: Socket) => void) =>
  isSent(`HTTP/1.1 ${line}\r\n${fields}Content-Length: 5\r\n\r\nsorry`);

const inASecond = (socket: Socket): void => {
  const date = new Date(Date.now() + 1000).toUTCString();
  status('429 Too Many Requests', `Retry-After: ${date}\r\n`)(socket);
};

function drip(socket: Socket, answer: Answer): void {
  const bytes = whole(answer);
  const size = Math.ceil(bytes.length / DRIP_PIECES);
  const send = (from: number): void => {
    if (socket.destroyed || from >= bytes.length) return;
    socket.write(bytes.subarray(from, from + size));
    setTimeout(send, DRIP_PAUSE, from + size);
  };
  send(0);
}

function inChunks({ body }: Answer): string {
  return `${body.length.toString(16)}\r\n${body.toString('latin1')}\r\n`;
}

const chunked = (end: string) => (socket: Socket, answer: Answer) =>
  void socket.end(`${answer.head}Transfer-Encoding: chunked\r\n\r\n${inChunks(answer)}${end}`, 'latin1');

const redirect = (to: (answer: Answer) => string) => (socket: Socket, answer: Answer) =>
  void socket.write(`HTTP/1.1 302 Found\r\nLocation: ${to(answer)}\r\nContent-Length: 0\r\n\r\n`);

const before = (text: string) => (socket: Socket, answer: Answer) => {
  socket.write(text);
  socket.write(whole(answer));
};

const TOLD = { isFinal: true };

export const FAULTS: readonly Fault[] = [
  { name: 'reset before the head', act: (socket) => socket.resetAndDestroy() },
  { name: 'reset within the head', act: thenReset(0.5) },
  { name: 'reset after the head', act: thenReset(1) },
  { name: 'reset within the body', act: thenReset(1.5) },
  { name: 'closed before the head', act: (socket) => socket.end() },
  { name: 'closed within the head', act: thenClosed(0.5) },
  { name: 'closed after the head', act: thenClosed(1) },
  { name: 'closed within the body', act: thenClosed(1.5) },
  { name: 'silence', act: () => {} },
  { name: 'silence within the head', act: thenNothing(0.5) },
  { name: 'silence after the head', act: thenNothing(1) },
  { name: 'silence within the body', act: thenNothing(1.5) },
  {
    name: 'silence within the body of an error',
    ...TOLD,
    act: isSent('HTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\nx'),
  },
  { name: 'a drip', act: drip },
  { name: '500', act: status('500 Internal Server Error') },
  { name: '503', act: status('503 Service Unavailable') },
  { name: '429', act: status('429 Too Many Requests') },
  { name: '503 with Retry-After', act: status('503 Service Unavailable', 'Retry-After: 1\r\n') },
  { name: '500 with Retry-After of now', act: status('500 Oh', 'Retry-After: 0\r\n') },
  { name: '429 with a date', act: inASecond },
  { name: '404', ...TOLD, act: status('404 Not Found') },
  {
    name: '403 with a long body',
    ...TOLD,
    act: isSent(`HTTP/1.1 403 No\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(100_000)}`),
  },
  { name: 'no HTTP', ...TOLD, act: (socket) => socket.end('220 mail.example ESMTP\r\n') },
  {
    name: 'a field that is none',
    ...TOLD,
    act: isSent('HTTP/1.1 200 OK\r\nno field\r\nContent-Length: 1\r\n\r\nx'),
  },
  {
    name: 'a head without end',
    ...TOLD,
    act: isSent(`HTTP/1.1 200 OK\r\n${`X-Filler: ${'y'.repeat(1000)}\r\n`.repeat(200)}`),
  },
  {
    name: 'two lengths',
    ...TOLD,
    act: isSent('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy'),
  },
  {
    name: 'a length and chunks',
    ...TOLD,
    act: isSent('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
  },
  { name: 'chunks', act: chunked('0\r\n\r\n') },
  { name: 'chunks without end', act: chunked('') },
  { name: 'a chunk size that is none', ...TOLD, act: chunked('zz\r\n') },
  {
    name: 'more than was promised',
    act: (socket, answer) => void socket.write(Buffer.concat([whole(answer), Buffer.from('more')])),
  },
  {
    name: 'without length',
    act: (socket, { head, body }) => void socket.end(Buffer.concat([Buffer.from(`${head}\r\n`), body])),
  },
  {
    name: 'a part that nobody asked for',
    ...TOLD,
    act: isSent('HTTP/1.1 206 Part\r\nContent-Range: bytes 5-5/10\r\nContent-Length: 1\r\n\r\nx'),
  },
  { name: 'early hints', act: before('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(5)) },
  {
    name: 'interim answers without end',
    ...TOLD,
    act: isSent('HTTP/1.1 102 Processing\r\n\r\n'.repeat(200)),
  },
  { name: 'a redirect to a file', ...TOLD, act: redirect(() => 'file:///etc/passwd') },
  { name: 'a redirect to itself', ...TOLD, act: redirect(({ path }) => path) },
  { name: 'a redirect elsewhere', act: redirect(({ path }) => `${path}?again`) },
  { name: 'redirects without end', ...TOLD, act: redirect(({ path }) => `/loop/0${path}`) },
];
