// The other ways to get a list onto a disk: where each is found, how it wants its list, its command line.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { BUILT, findProgram, SOURCES } from './places.js';

/** What a peer is asked to do. */
export interface Errand {
  /** The list, as `listOf` wrote it. */
  readonly list: string;
  readonly out: string;
  readonly concurrency: number;
}

export interface Peer {
  readonly name: string;
  /** Its program, or undefined if it is not installed. */
  find(): string | undefined;
  /** What installs it. */
  readonly install: string;
  /** Arguments that make it say its version. */
  readonly version: readonly string[];
  /** Without it, a URL a line. */
  listOf?(urls: readonly string[], out: string): string;
  /** Arguments to the program. Certificates are not checked: ours is signed by itself. */
  argvOf(errand: Errand): string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export function urlLines(urls: readonly string[]): string {
  return `${urls.join('\n')}\n`;
}

const lastSegment = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

export const PEERS: readonly Peer[] = [
  {
    name: 'curl',
    find: () => findProgram('curl'),
    install: 'apt-get install curl',
    version: ['--version'],
    listOf: (urls, out) =>
      urlLines(urls.map((url) => `url = "${url}"\noutput = "${join(out, lastSegment(url))}"`)),
    argvOf: ({ list, concurrency }) => [
      ...['--disable', '--parallel', '--parallel-max', String(concurrency)],
      ...['--silent', '--show-error', '--fail', '--insecure', '--create-dirs', '--config', list],
    ],
  },
  {
    name: 'wget2',
    find: () => findProgram('wget2'),
    install: 'apt-get install wget2',
    version: ['--version'],
    argvOf: ({ list, out, concurrency }) => [
      ...['--quiet', '--no-check-certificate', `--max-threads=${concurrency}`],
      ...[`--input-file=${list}`, `--directory-prefix=${out}`],
    ],
  },
  {
    name: 'aria2c',
    find: () => findProgram('aria2c'),
    install: 'apt-get install aria2',
    version: ['--version'],
    argvOf: ({ list, out, concurrency }) => [
      ...['--no-conf', '--quiet', '--check-certificate=false', '--file-allocation=none'],
      ...[`--max-concurrent-downloads=${concurrency}`, `--input-file=${list}`, `--dir=${out}`],
    ],
  },
  {
    name: 'wget',
    find: () => findProgram('wget'),
    install: 'apt-get install wget',
    version: ['--version'],
    argvOf: ({ list, out }) => [
      ...['--no-config', '--quiet', '--no-check-certificate'],
      ...[`--input-file=${list}`, `--directory-prefix=${out}`],
    ],
  },
  {
    name: 'gevent + urllib',
    find: pythonWithGevent,
    install: 'apt-get install python3-gevent',
    version: [
      '-c',
      'import gevent, sys; print("gevent", gevent.__version__, "Python", sys.version.split()[0])',
    ],
    argvOf: ({ list, out, concurrency }) => [
      join(SOURCES, 'gevent_urllib.py'),
      list,
      out,
      String(concurrency),
    ],
  },
  {
    name: 'naive',
    find: () => process.execPath,
    install: '',
    version: ['--version'],
    argvOf: ({ list, out, concurrency }) => [join(BUILT, 'naive.js'), list, out, String(concurrency)],
    environment: { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' },
  },
];

/** Debian's gevent belongs to the system's own Python, which need not be the first in the PATH. */
export function pythonWithGevent(): string | undefined {
  const pythons = ['/usr/bin/python3', findProgram('python3')];
  return pythons.find(
    (python) => python !== undefined && spawnSync(python, ['-c', 'import gevent']).status === 0,
  );
}

/** The first line of what it says of itself. */
export function versionOf({ version }: Peer, program: string): string {
  const { stdout } = spawnSync(program, version, { encoding: 'utf8' });
  return stdout?.split('\n')[0]?.trim() ?? '';
}
