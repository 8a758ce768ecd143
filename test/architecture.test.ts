// The house rules that a machine can hold: floors, cycles, one importer for a package, who may touch what.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));

/** Imports go down, to any lower floor: never up, never sideways. index.ts stands outside and sees all. */
const FLOORS: Readonly<Record<string, number>> = {
  model: 0,
  coroutine: 0,
  input: 1,
  http: 1,
  files: 1,
  state: 1,
  report: 1,
  archive: 1,
  download: 2,
  run: 3,
  crawl: 4,
  cli: 5,
};

/** The one importing place of each third-party package. */
const IMPORTERS: Readonly<Record<string, string>> = {
  undici: 'http/undici-transport.ts',
  'p-limit': 'coroutine/pool.ts',
  'cli-progress': 'report/bar-stack.ts',
  yargs: 'cli/parse.ts',
  'node-sqlite3-wasm': 'state/wasm-sqlite.ts',
  htmlparser2: 'crawl/markup.ts',
  tldts: 'crawl/registrable-domain.ts',
};

interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Without comments. */
  readonly code: string;
  readonly imports: readonly string[];
}

const files: SourceFile[] = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join(SOURCE, path), 'utf8');
    const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
    const imports = [...code.matchAll(/(?<![@'\w])(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
      ([, target]) => target ?? '',
    );
    return { path, text, code, imports };
  });

const room = (path: string): string => (path.includes('/') ? (path.split('/')[0] ?? '') : '');
const resolved = (from: string, target: string): string =>
  relative(SOURCE, join(SOURCE, dirname(from), target)).replace(/\.js$/, '.ts');

function offenders(isOffence: (file: SourceFile) => readonly string[]): string[] {
  return files.flatMap((file) => isOffence(file).map((what) => `${file.path}: ${what}`));
}

test('every folder under src is a room with a floor', () => {
  expect(offenders(({ path }) => (path === 'index.ts' || room(path) in FLOORS ? [] : ['no floor']))).toEqual(
    [],
  );
  expect(files.length).toBeGreaterThan(50);
});

test('imports go down', () => {
  const climbing = offenders(({ path, imports }) => {
    const here = room(path);
    if (here === '') return [];
    return imports
      .filter((target) => target.startsWith('.'))
      .map((target) => room(resolved(path, target)))
      .filter((there) => there !== here && (FLOORS[there] ?? 9) >= (FLOORS[here] ?? 0))
      .map((there) => `imports ${there}/`);
  });
  expect(climbing).toEqual([]);
});

test('no import cycle', () => {
  const graph = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.filter((t) => t.startsWith('.')).map((t) => resolved(path, t)),
    ]),
  );
  const cycles: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    else if (!finished.has(path)) {
      for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
      finished.add(path);
    }
  };
  for (const path of graph.keys()) visit(path, []);
  expect(cycles).toEqual([]);
});

test('each third-party package has one importer', () => {
  const found = files.flatMap(({ path, imports }) =>
    imports.filter((target) => !/^(\.|node:)/.test(target)).map((target) => [target, path] as const),
  );
  expect(Object.fromEntries(found)).toEqual(IMPORTERS);
  expect(new Set(found.map(([name, path]) => `${name} ${path}`)).size).toBe(Object.keys(IMPORTERS).length);
});

test('only clock.ts touches timers, time and randomness', () => {
  const touching =
    /\b(set(?:Timeout|Interval|Immediate)\s*\(|Date\.now|performance\.now|Math\.random|new Date\(\)|process\.hrtime|timers\/promises)/;
  const found = offenders(({ path, code }) => {
    const [, what] = touching.exec(code) ?? [];
    return path === 'coroutine/clock.ts' || what === undefined ? [] : [what];
  });
  expect(found).toEqual([]);
});

test('process and console belong to cli/ and report/', () => {
  // The kernel's default error hook writes one line to stderr: the library's only exception. The lock of a folder asks which
  // processes live; Node's own SQLite is had from `process`.
  const others = ['coroutine/handle-error.ts', 'state/lock.ts', 'state/node-sqlite.ts'];
  const allowed = (path: string): boolean => /^(cli|report)\//.test(path) || others.includes(path);
  const found = offenders(({ path, code }) =>
    !allowed(path) && /\b(process|console)\./.test(code) ? ['uses one'] : [],
  );
  expect(found).toEqual([]);
});

test('only files/ writes downloads: node:fs is for files/, state/, archive/, input/ and cli/', () => {
  // An archive is a file of its own, with names of the user's; what is temporary goes to the folder of notes.
  const found = offenders(({ path, imports }) =>
    /^(files|state|archive|input|cli)\//.test(path)
      ? []
      : imports.filter((target) => /^node:fs/.test(target)),
  );
  expect(found).toEqual([]);
});

test('sockets belong to http/, to the server of the kernel, and to lists that are pipes', () => {
  // gevent's StreamServer is part of the kernel, and a server is nothing without sockets; it knows nothing of HTTP. A pipe can be
  // read so that it can be given up only as a socket.
  const others = ['coroutine/stream-server.ts', 'coroutine/listen.ts', 'input/list-pipe.ts'];
  const allowed = (path: string): boolean => path.startsWith('http/') || others.includes(path);
  const found = offenders(({ path, imports }) =>
    allowed(path) ? [] : imports.filter((target) => /^node:(net|tls|http|https|http2|dgram)$/.test(target)),
  );
  expect(found).toEqual([]);
});

test('no file is longer than 300 lines, none holds any or a suppression', () => {
  const found = offenders(({ text, code }) => [
    ...(text.split('\n').length > 301 ? ['longer than 300 lines'] : []),
    ...(/:\s*any\b|\bas any\b|<any>/.test(code) ? ['any'] : []),
    ...(/@ts-ignore|@ts-expect-error|biome-ignore/.test(text) ? ['a suppression'] : []),
  ]);
  expect(found).toEqual([]);
});

test('names are full and plain', () => {
  const found = offenders(({ path }) =>
    /\b(util|utils|helper|helpers|core|manager|common)\b/.test(path) ? ['drawer'] : [],
  );
  expect(found).toEqual([]);
  expect(
    offenders(({ path }) =>
      /^[a-z0-9-]+(\/[a-z0-9-]+)?\.ts$/.test(path) ? [] : ['not kebab-case or too deep'],
    ),
  ).toEqual([]);
});
