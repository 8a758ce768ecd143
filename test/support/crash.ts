// A job of 300 files that is killed at a random moment and then done by the same command. The server counts what that costs.

import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openStore } from '../../src/state/open-store.js';
import { startFetchall } from './command-line.js';

const FILES = 300;
/** Every so many files one is large enough to have its part on record. */
const LARGE_EVERY = 30;
/** Bytes of a file that is fetched in several ranges; not a multiple of anything. */
const SPLIT_SIZE = 64 * 1_048_576 + 4_321;
const SPLIT = '/split.bin';
const PIECE = 32_768;

/** Numbers from a seed (mulberry32), so that a run can be repeated. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function contentOf(path: string, size: number): Buffer {
  const block = createHash('sha512').update(path).digest();
  return Buffer.alloc(size, block);
}

/** The server of one job, and what it has seen. */
class CrashSite {
  readonly files = new Map<string, Buffer>();
  /** Paths asked for since `begin`, in order. */
  asked: string[] = [];
  sent = 0;
  wasSplit = false;
  /** Called when something has been sent. */
  onSent: () => void = () => {};
  readonly #server: Server;
  /** Bytes of the last body on each connection. */
  readonly #last = new Map<Socket, number>();

  constructor(random: () => number, isSplit: boolean) {
    for (let at = 0; at < FILES; at++) {
      const size = at % LARGE_EVERY === 7 ? 2_000_000 + random() * 2_000_000 : random() ** 3 * 100_000;
      this.files.set(`/${at}.bin`, contentOf(`/${at}`, Math.floor(size)));
    }
    // The last: then there are slots to spare.
    if (isSplit) this.files.set(SPLIT, contentOf(SPLIT, SPLIT_SIZE));
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on('connection', (socket) => {
      socket.on('error', () => {});
      this.#last.set(socket, 0);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Forgets what was seen. */
  begin(): void {
    this.asked = [];
    this.#last.clear();
  }

  /** Bytes that a client that is killed now may not have kept: the last body on each of its connections. */
  get inFlight(): number {
    return [...this.#last.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  get size(): number {
    return [...this.files.values()].reduce((sum, { length }) => sum + length, 0);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer({ url = '', headers, socket }: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked.push(url);
    this.#last.set(socket, 0);
    const content = this.files.get(url) ?? Buffer.alloc(0);
    const etag = `"${url}"`;
    const range = headers['if-range'] === etag ? rangeOf(headers.range, content.length) : null;
    this.wasSplit ||= range !== null && range.end < content.length;
    if (range !== null && range.start >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}`, etag }).end();
      return;
    }
    const body = range === null ? content : content.subarray(range.start, range.end);
    response.writeHead(range === null ? 200 : 206, {
      etag,
      'accept-ranges': 'bytes',
      'content-length': body.length,
      ...(range !== null && { 'content-range': `bytes ${range.start}-${range.end - 1}/${content.length}` }),
    });
    const closed = new Promise((resolve) => response.once('close', resolve));
    for (let at = 0; at < body.length && !response.destroyed; at += PIECE) {
      const piece = body.subarray(at, at + PIECE);
      await nextTurn();
      const taken = response.write(piece);
      this.sent += piece.length;
      this.#last.set(socket, (this.#last.get(socket) ?? 0) + piece.length);
      this.onSent();
      if (!taken && !response.destroyed)
        await Promise.race([new Promise((resolve) => response.once('drain', resolve)), closed]);
    }
    response.end();
  }
}

/** Up to, not including, `end`. */
function rangeOf(field: string | undefined, size: number): { start: number; end: number } | null {
  const [, start, last = ''] = /^bytes=(\d+)-(\d*)$/.exec(field ?? '') ?? [];
  if (start === undefined) return null;
  return { start: Number(start), end: last === '' ? size : Math.min(Number(last) + 1, size) };
}

export interface CrashOutcome {
  readonly seed: number;
  /** Whether the kill came in time. */
  readonly killed: boolean;
  /** Whether it came while the notes were written. */
  readonly inNotes: boolean;
  /** What is wrong; empty when nothing is. */
  readonly faults: readonly string[];
  /** Whether one of the files was fetched in several ranges, which is seen by the server. */
  readonly wasSplit: boolean;
  /** Bytes sent beyond those of the files, and how many may have been on their way at the kill. */
  readonly again: number;
  readonly inFlight: number;
  readonly size: number;
}

export interface CrashOptions {
  /** Of the run that is killed, and of the one that goes on. */
  readonly flags?: readonly string[];
  /** With one file more, of 64 MiB, in four ranges. */
  readonly isSplit?: boolean;
}

/** @param folder an empty one */
export async function crash(
  seed: number,
  folder: string,
  { flags: own = [], isSplit = false }: CrashOptions = {},
): Promise<CrashOutcome> {
  const flags = isSplit ? [...own, '--split', '4'] : own;
  const random = randomFrom(seed);
  const site = new CrashSite(random, isSplit);
  const origin = await site.listen();
  try {
    writeFileSync(join(folder, 'urls.txt'), [...site.files.keys()].map((path) => origin + path).join('\n'));
    const inNotes = seed % 3 === 0;
    const killed = await killedRun(site, folder, random, { inNotes, flags });
    const { inFlight } = site;
    const complete = await recordedComplete(folder);
    site.begin();
    const second = await startFetchall(commandOf(flags), { cwd: folder, timeout: 60_000 }).result;
    const faults = faultsOf(site, join(folder, 'out'), complete);
    if (second.code !== 0) faults.push(`the second run ended with ${second.code}: ${second.stderr}`);
    const again = site.sent - site.size;
    // What is done of a file in ranges is on record every half a second: how many bytes that is depends on the machine.
    if (!isSplit && again > 0.1 * site.size + inFlight)
      faults.push(`${again} bytes were sent again; ${inFlight} were in flight`);
    return { seed, killed, inNotes, faults, again, inFlight, size: site.size, wasSplit: site.wasSplit };
  } finally {
    site.close();
  }
}

function commandOf(flags: readonly string[]): string[] {
  return ['urls.txt', '-o', 'out', '-q', ...flags];
}

/** @returns false when the run was over before the kill */
async function killedRun(
  site: CrashSite,
  cwd: string,
  random: () => number,
  { inNotes, flags }: { readonly inNotes: boolean; readonly flags: readonly string[] },
): Promise<boolean> {
  const notes = join(cwd, 'out', '.fetchall');
  mkdirSync(notes, { recursive: true });
  const run = startFetchall(commandOf(flags), { cwd, timeout: 60_000 });
  const kill = (): void => run.kill('SIGKILL');
  const moment = random();
  // The journal is written just before the notes are, and cut just after.
  let writes = Math.floor(moment * 12);
  const watcher = inNotes
    ? watch(notes, (_, name) => {
        if (name === 'state.db-journal' && site.sent > 0 && writes-- <= 0) kill();
      })
    : null;
  if (!inNotes)
    site.onSent = () => {
      if (site.sent >= moment * site.size) kill();
    };
  const { signal } = await run.result;
  watcher?.close();
  site.onSent = () => {};
  return signal === 'SIGKILL';
}

/** Read from a copy, so that the next run has to recover by itself. */
async function recordedComplete(folder: string): Promise<string[]> {
  const copy = join(folder, 'copy');
  if (!existsSync(join(folder, 'out', '.fetchall', 'state.db'))) return [];
  mkdirSync(copy);
  cpSync(join(folder, 'out', '.fetchall'), join(copy, '.fetchall'), { recursive: true });
  const store = await openStore(copy, { synchronous: 'OFF' });
  try {
    return [...store.saved()].map(({ file }) => `/${file}`);
  } finally {
    await store.close();
    rmSync(copy, { recursive: true });
  }
}

function faultsOf(site: CrashSite, out: string, complete: readonly string[]): string[] {
  const faults: string[] = [];
  const names = readdirSync(out).filter((name) => name !== '.fetchall');
  for (const name of names) if (!site.files.has(`/${name}`)) faults.push(`${name} was left behind`);
  for (const [path, content] of site.files) {
    if (!names.includes(path.slice(1))) faults.push(`${path} is missing`);
    else if (!readFileSync(join(out, path)).equals(content)) faults.push(`${path} is not what was sent`);
  }
  for (const path of complete)
    if (site.asked.includes(path)) faults.push(`${path} was on record as complete, and asked for again`);
  return faults;
}
