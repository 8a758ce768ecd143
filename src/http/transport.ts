// The seam between fetchall and HTTP: one request out, one response pushed back. Everything above it (redirects,
// retries, limits) is ours; everything below it belongs to the library that drives the sockets.

import type { FetchallError } from '../model/errors.js';

/** Field names in lower case; a field that came several times is a list. Values are as received, read as latin1. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface HttpRequest {
  /** Without user, password and fragment. */
  readonly url: URL;
  /** Name, value, name, value ... in the order in which they are sent. Host is the transport's. */
  readonly headers: readonly string[];
  /**
   * Whether only a public address may be asked; else ERR_BLOCKED, before a connection is made. A transport that resolves no
   * names (any fetch) need not heed it: what the URL itself tells has been checked.
   */
  readonly publicOnly?: boolean;
}

export interface ResponseHead {
  /** The URL that answered. */
  readonly url: URL;
  /** Whether the address that answered is public; left out where that cannot be known. */
  readonly isPublic?: boolean;
  /** 200 to 599: interim responses are not handed on. */
  readonly status: number;
  /** The reason phrase, for an archive; left out where it cannot be had. */
  readonly reason?: string;
  readonly headers: HeaderFields;
  /** Name, value, name, value ... exactly the bytes received, for an archive; empty where they cannot be had. */
  readonly rawHeaders: readonly Uint8Array[];
  /** Length of the body that will be handed on, where the response tells it (RFC 9110 8.6); else null. */
  readonly length: number | null;
  /**
   * Whether the body says where it ends: by a length, by chunks, or by having none. Else it ends with the connection, and
   * nobody can tell whether all of it has come. Left out where that cannot be known.
   */
  readonly isEndMarked?: boolean;
  /** Whether the transport undoes content codings by itself, as any fetch does. */
  readonly isDecoded?: boolean;
}

/**
 * Takes one response as it arrives: onSent as often as it is sent, onRequest at most once, onHead once, onData any number of times, then exactly one of onEnd and onError.
 * An error can also come first. After {@link Exchange.abort} nothing more is called.
 */
export interface Receiver {
  /**
   * For an archive: the head of the request, exactly the bytes sent, request line and last empty line included. Only a
   * receiver that has this method costs anything; it is never called where the bytes cannot be had (fetch).
   *
   * @param address who is asked; null where that is not known
   */
  onRequest?(head: Uint8Array, address: string | null): void;
  /** The request goes out over a connection; see {@link Transport.tellsSending}. */
  onSent?(): void;
  onHead(head: ResponseHead): void;
  /** The bytes stay valid after the call; they may be views into a larger buffer. */
  onData(bytes: Uint8Array): void;
  onEnd(): void;
  onError(error: FetchallError): void;
}

/** A request on its way. */
export interface Exchange {
  /** Asks for no more data; what has already been read off the socket may still come. */
  pause(): void;
  resume(): void;
  /** Gives the response up, in whatever state it is; the receiver hears nothing more. */
  abort(): void;
}

export interface Transport {
  /** Whether receivers are told when a request goes out: the time for its name and connection is known then. */
  readonly tellsSending?: boolean;
  /** Sends a GET. Never calls the receiver before it has returned. */
  send(request: HttpRequest, receiver: Receiver): Exchange;
  /** Drops all connections, at once. */
  close(): Promise<void>;
}
