// Ready-made scripts for the raw server: the ill-behaved answers that are tested again and again.

import type { RawScript } from './raw-server.js';

/** Answers the first request of a connection with these bytes, and closes. */
export function answerWith(bytes: string | Uint8Array): RawScript {
  return async (connection) => {
    await connection.request();
    await connection.send(bytes);
    connection.end();
  };
}

/** Sends these bytes after the request, then resets the connection (RST). */
export function resetAfter(bytes: string | Uint8Array): RawScript {
  return async (connection) => {
    await connection.request();
    await connection.send(bytes);
    await connection.reset();
  };
}

/** Sends these bytes after the request, then nothing more; the connection stays open. */
export function stallAfter(bytes: string | Uint8Array): RawScript {
  return async (connection) => {
    await connection.request();
    await connection.send(bytes);
  };
}

/** Accepts and says nothing: no answer over HTTP, and no handshake when it is spoken to in TLS. */
export const saysNothing: RawScript = () => {};

/** Closes every connection at once, before any request. */
export const closesAtOnce: RawScript = (connection) => connection.end();

/** A head of about so many bytes, in fields of 1,000 bytes each, and a short body. */
export function hugeHead(size = 1_048_576): RawScript {
  return async (connection) => {
    await connection.request();
    await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n');
    const field = (index: number) => `X-Filler-${index}: `.padEnd(998, 'x').concat('\r\n');
    for (let sent = 0; sent < size; sent += 1000) await connection.send(field(sent / 1000));
    await connection.send('\r\nok');
    connection.end();
  };
}

/** So many interim responses (RFC 9110 15.2), then the final one. */
export function interimFlood(count: number, interim = 'HTTP/1.1 102 Processing\r\n\r\n'): RawScript {
  return async (connection) => {
    await connection.request();
    for (let sent = 0; sent < count; sent++) await connection.send(interim);
    await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    connection.end();
  };
}

/** Two Content-Length fields that contradict each other (RFC 9112 6.3: to be refused). */
export const conflictingLengths = answerWith(
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nhello',
);

/** Lines end in LF alone. */
export const lineFeedsOnly = answerWith('HTTP/1.1 200 OK\nContent-Length: 2\n\nok');

/** Not HTTP at all. */
export const noHttp = answerWith('220 mail.example ESMTP\r\n');

/** A chunked body (RFC 9112 7.1) that ends without its last chunk. */
export const unfinishedChunks = answerWith(
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
);
