// npm run bench http2: small files of a server with latency, 100 in flight over two connections with HTTP/2, against HTTP/1.1 with six
// requests to a host, as a polite client has them.

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from './downloads.js';
import { type Figure, figure } from './figures.js';
import { BUILT, COMMAND_LINE, removeFolder, scratchFolder } from './places.js';
import { makeCertificate } from './site.js';

const FILES = 1000;
const SIZE = 1000;
const LATENCY = 50;
const IN_FLIGHT = 100;
const PER_HOST = 6;
const ROUNDS = 5;
/** HTTP/2 may take so much of the time of HTTP/1.1, and so many connections. */
const MOST = 0.15;
const MOST_CONNECTIONS = 2;

interface Round {
  readonly seconds: number;
  readonly connections: number;
}

/** @returns what was measured, and what is asked of it */
export async function benchHttp2(
  { scale, rounds = ROUNDS }: Pick<Settings, 'scale' | 'rounds'>,
  say: (line: string) => void,
): Promise<Figure[]> {
  const folder = await scratchFolder(50 * 2 ** 20);
  const made = makeCertificate(folder);
  if (made === undefined) throw new Error('a certificate needs openssl');
  const server = fork(join(BUILT, 'http2-server.js'), [made.key, made.certificate]);
  try {
    const origin = `https://127.0.0.1:${await told(server)}`;
    const list = join(folder, 'list.txt');
    const files = Math.round(FILES * scale);
    const urls = Array.from({ length: files }, (_, n) => `${origin}/${SIZE}/${LATENCY}/${n}.bin`);
    writeFileSync(list, urls.join('\n'));
    const old: Round[] = [];
    const now: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      const http1 = await measure(server, { list, files, args: ['--per-host', String(PER_HOST)] });
      const args = ['--per-host', String(IN_FLIGHT), '--http2'];
      const http2 = await measure(server, { list, files, args });
      say(`HTTP/1.1, ${roundText(http1)}; HTTP/2, ${roundText(http2)}`);
      old.push(http1);
      now.push(http2);
    }
    const ratios = now.map(({ seconds }, round) => seconds / (old[round]?.seconds ?? Number.NaN));
    const connections = Math.max(...now.map((each) => each.connections));
    return [
      figure(
        `${files} files, ${LATENCY} ms: HTTP/1.1, ${PER_HOST} at a time`,
        old.map(({ seconds }) => seconds),
        's',
      ),
      figure(
        `HTTP/2, ${IN_FLIGHT} at a time`,
        now.map(({ seconds }) => seconds),
        's',
      ),
      figure('HTTP/2 / HTTP/1.1', ratios, 'x', { most: MOST }),
      figure('connections with HTTP/2, at most', connections, '', { most: MOST_CONNECTIONS }),
    ];
  } finally {
    server.disconnect();
    removeFolder(folder);
  }
}

async function told(server: ChildProcess): Promise<number> {
  const [number]: unknown[] = await once(server, 'message');
  return Number(number);
}

function roundText({ seconds, connections }: Round): string {
  return `${connections} connections: ${seconds.toFixed(2)} s`;
}

/** From the start of the process to its end. */
async function measure(
  server: ChildProcess,
  { list, files, args }: { readonly list: string; readonly files: number; readonly args: readonly string[] },
): Promise<Round> {
  const out = `${list}.out`;
  mkdirSync(out);
  const began = performance.now();
  const flags = ['-o', out, '--insecure', '-c', String(IN_FLIGHT), ...args, '--quiet'];
  const child = spawn(process.execPath, [COMMAND_LINE, list, ...flags], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'close');
  const seconds = (performance.now() - began) / 1000;
  const saved = readdirSync(out).filter((name) => name.endsWith('.bin')).length;
  if (saved !== files) throw new Error(`${saved} of ${files} files were saved`);
  removeFolder(out);
  const answer = told(server);
  server.send('connections');
  return { seconds, connections: await answer };
}
