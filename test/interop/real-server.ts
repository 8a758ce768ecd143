// A server as a process of its own, on one port through all of its lives. Each life ends with its log written to the end.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.js';
import type { Place, Scheme, ServerKind } from './server-kinds.js';

const LONGEST_START = 10_000;
const LONGEST_STOP = 10_000;

/** A request as the server's log has it. */
export interface LoggedRequest {
  readonly status: number;
  /** As it was received; null for none. */
  readonly range: string | null;
  /** The file's name, decoded. */
  readonly name: string;
}

export class RealServer {
  readonly origin: string;
  readonly #kind: ServerKind;
  readonly #place: Place;

  private constructor(kind: ServerKind, place: Place) {
    this.#kind = kind;
    this.#place = place;
    this.origin = `${place.scheme}://127.0.0.1:${place.port}`;
  }

  /** @param folder for the server's own files; made here */
  static async on(kind: ServerKind, scheme: Scheme, site: string, folder: string): Promise<RealServer> {
    mkdirSync(folder);
    return new RealServer(kind, {
      scheme,
      port: await freePort(),
      site,
      folder,
      log: join(folder, 'asked.log'),
    });
  }

  /** Starts the server, waits for `use`, stops the server. @returns what it was asked in between, and what `use` returned */
  async during<T>(use: () => Promise<T>): Promise<{ readonly requests: LoggedRequest[]; readonly value: T }> {
    const { log } = this.#place;
    rmSync(log, { force: true });
    const child = await this.#start();
    const forget = atExit(() => child.kill('SIGKILL'));
    try {
      const value = await use();
      await stop(child, this.#kind.stop);
      return { value, requests: parseLog(readFileSync(log, 'utf8')) };
    } finally {
      if (isRunning(child)) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      forget();
    }
  }

  async #start(): Promise<ChildProcess> {
    const { folder, port } = this.#place;
    const configuration = join(folder, 'configuration');
    writeFileSync(configuration, this.#kind.configuration(this.#place));
    const args = this.#kind.args(configuration, this.#place);
    const child = spawn(this.#kind.program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    const forget = atExit(() => child.kill('SIGKILL'));
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    try {
      await once(child, 'spawn');
      for (const end = Date.now() + LONGEST_START; !(await answers(port)); await sleep(10)) {
        if (isRunning(child) && Date.now() < end) continue;
        child.kill('SIGKILL');
        const errors = join(folder, 'error.log');
        if (existsSync(errors)) complaint += readFileSync(errors, 'utf8');
        throw new Error(`${this.#kind.name} did not start: ${complaint.trim()}`);
      }
    } finally {
      forget();
    }
    return child;
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (!isRunning(child)) throw new Error('the server ended by itself');
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(LONGEST_STOP) });
  child.kill(signal);
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function parseLog(text: string): LoggedRequest[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, status, range, target] = /^(\d{3}) (\S+) GET \/(\S*) HTTP\/1\.1$/.exec(line) ?? [];
      if (status === undefined || range === undefined || target === undefined)
        throw new Error(`not a line of ours in the log: ${line}`);
      return {
        status: Number(status),
        range: range === '-' ? null : range,
        name: decodeURIComponent(target),
      };
    });
}
