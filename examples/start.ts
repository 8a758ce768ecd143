// `npm start`: the main job without the internet. Serves fixtures/site on loopback and lets fetchall get urls.txt from
// there, first one by one, then concurrently.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FixtureServer, startFixtureServer } from './fixture-server.js';

/** Seen from build/examples/. */
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The port of the list's first URL. */
function portOf(list: string): number {
  const line = readFileSync(list, 'utf8')
    .split('\n')
    .find((text) => text.startsWith('http://127.0.0.1:'));
  if (line === undefined) throw new Error(`${list} names no URL of this server (http://127.0.0.1:PORT/...)`);
  return Number(new URL(line.split(/\s/, 1)[0] ?? '').port);
}

/** Runs the command line tool in this terminal and resolves with its exit code. */
function runFetchall(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'bin', 'fetchall.js'), ...args], {
      cwd: root,
      stdio: 'inherit',
    });
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    process.on('SIGINT', () => {
      // From a terminal the child has had its own Ctrl-C, and a second one would make it stop at once.
      if (process.stdin.isTTY !== true) child.kill('SIGINT');
    });
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

async function serve(port: number): Promise<FixtureServer | null> {
  try {
    return await startFixtureServer({ folder: join(root, 'fixtures', 'site'), port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    console.error(
      `port ${port} is taken: end the program that listens there, or write another port in urls.txt`,
    );
    return null;
  }
}

async function start(): Promise<number> {
  const server = await serve(portOf(join(root, 'urls.txt')));
  if (server === null) return 1;
  console.error(`serving fixtures/site at ${server.origin}, 150 ms before each first byte`);
  try {
    return await runFetchall(['urls.txt', '--compare', '--out', 'downloads']);
  } finally {
    await server.close();
  }
}

process.exitCode = await start();
