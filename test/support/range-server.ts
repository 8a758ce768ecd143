// A server of one file in ranges, which can do wrong by each of them. No vitest in here: benches use it too.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { constants, createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { tlsFile } from './test-server.js';

export interface RangeRequest {
  /** Ordinal, from 0. */
  readonly index: number;
  /** As asked for; null for all of the file. */
  readonly range: { readonly start: number; readonly end: number } | null;
  readonly ifRange: string | null;
}

/** What is wrong with one answer. */
export interface RangeFault {
  /** In place of a 206 or a 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** All of the file, whatever was asked for. */
  readonly ignoresRange?: boolean;
  /** A 206 whatever If-Range says. */
  readonly careless?: boolean;
  readonly etag?: string | null;
  readonly content?: Buffer;
  readonly contentRange?: string;
  /** Bytes of the body after which the connection is closed, reset, or says nothing more. */
  readonly cut?: number;
  readonly how?: 'closed' | 'reset' | 'silent';
  /** No answer at all: the connection is reset; with HTTP/2 the stream, with ENHANCE_YOUR_CALM. */
  readonly isDropped?: boolean;
  /** The body does not begin before it is fulfilled, nor does a refusal come. */
  readonly hold?: PromiseLike<unknown>;
}

export interface RangeSite {
  readonly url: string;
  readonly seen: RangeRequest[];
  /** Bytes of bodies handed to sockets. */
  sent: number;
  /** Requests under way, and the most that have been. */
  inFlight: number;
  most: number;
  close(): void;
}

const PIECE = 16_384;

type Response = ServerResponse | Http2ServerResponse;

/** @param faultOf what to do to a request; nothing for an answer as it should be */
export async function rangeServer(
  content: Buffer,
  faultOf: (request: RangeRequest, site: RangeSite) => RangeFault | undefined = () => undefined,
  { http2 = false } = {},
): Promise<RangeSite> {
  const take = (request: IncomingMessage | Http2ServerRequest, response: Response) =>
    void answer(request, response).catch(() => {});
  const tls = () => ({ key: tlsFile('leaf.key'), cert: tlsFile('valid.pem') });
  const server = http2 ? createSecureServer(tls(), take) : createServer(take);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  const site: RangeSite = { url: '', seen: [], sent: 0, inFlight: 0, most: 0, close };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(site, {
    url: `${http2 ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}/a.bin`,
  });

  function close(): void {
    server.close();
    for (const socket of sockets) socket.destroy();
  }

  async function answer(
    { headers }: IncomingMessage | Http2ServerRequest,
    response: Response,
  ): Promise<void> {
    site.most = Math.max(site.most, ++site.inFlight);
    response.once('close', () => site.inFlight--);
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    const ifRange = typeof headers['if-range'] === 'string' ? headers['if-range'] : null;
    const asked =
      from === undefined ? null : { start: Number(from), end: to ? Number(to) + 1 : content.length };
    const request = { index: site.seen.length, range: asked, ifRange };
    site.seen.push(request);
    const fault = faultOf(request, site) ?? {};
    await send(request, fault, response);
  }

  async function send(
    { range, ifRange }: RangeRequest,
    fault: RangeFault,
    response: Response,
  ): Promise<void> {
    const { etag = '"A"', cut = Number.POSITIVE_INFINITY, content: bytes = content } = fault;
    if (fault.isDropped === true) {
      await fault.hold;
      breakOff(response, true);
      return;
    }
    if (fault.status !== undefined) {
      await fault.hold;
      response.writeHead(fault.status, fault.headers).end();
      return;
    }
    const isPart =
      range !== null &&
      fault.ignoresRange !== true &&
      (fault.careless === true || ifRange === null || ifRange === etag);
    const { start, end } = isPart ? range : { start: 0, end: bytes.length };
    const body = bytes.subarray(start, end);
    response.writeHead(isPart ? 206 : 200, {
      'accept-ranges': 'bytes',
      'content-length': body.length,
      ...(etag !== null && { etag }),
      ...(isPart && { 'content-range': fault.contentRange ?? `bytes ${start}-${end - 1}/${bytes.length}` }),
      ...fault.headers,
    });
    // node:http2 has sent them.
    if ('flushHeaders' in response) response.flushHeaders();
    const isGone = () => ('stream' in response ? response.stream.destroyed : response.destroyed);
    await fault.hold;
    for (let at = 0; at < Math.min(body.length, cut) && !isGone(); at += PIECE) {
      const piece = body.subarray(at, Math.min(at + PIECE, cut));
      site.sent += piece.length;
      await new Promise<void>((resolve) => writeTo(response, piece, resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (cut >= body.length) response.end();
    else if (fault.how !== 'silent') breakOff(response, fault.how === 'reset');
  }
}

function writeTo(response: Response, piece: Uint8Array, then: () => void): void {
  if ('stream' in response) response.stream.write(piece, then);
  else response.write(piece, then);
}

function breakOff(response: Response, isReset: boolean): void {
  if ('stream' in response) response.stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  else if (isReset) response.socket?.resetAndDestroy();
  else response.socket?.end();
}
