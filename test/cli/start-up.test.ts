// What a start loads: a room is loaded when it is entered, and what no run of its kind needs is not.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import module from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fetchall } from '../support/command-line.js';
import { folderWith, serve } from './stage.js';

interface Loaded {
  readonly code: number | null;
  /** Node's own modules, `node:` left out. */
  readonly builtins: readonly string[];
  /** Files of the bundle, and of packages. */
  readonly files: readonly string[];
}

const WITNESS = `
const loaded = () => ({
  builtins: process.moduleLoadList.map((each) => each.replace('NativeModule ', '')),
  files: Object.keys(require.cache).map((each) => each.replace(/^.*[\\\\/]/, '')),
});
process.on('exit', () => require('node:fs').writeFileSync(process.env.WITNESS, JSON.stringify(loaded())));
`;

/** Runs `fetchall ...args` in a folder of its own, and looks at what the process has loaded by its end. */
async function loadedBy(args: readonly string[]): Promise<Loaded> {
  const cwd = await folderWith({ 'witness.cjs': WITNESS });
  const result = await fetchall(args, {
    cwd,
    nodeFlags: ['--require', join(cwd, 'witness.cjs')],
    // The system's own certificates are looked at early where this names some.
    env: { WITNESS: join(cwd, 'loaded.json'), NODE_EXTRA_CA_CERTS: undefined },
  });
  return { code: result.code, ...JSON.parse(await readFile(join(cwd, 'loaded.json'), 'utf8')) };
}

test.each(['--help', '--version'])(
  '%s loads neither transport nor disk nor what a run is made of',
  async (flag) => {
    const { code, builtins, files } = await loadedBy([flag]);
    expect(code).toBe(0);
    expect(files).toContain('parse.js');
    for (const file of ['undici-transport.js', 'download.js', 'crawl.js', 'disk-mailbox.js'])
      expect(files).not.toContain(file);
    for (const name of ['crypto', 'tls', 'http2', 'worker_threads', 'fs/promises'])
      expect(builtins).not.toContain(name);
  },
);

test('a small run over HTTP loads what it needs, and no TLS, HTTP/2, hashes or SQLite', async () => {
  const server = await serve({ '/a': { body: 'a' } });
  const { code, builtins, files } = await loadedBy([server.url('/a'), '--no-state']);
  expect(code).toBe(0);
  expect(files).toContain('undici-transport.js');
  expect(builtins).toContain('net');
  for (const name of ['tls', 'http', 'http2', 'crypto', 'dns', 'readline', 'sqlite'])
    expect(builtins).not.toContain(name);
  for (const file of ['crawl.js', 'open-archive.js', 'cli-progress.js', 'node-sqlite3-wasm.js'])
    expect(files).not.toContain(file);
});

test('names are looked up, and hashes made, by modules that are loaded when they are called', async () => {
  const server = await serve({ '/a': { body: 'a' } });
  const url = server.url('/a').replace('127.0.0.1', 'localhost');
  const { code, builtins } = await loadedBy([url, '--manifest', 'sums']);
  expect(code).toBe(0);
  expect(builtins).toEqual(expect.arrayContaining(['dns', 'crypto']));
});

test.skipIf(!('enableCompileCache' in module))(
  'compiled code is kept for the next start, unless it must not be',
  async () => {
    const cwd = await folderWith();
    const cache = join(cwd, 'cache');
    await mkdir(cache);
    const env = { NODE_COMPILE_CACHE: undefined, TMPDIR: cache, NODE_DISABLE_COMPILE_CACHE: '1' };
    await fetchall(['--version'], { cwd, env });
    expect(await readdir(cache)).toEqual([]);
    const { code } = await fetchall(['--version'], {
      cwd,
      env: { ...env, NODE_DISABLE_COMPILE_CACHE: undefined },
    });
    expect(code).toBe(0);
    expect(await readdir(cache)).toEqual(['node-compile-cache']);
  },
);

test('where compiled code cannot be kept, nothing is said of it', async () => {
  const cwd = await folderWith();
  await writeFile(join(cwd, 'no-folder'), '');
  const result = await fetchall(['--version'], { cwd, env: { TMPDIR: join(cwd, 'no-folder') } });
  expect(result).toMatchObject({ code: 0, stderr: '' });
});
