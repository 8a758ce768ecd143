// Whoever takes part in a work: ways to run fetchall, the peers that are installed, and what the work is measured by.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from './compile.js';
import { PEERS, urlLines } from './peers.js';
import { COMMAND_LINE } from './places.js';
import { type Address, addressesOf, type Ports, type Variant, type Work } from './works.js';

export interface Contender {
  readonly name: string;
  /** What only starts saves nothing. */
  readonly kind: 'fetchall' | 'peer' | 'limit' | 'start';
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** All of a work. Their lists are written into a folder, their files shall go to `out`. */
export function contendersOf(
  work: Work,
  ports: Ports,
  folder: string,
  out: string,
  isAsked: (peer: string) => boolean = () => true,
): Contender[] {
  mkdirSync(folder, { recursive: true });
  const addresses = addressesOf(work, ports);
  const urls = addresses.map(({ host, port, path }) => `${work.scheme}://${host}:${port}${path}`);
  const list = join(folder, 'urls.txt');
  writeFileSync(list, urlLines(urls));
  return [
    ...work.variants.map((variant) => fetchallOf(work, variant, list, out)),
    ...peersOf(work, urls, folder, out, isAsked),
    ...yardsticksOf(work, addresses, folder, out),
  ];
}

function fetchallOf(work: Work, variant: Variant, list: string, out: string) {
  const { scheme, latency } = work;
  const { concurrency = work.concurrency } = variant;
  const argv = [process.execPath, COMMAND_LINE, list, '--out', out];
  if (concurrency !== null)
    argv.push('--concurrency', String(concurrency), '--per-host', String(concurrency));
  argv.push(...variant.flags);
  if (scheme === 'https') argv.push('--insecure');
  // For the summary's own `seconds`.
  if (latency > 0) argv.push('--json');
  return { name: variant.name, kind: 'fetchall', argv } as const;
}

function peersOf(
  work: Work,
  urls: readonly string[],
  folder: string,
  out: string,
  isAsked: (peer: string) => boolean,
): Contender[] {
  const asked = PEERS.filter(({ name }) => isAsked(name) && (work.peers?.includes(name) ?? true));
  return asked.flatMap((peer) => {
    const program = peer.find();
    if (program === undefined) return [];
    const list = join(folder, `${peer.name.replaceAll(' ', '')}.list`);
    writeFileSync(list, peer.listOf?.(urls, out) ?? urlLines(urls));
    const argv = [program, ...peer.argvOf({ list, out, concurrency: work.concurrency })];
    return [{ name: peer.name, kind: 'peer', argv, environment: peer.environment ?? {} }];
  });
}

/** Measured like the others, but not a peer. */
function yardsticksOf(work: Work, addresses: readonly Address[], folder: string, out: string): Contender[] {
  if (work.yardstick === 'node -e 0') {
    const node = process.execPath;
    return [
      { name: 'node -e 0', kind: 'start', argv: [node, '-e', '0'] },
      { name: 'fetchall --help', kind: 'start', argv: [node, COMMAND_LINE, '--help'] },
      { name: 'fetchall --version', kind: 'start', argv: [node, COMMAND_LINE, '--version'] },
    ];
  }
  if (work.yardstick !== 'limit') return [];
  const program = limitProgram(work, folder);
  if (program === undefined) return [];
  // It keeps one connection a slot: what is of one host goes together.
  const lines = addresses.map(({ host, port, path, file }) => `${host} ${port} ${path} ${join(out, file)}`);
  const list = join(folder, 'limit.list');
  writeFileSync(list, urlLines(work.hosts === 1 ? lines : lines.sort()));
  const run = Math.ceil(work.files / work.hosts);
  const argv = [program, list, String(work.concurrency), String(work.hosts === 1 ? 1 : run)];
  return [{ name: 'limit', kind: 'limit', argv }];
}

function limitProgram({ scheme }: Work, folder: string): string | undefined {
  const flags = scheme === 'https' ? ['-DTLS', '-lssl', '-lcrypto'] : [];
  const made = join(folder, ['limit', ...flags].join(''));
  return existsSync(made) ? made : compile('limit', folder, flags);
}

/** What is left out and how to have it, a line each. */
export function missing(): string[] {
  return PEERS.filter((peer) => peer.find() === undefined).map(
    ({ name, install }) => `${name} is left out; ${install} brings it`,
  );
}
