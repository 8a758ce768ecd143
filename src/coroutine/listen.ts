// Where a server listens.

import type { Server } from 'node:net';
import type { TlsOptions } from 'node:tls';

/** A port, `host:port`, `[::1]:port`, `*:port`, or its parts. Port 0 is any free one; an empty host is every interface. */
export type ListenAddress = number | string | { readonly host?: string | undefined; readonly port: number };

/** An address of the network: one's own, or that of a peer. */
export interface NetworkAddress {
  readonly host: string;
  readonly port: number;
}

const WRITTEN = /^(?:(?<host>\[[^\]]*\]|[^:]*):)?(?<port>\d+)$/;

/** @throws RangeError when it is no address */
export function readListenAddress(written: ListenAddress): NetworkAddress {
  const { host, port } = typeof written === 'object' ? written : split(String(written));
  if (!(Number.isInteger(port) && port >= 0 && port <= 65535)) {
    throw new RangeError(`${JSON.stringify(written)} is no address to listen on; give a port or host:port`);
  }
  return { host: host === undefined || host === '*' ? '' : host, port };
}

function split(written: string): { readonly host?: string | undefined; readonly port: number } {
  const { host, port } = WRITTEN.exec(written)?.groups ?? {};
  return { host: host?.replace(/^\[|\]$/g, ''), port: Number(port ?? Number.NaN) };
}

/** Opens a server. node:net and node:tls are loaded by whoever serves, and by nobody else. @throws the system's error */
export async function listen(
  { host, port }: NetworkAddress,
  backlog: number,
  tls: TlsOptions | null,
): Promise<Server> {
  // Half open: who has sent all he had still gets his answer. The end of the handler closes.
  const server =
    tls === null
      ? (await import('node:net')).createServer({ allowHalfOpen: true })
      : (await import('node:tls')).createServer({ ...tls, allowHalfOpen: true });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, backlog, ...(host !== '' && { host }) }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}
