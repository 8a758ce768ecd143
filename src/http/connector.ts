// What connects sockets for one side: undici's own connector, with three of its habits mended.

import { isIP, type LookupFunction, Socket } from 'node:net';
import { guardedLookup, refusedAddress } from './guarded-lookup.js';
import type { HttpOptions } from './options.js';
import { watchReading } from './reading-socket.js';

/** Whom to connect to. */
export interface Target {
  /** A name, or an address without brackets. */
  readonly hostname: string;
  /** With the port, where that is not the scheme's. */
  readonly host?: string;
  readonly protocol: string;
  /** Empty for the scheme's. */
  readonly port: string;
}

export type Connected = (...outcome: [error: null, socket: Socket] | [error: Error, socket: null]) => void;

export type Connect = (target: Target, callback: Connected) => void;

interface ConnectOptions {
  /** In ms, TLS included. */
  readonly timeout: number;
  readonly rejectUnauthorized: boolean;
  readonly lookup: LookupFunction;
  /** Whether HTTP/2 is offered beside HTTP/1.1 (ALPN, RFC 7301). */
  readonly allowH2: boolean;
}

/** The way to the network. Tests put their own in, to speak of public addresses without leaving loopback. */
export interface Network {
  /** Resolves names, as `dns.lookup` does. */
  readonly lookup: LookupFunction;
  /** Makes what connects sockets; it gets its addresses from the lookup among its options, or as they stand in the URL. */
  readonly connector: (options: ConnectOptions) => Connect;
}

export class Connector {
  readonly #connect: Connect;
  readonly #isPublic: boolean;
  /** Sockets whose connection or TLS handshake is under way: undici would wait for these before it lets go. */
  readonly #connecting = new Set<Socket>();

  constructor(
    { connectTimeout, insecure }: Pick<HttpOptions, 'connectTimeout' | 'insecure'>,
    network: Network,
    { isPublic, allowH2 }: { readonly isPublic: boolean; readonly allowH2: boolean },
  ) {
    this.#isPublic = isPublic;
    this.#connect = network.connector({
      timeout: connectTimeout,
      rejectUnauthorized: !insecure,
      lookup: guardedLookup(network.lookup, isPublic),
      allowH2,
    });
  }

  connect(target: Target, callback: Connected): void {
    // An address that stands in the URL is not looked up.
    const { hostname, host } = target;
    const refusal = isIP(hostname) === 0 ? null : refusedAddress(host ?? hostname, hostname, this.#isPublic);
    if (refusal !== null) {
      queueMicrotask(() => callback(refusal, null));
      return;
    }
    // It does return the socket, which its type leaves out.
    const socket: unknown = this.#connect(target, (...outcome) => {
      if (socket instanceof Socket) this.#connecting.delete(socket);
      // undici takes ECONNRESET for the end of a body that has neither length nor chunks, and half a file would pass for
      // whole. Under the name of its twin it is an error.
      outcome[1]?.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNRESET') error.code = 'ECONNABORTED';
      });
      if (outcome[1] instanceof Socket && !speaksHttp2(outcome[1])) watchReading(outcome[1]);
      callback(...outcome);
    });
    if (socket instanceof Socket) this.#connecting.add(socket);
  }

  close(): void {
    for (const socket of this.#connecting) socket.destroy(new Error('the transport is closed'));
  }
}

/** Whether HTTP/2 was agreed on in the handshake. No `instanceof`: node:tls reads the system's certificates when it is loaded. */
export function speaksHttp2(socket: Socket): boolean {
  return 'alpnProtocol' in socket && socket.alpnProtocol === 'h2';
}
