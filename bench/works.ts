// What is downloaded in each work of the benchmark, and what it is measured by.

/** What a figure is compared with, besides the peers. */
export type Yardstick = 'limit' | 'ideal' | 'node -e 0';

/** A way to run fetchall. */
export interface Variant {
  readonly name: string;
  readonly flags: readonly string[];
  /** In place of the work's; null leaves it to fetchall. */
  readonly concurrency?: number | null;
}

export interface Work {
  readonly name: string;
  readonly files: number;
  /** Bytes of each file. */
  readonly size: number;
  readonly scheme: 'http' | 'https';
  /** Addresses that the files are spread over. */
  readonly hosts: number;
  readonly concurrency: number;
  readonly rounds: number;
  /** Seconds that the server waits before it answers. */
  readonly latency: number;
  /** Answered with the same bytes whatever the name: no file on the server's side. */
  readonly same: boolean;
  readonly yardstick: Yardstick;
  /** Names of the peers; without it, all. */
  readonly peers?: readonly string[];
  /** The first is the one that ratios are of. */
  readonly variants: readonly Variant[];
  /** Two ways to run fetchall, of which the ratio is wanted as well. */
  readonly pair?: readonly [string, string];
}

const KIB = 1024;
const MIB = KIB * KIB;

const DEFAULTS: Variant = { name: 'fetchall', flags: [] };
const NO_STATE: Variant = { name: 'fetchall --no-state', flags: ['--no-state'] };
const TELLING: Variant = {
  name: 'fetchall --json --progress lines',
  flags: ['--json', '--progress', 'lines'],
};
const SILENT: Variant = {
  name: 'fetchall --no-state --quiet',
  flags: ['--no-state', '--quiet', '--progress', 'none'],
};
const LARGE_CHUNKS: Variant = { name: 'fetchall --chunk-size 64k', flags: ['--chunk-size', '64k'] };

function work(
  name: string,
  files: number,
  size: number,
  concurrency: number,
  more: Partial<Work> = {},
): Work {
  return {
    name,
    files,
    size,
    concurrency,
    scheme: 'http',
    hosts: 1,
    rounds: 5,
    latency: 0,
    same: false,
    yardstick: 'limit',
    variants: [DEFAULTS, NO_STATE],
    ...more,
  };
}

const delayed = (concurrency: number): Work =>
  work(`D${concurrency}`, 1000, 4 * KIB, concurrency, {
    latency: 0.2,
    yardstick: 'ideal',
    // Latency hides what the others differ in; one after another it would take minutes.
    peers: ['curl', 'wget2', 'naive'],
    variants: [DEFAULTS],
  });

const many = (name: string, files: number): Work =>
  work(name, files, 100, 16, { same: true, rounds: 1, peers: [], variants: [DEFAULTS] });

export const WORKS: readonly Work[] = [
  work('S', 50_000, 4 * KIB, 16, {
    variants: [DEFAULTS, NO_STATE, TELLING, SILENT],
    pair: [TELLING.name, SILENT.name],
  }),
  work('S-tls', 10_000, 4 * KIB, 16, { scheme: 'https' }),
  work('M', 500, MIB, 16),
  work('L', 4, 512 * MIB, 4, {
    variants: [DEFAULTS, NO_STATE, LARGE_CHUNKS],
    pair: [DEFAULTS.name, LARGE_CHUNKS.name],
  }),
  work('L-tls', 2, 512 * MIB, 2, { scheme: 'https' }),
  delayed(16),
  delayed(64),
  delayed(256),
  work('H', 10_000, 4 * KIB, 64, { hosts: 2000 }),
  work('one', 1, 4 * KIB, 1, { rounds: 21, yardstick: 'node -e 0' }),
  many('memory100k', 100_000),
  many('memory1M', 1_000_000),
];

/** Names of before that are still understood. */
const ALIASES: Readonly<Record<string, string>> = { small: 'S', middle: 'M', large: 'L', latency: 'D' };

/** `D` asks for D16, D64 and D256, `memory` for both sizes; nothing for all. */
export function isWanted(name: string, wanted: readonly string[]): boolean {
  const group = name.replace(/\d+[kM]?$/, '');
  return wanted.length === 0 || wanted.some((each) => [name, group].includes(ALIASES[each] ?? each));
}

/** Fewer files, or smaller ones where there are few: for a quick try. */
export function scaled(work: Work, scale: number): Work {
  const few = work.files <= 4;
  return {
    ...work,
    files: few ? work.files : Math.max(work.concurrency, Math.round(work.files * scale)),
    hosts: Math.max(1, Math.round(work.hosts * scale)),
    size: few && work.size > MIB ? Math.max(MIB, Math.round(work.size * scale)) : work.size,
  };
}

/** The seconds that a run cannot go under when each answer waits. */
export function idealSeconds({ files, concurrency, latency }: Work): number {
  return Math.ceil(files / concurrency) * latency;
}

/** Ports on loopback. */
export interface Ports {
  readonly http: number;
  readonly https: number;
  readonly delaying: number;
}

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** The last segment of the path: the name that every peer gives to the file. */
  readonly file: string;
}

/** Where each file of a work is. Neighbours are of different hosts. */
export function addressesOf({ files, size, hosts, latency, same, scheme }: Work, ports: Ports): Address[] {
  const port = latency > 0 ? ports.delaying : ports[scheme];
  const folder = latency > 0 ? `${size}/${latency * 1000}` : same ? 'same' : String(size);
  return Array.from({ length: files }, (_, n) => {
    const host = n % hosts;
    const file = fileName(n);
    return {
      host: hosts === 1 ? '127.0.0.1' : `127.0.${1 + Math.floor(host / 250)}.${1 + (host % 250)}`,
      port,
      path: `/${folder}/${file}`,
      file,
    };
  });
}

export function fileName(n: number): string {
  return `${String(n).padStart(7, '0')}.bin`;
}

/** In words, as `50,000 x 4 KiB, HTTP, 16 at a time`. */
export function describe({ files, size, hosts, scheme, concurrency, latency }: Work): string {
  const bytes = size % MIB === 0 ? `${size / MIB} MiB` : size % KIB === 0 ? `${size / KIB} KiB` : `${size} B`;
  const parts = [`${files.toLocaleString('en-US')} x ${bytes}`, scheme.toUpperCase()];
  if (hosts > 1) parts.push(`${hosts.toLocaleString('en-US')} hosts`);
  if (latency > 0) parts.push(`${latency * 1000} ms latency`);
  return [...parts, `${concurrency} at a time`].join(', ');
}
