// One answer of the test server: what it says, and how its bytes go out.

import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';

/** Every knob is optional: `{}` is a 200 with an empty body and a Content-Length. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** Value of the Location field; without a status the answer is then a 302. */
  readonly location?: string;
  /** ms before the first byte. */
  readonly delay?: number;
  /** The answer begins when this is fulfilled: for tests that decide the order themselves. */
  readonly hold?: PromiseLike<unknown>;
  /** Sizes of the pieces of the body, used in turn again and again; each goes out in a write of its own. */
  readonly writeSizes?: number | readonly number[] | 'all';
  /** ms between two pieces. */
  readonly pause?: number;
  /** Transfer-Encoding: chunked, one HTTP chunk a piece. */
  readonly chunked?: boolean;
  /** Neither length nor chunks: the end of the connection ends the body. */
  readonly noLength?: boolean;
  /** After so many bytes of the body the connection is closed in good order (FIN), whatever was promised; over HTTP/2 the stream. */
  readonly truncateAt?: number;
  /** After so many bytes of the body the connection is reset (RST); over HTTP/2 the stream. */
  readonly resetAt?: number;
  /** After so many bytes of the body nothing more is said, and the connection stays open. */
  readonly stallAt?: number;
}

/** What {@link writeAnswer} needs of the connection. */
export interface AnswerConnection {
  /** Aborted when the client has gone. */
  readonly gone: AbortSignal;
  /** Called just before the last byte is handed to the socket. */
  ending(): void;
  /** Ends too early, in good order. */
  truncate(): void;
  reset(): void;
}

/** Sends the answer; stops without an error when the client goes away. */
export async function writeAnswer(
  answer: Answer,
  response: ServerResponse,
  connection: AnswerConnection,
): Promise<void> {
  if (answer.hold !== undefined) await answer.hold;
  if (!(await waited(answer.delay ?? 0, connection.gone)) || response.destroyed) return;
  const body =
    typeof answer.body === 'string' ? Buffer.from(answer.body) : (answer.body ?? new Uint8Array(0));
  writeHead(answer, response, body.length);
  const breakAt = Math.min(
    answer.truncateAt ?? Number.POSITIVE_INFINITY,
    answer.resetAt ?? Number.POSITIVE_INFINITY,
    answer.stallAt ?? Number.POSITIVE_INFINITY,
  );
  const breaks = breakAt !== Number.POSITIVE_INFINITY;
  if (!breaks && (answer.writeSizes ?? 'all') === 'all') {
    connection.ending();
    response.end(body);
    return;
  }
  response.flushHeaders();
  // A reset drops what the socket still holds: in smaller pieces the client can keep up with it.
  const sizes = answer.writeSizes ?? (answer.resetAt === undefined ? 'all' : 65_536);
  for (const piece of cut(body.subarray(0, breaks ? breakAt : body.length), sizes)) {
    // A turn of the loop between two writes lets a client in this process read each piece by itself.
    await nextTurn();
    if (!(await waited(answer.pause ?? 0, connection.gone)) || response.destroyed) return;
    if (!breaks && piece.byteOffset + piece.length === body.byteOffset + body.length) connection.ending();
    await new Promise<void>((resolve) => response.write(piece, () => resolve()));
  }
  await nextTurn();
  if (!breaks) response.end();
  else if (answer.resetAt === breakAt) connection.reset();
  else if (answer.truncateAt === breakAt) connection.truncate();
}

function writeHead(answer: Answer, response: ServerResponse, length: number): void {
  response.statusCode = answer.status ?? (answer.location === undefined ? 200 : 302);
  if (answer.location !== undefined) response.setHeader('Location', answer.location);
  if (answer.noLength === true) {
    response.removeHeader('Transfer-Encoding');
    response.removeHeader('Content-Length');
    response.setHeader('Connection', 'close');
  } else if (answer.chunked === true) {
    response.setHeader('Transfer-Encoding', 'chunked');
  } else if (response.statusCode !== 204 && response.statusCode !== 304) {
    response.setHeader('Content-Length', length);
  }
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
}

function* cut(body: Uint8Array, sizes: number | readonly number[] | 'all'): Generator<Uint8Array> {
  const turns = sizes === 'all' ? [Math.max(1, body.length)] : typeof sizes === 'number' ? [sizes] : sizes;
  let turn = 0;
  for (let offset = 0; offset < body.length; ) {
    const size = turns[turn++ % turns.length] ?? 0;
    if (size < 1) throw new RangeError('writeSizes are sizes from 1');
    yield body.subarray(offset, offset + size);
    offset += size;
  }
}

/** False when the client went away meanwhile. */
async function waited(milliseconds: number, gone: AbortSignal): Promise<boolean> {
  if (milliseconds <= 0) return !gone.aborted;
  try {
    await wait(milliseconds, undefined, { signal: gone });
    return true;
  } catch {
    return false;
  }
}
