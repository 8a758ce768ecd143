// A plain static server on loopback. Its latency stands for the distance of a real server: without one, a run of small
// files would measure the disk.

import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
};

export interface FixtureServerOptions {
  /** The folder that is served; a path that ends in `/` means the `index.html` in it. */
  readonly folder: string;
  /** ms before the first byte of every answer: 150 when not given. */
  readonly latency?: number;
  /** A free one is taken when not given. */
  readonly port?: number;
}

export interface FixtureServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Drops all connections. */
  close(): Promise<void>;
}

/** Serves the folder; rejects with Node's EADDRINUSE when the port is taken. */
export async function startFixtureServer(options: FixtureServerOptions): Promise<FixtureServer> {
  const { folder, latency = 150, port = 0 } = options;
  const server = createServer(
    (request, response) => void answer(resolve(folder), latency, request, response),
  );
  await new Promise<void>((done, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', done);
  });
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    origin: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  folder: string,
  latency: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await wait(latency);
  try {
    if (request.method === 'GET' || request.method === 'HEAD') await sendFile(folder, request, response);
    else refuse(response.setHeader('Allow', 'GET, HEAD'), 405, 'only GET and HEAD are served');
  } catch {
    // The client has gone, or the file has while it was read: a broken connection says both.
    response.destroy();
  }
}

async function sendFile(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = filePath(folder, request.url ?? '/');
  const file = path === null ? null : await lookUp(path);
  if (path === null || file === null) {
    refuse(response, 404, 'there is no such file');
    return;
  }
  response.setHeader('Content-Type', MEDIA_TYPES[extname(path)] ?? 'application/octet-stream');
  response.setHeader('Content-Length', file.size);
  response.setHeader('Last-Modified', file.mtime.toUTCString());
  response.setHeader('ETag', `"${file.size.toString(16)}-${Math.floor(file.mtimeMs).toString(16)}"`);
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(path), response);
}

/** The file that a request target names, or null when that would lie outside the folder. */
function filePath(folder: string, target: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(target.split(/[?#]/, 1)[0] ?? '');
  } catch {
    return null;
  }
  if (!path.startsWith('/') || path.includes('\0') || path.includes('\\')) return null;
  const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? file : null;
}

async function lookUp(path: string): Promise<Stats | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true ? found : null;
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}
