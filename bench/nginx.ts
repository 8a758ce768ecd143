// nginx on loopback ports, with one worker: the clients have the other core.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findProgram } from './places.js';
import type { Certificate } from './site.js';

export interface Nginx {
  readonly http: number;
  /** 0 without a certificate. */
  readonly https: number;
  stop(): Promise<void>;
}

export const INSTALL_NGINX = 'apt-get install nginx-light';

/** @throws Error if there is no nginx, or it does not start */
export async function startNginx(
  folder: string,
  site: string,
  certificate: Certificate | undefined,
): Promise<Nginx> {
  const program = findProgram('nginx');
  if (program === undefined) throw new Error(`nginx is not installed: ${INSTALL_NGINX}`);
  mkdirSync(folder, { recursive: true });
  const [http, https] = [await freePort(), certificate === undefined ? 0 : await freePort()];
  const configuration = join(folder, 'nginx.conf');
  writeFileSync(configuration, configurationOf(folder, site, { http, https }, certificate));
  const errors = join(folder, 'error.log');
  const child = spawn(program, ['-p', folder, '-c', configuration, '-e', errors], { stdio: 'ignore' });
  process.prependOnceListener('exit', () => child.kill());
  await untilItListens(child, http, errors);
  return { http, https, stop: () => stopped(child) };
}

/** With all that nginx would otherwise write elsewhere. */
export function configurationOf(
  folder: string,
  site: string,
  { http, https }: { readonly http: number; readonly https: number },
  certificate: Certificate | undefined,
): string {
  // Its worker gives up root's rights, and could then not read a folder that is only ours.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  const secure =
    certificate === undefined
      ? ''
      : `listen 127.0.0.1:${https} ssl backlog=4096;
    ssl_certificate ${certificate.certificate};
    ssl_certificate_key ${certificate.key};`;
  return `${user}
daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid ${join(folder, 'nginx.pid')};
events { worker_connections 8192; }
http {
  ${temporary.join('\n  ')}
  access_log off;
  sendfile on;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  types { text/html html; }
  default_type application/octet-stream;
  server {
    listen 0.0.0.0:${http} backlog=4096;
    ${secure}
    allow 127.0.0.0/8;
    deny all;
    root ${site};
    location /same/ { return 200 "${'x'.repeat(100)}"; }
  }
}
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

async function untilItListens(child: ChildProcess, port: number, errors: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${readFileSync(errors, 'utf8')}`);
    if (await isListening(port)) return;
    await wait(10);
  }
  child.kill();
  throw new Error('nginx does not listen after five seconds');
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill();
  await gone;
}
