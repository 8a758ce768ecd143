// All that answers: nginx over a site in the scratch folder, and the server of what waits.

import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { startNginx } from './nginx.js';
import { BUILT } from './places.js';
import { makeCertificate, makeSite } from './site.js';
import type { Ports, Work } from './works.js';

export interface Servers {
  readonly ports: Ports;
  stop(): Promise<void>;
}

/** @throws Error if what the works need is not installed */
export async function startServers(folder: string, works: readonly Work[]): Promise<Servers> {
  const site = join(folder, 'site');
  makeSite(site, works);
  const certificate = works.some(({ scheme }) => scheme === 'https') ? makeCertificate(folder) : undefined;
  const nginx = await startNginx(join(folder, 'nginx'), site, certificate);
  const delaying = works.some(({ latency }) => latency > 0) ? await startDelaying() : undefined;
  return {
    ports: { http: nginx.http, https: nginx.https, delaying: delaying?.port ?? 0 },
    async stop() {
      delaying?.child.disconnect();
      await nginx.stop();
    },
  };
}

function startDelaying(): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  return new Promise((resolve, reject) => {
    const child = fork(join(BUILT, 'delaying-server.js'));
    child.once('message', (port) => resolve({ child, port: Number(port) }));
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the delaying server did not start')));
  });
}
