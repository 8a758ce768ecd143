// An HTTP/2 server that sends exactly the frames it is told to (RFC 9113 4.1): for what node:http2 refuses to send.

import type { AddressInfo, Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { tlsFile } from './test-server.js';

const PREFACE = 24;
const TYPES = { data: 0, headers: 1, reset: 3, settings: 4, goaway: 7, continuation: 9 };

/** Bytes of a frame that every client takes (RFC 9113 4.2). */
const LARGEST_FRAME = 16_384;

type FrameType = keyof typeof TYPES;

/** What is done with a stream that was opened. */
export type FrameScript = (stream: FrameStream) => void | Promise<void>;

export class FrameStream {
  /** Ordinal of the request, from 0, over all connections. */
  readonly index: number;
  readonly id: number;
  /** Ordinal of the connection, from 0. */
  readonly connection: number;
  /** Resolves when the client has given the stream up, with the error code (RFC 9113 7). */
  readonly cancelled: Promise<number>;
  readonly #socket: Socket;

  constructor(
    socket: Socket,
    of: { index: number; id: number; connection: number; cancelled: Promise<number> },
  ) {
    this.#socket = socket;
    ({ index: this.index, id: this.id, connection: this.connection, cancelled: this.cancelled } = of);
  }

  /** Sends `:status` and fields; `isLast` is END_STREAM. */
  head(status: number, fields: Readonly<Record<string, string>> = {}, isLast = false): void {
    const pairs = [[':status', String(status)], ...Object.entries(fields)];
    const block = Buffer.concat(pairs.map(([name = '', value = '']) => literal(name, value)));
    for (let at = 0; at < block.length; at += LARGEST_FRAME) {
      const part = block.subarray(at, at + LARGEST_FRAME);
      const flags = (at + LARGEST_FRAME >= block.length ? 0x4 : 0) | (isLast && at === 0 ? 1 : 0);
      this.#send(at === 0 ? 'headers' : 'continuation', flags, this.id, part);
    }
  }

  data(bytes: Uint8Array | string, isLast = false): void {
    this.#send('data', isLast ? 1 : 0, this.id, Buffer.from(bytes as Uint8Array));
  }

  /** RST_STREAM. */
  reset(code: number): void {
    this.#send('reset', 0, this.id, number32(code));
  }

  /** GOAWAY. @param last the last stream that was or will be looked at */
  goAway(code: number, last: number): void {
    this.#send('goaway', 0, 0, Buffer.concat([number32(last), number32(code)]));
  }

  /** Bytes of any frame, or of none. */
  raw(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Ends the connection in good order, or not. */
  close(how: 'end' | 'reset' = 'end'): void {
    if (how === 'end') this.#socket.end();
    else this.#socket.destroy();
  }

  #send(type: FrameType, flags: number, id: number, payload: Buffer): void {
    this.#socket.write(frame(type, flags, id, payload));
  }
}

export interface FrameServer {
  readonly port: number;
  readonly connections: number;
  readonly requests: number;
  url(path?: string): string;
  close(): Promise<void>;
}

/** @param maxStreams what the server says that it allows at once on a connection (SETTINGS_MAX_CONCURRENT_STREAMS) */
export async function startFrameServer(script: FrameScript, maxStreams = 100): Promise<FrameServer> {
  const sockets = new Set<TLSSocket>();
  const count = { connections: 0, requests: 0 };
  const options = { key: tlsFile('leaf.key'), cert: tlsFile('valid.pem'), ALPNProtocols: ['h2'] };
  const server = createServer(options, (socket) => {
    sockets.add(socket);
    const connection = count.connections++;
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.write(frame('settings', 0, 0, Buffer.concat([Buffer.from([0, 3]), number32(maxStreams)])));
    const cancels = new Map<number, (code: number) => void>();
    onFrames(socket, (type, flags, id, payload) => {
      if (type === TYPES.settings && flags === 0) socket.write(frame('settings', 1, 0, Buffer.alloc(0)));
      if (type === TYPES.reset) cancels.get(id)?.(payload.readUInt32BE(0));
      if (type !== TYPES.headers) return;
      const cancelled = new Promise<number>((resolve) => cancels.set(id, resolve));
      void script(new FrameStream(socket, { index: count.requests++, id, connection, cancelled }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get connections() {
      return count.connections;
    },
    get requests() {
      return count.requests;
    },
    url: (path = '/') => `https://127.0.0.1:${port}${path}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function onFrames(
  socket: Socket,
  take: (type: number, flags: number, id: number, payload: Buffer) => void,
): void {
  let received: Buffer = Buffer.alloc(0);
  let isGreeted = false;
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    if (!isGreeted && received.length >= PREFACE) {
      isGreeted = true;
      received = received.subarray(PREFACE);
    }
    while (isGreeted && received.length >= 9 && received.length >= 9 + received.readUIntBE(0, 3)) {
      const end = 9 + received.readUIntBE(0, 3);
      take(received[3] ?? 0, received[4] ?? 0, received.readUInt32BE(5), received.subarray(9, end));
      received = received.subarray(end);
    }
  });
}

function frame(type: FrameType, flags: number, id: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = TYPES[type];
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

/** A literal field without indexing, no Huffman (RFC 7541 6.2.2). */
function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

function text(written: string): Buffer {
  const bytes = Buffer.from(written, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  // An integer with a prefix of seven bits (RFC 7541 5.1).
  const digits = [127];
  let left = bytes.length - 127;
  for (; left >= 128; left >>= 7) digits.push((left & 127) | 128);
  return Buffer.concat([Buffer.from([...digits, left]), bytes]);
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
