// A TCP server that sends exactly the bytes it is told to: for answers that Node's HTTP server refuses to give.

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';

/** What is done on a connection. When it returns, the connection stays as it is until the client or close() ends it. */
export type RawScript = (connection: RawConnection) => void | Promise<void>;

/** Ends a script whose client went away; scripts need not catch it. */
class ClientGone extends Error {}

/** One connection, as its script sees it. */
class RawConnection {
  /** Ordinal of the connection, from 0. */
  readonly index: number;
  readonly #socket: Socket;
  readonly #gone = new AbortController();
  #received = '';
  #notify: (() => void) | null = null;

  constructor(socket: Socket, index: number) {
    this.index = index;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.#received += bytes.toString('latin1');
      this.#notify?.();
    });
    // A client that resets the connection is no fault of the server.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#gone.abort();
      this.#notify?.();
    });
  }

  /** Resolves with the head of the next request, from its first line to the empty line. */
  async request(): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n');
      if (end !== -1) {
        const head = this.#received.slice(0, end + 4);
        this.#received = this.#received.slice(end + 4);
        return head;
      }
      if (this.#gone.signal.aborted) throw new ClientGone();
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
  }

  /** Sends bytes (text as latin1) and resolves when the operating system has them. */
  send(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new ClientGone());
      const data = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
      this.#socket.write(data, (error) => (error ? reject(new ClientGone()) : resolve()));
    });
  }

  async wait(milliseconds: number): Promise<void> {
    await wait(milliseconds, undefined, { signal: this.#gone.signal }).catch(() => {
      throw new ClientGone();
    });
  }

  /** Closes our half in good order (FIN); the client may still send. */
  end(): void {
    this.#socket.end();
  }

  /** Resets the connection (RST), after a turn of the loop in which a client of this process reads what was sent. */
  async reset(): Promise<void> {
    await nextTurn();
    this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  static isGone(error: unknown): boolean {
    return error instanceof ClientGone;
  }
}

export interface RawServer {
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  url(path?: string): string;
  /** Destroys all connections. */
  close(): Promise<void>;
}

/**
 * Starts a server on a free port that runs the script for each connection.
 *
 * @param address 0.0.0.0 for all loopback addresses, which are as many hosts
 */
export async function startRawServer(script: RawScript, address = '127.0.0.1'): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    void run(script, new RawConnection(socket, connections++));
  });
  const port = await listen(server, address);
  return {
    port,
    get connections() {
      return connections;
    },
    url: (path = '/') => `http://127.0.0.1:${port}${path}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function run(script: RawScript, connection: RawConnection): Promise<void> {
  try {
    await script(connection);
  } catch (error) {
    if (!RawConnection.isGone(error)) throw error;
  }
}

async function listen(server: Server, address = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** A port of 127.0.0.1 at which nobody listens: connecting to it is refused. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
