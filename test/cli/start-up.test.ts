// What a start loads: a room is loaded when it is entered, and what no run of its kind needs is not.

import { chmod, chown, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import module from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fetchall } from '../support/command-line.js';
import { packageRoot } from '../support/package-root.js';
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

describe.skipIf(!('enableCompileCache' in module))('compiled code', () => {
  /** Starts with a folder for the user's caches, and tells what lies in it then. */
  async function cachedBy(env: Readonly<Record<string, string | undefined>>, cwd: string) {
    const none = { NODE_COMPILE_CACHE: undefined, NODE_DISABLE_COMPILE_CACHE: undefined };
    const all = {
      ...none,
      HOME: cwd,
      XDG_CACHE_HOME: join(cwd, 'caches'),
      LOCALAPPDATA: join(cwd, 'caches'),
    };
    const result = await fetchall(['--version'], { cwd, env: { ...all, ...env } });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    return await readdir(join(cwd, 'caches', 'fetchall')).catch(() => null);
  }

  test("is kept in the user's own folder", async () => {
    const cwd = await folderWith();
    expect(await cachedBy({}, cwd)).toHaveLength(1);
    const { mode } = await stat(join(cwd, 'caches', 'fetchall'));
    if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o700);
    expect(await cachedBy({ XDG_CACHE_HOME: '', LOCALAPPDATA: '' }, cwd)).toHaveLength(1);
    expect(await readdir(join(cwd, '.cache', 'fetchall'))).toHaveLength(1);
  });

  test('is not kept where it must not be', async () => {
    const cwd = await folderWith();
    expect(await cachedBy({ NODE_DISABLE_COMPILE_CACHE: '1' }, cwd)).toBe(null);
    expect(await cachedBy({ NODE_COMPILE_CACHE: join(cwd, 'own') }, cwd)).toBe(null);
    expect(await readdir(join(cwd, 'own'))).toHaveLength(1);
  });

  test.runIf(process.platform !== 'win32')(
    'is not taken from a folder that others may write to',
    async () => {
      const cwd = await folderWith();
      await mkdir(join(cwd, 'caches', 'fetchall'), { recursive: true });
      await chmod(join(cwd, 'caches', 'fetchall'), 0o777);
      expect(await cachedBy({}, cwd)).toEqual([]);
    },
  );

  test.runIf(process.platform !== 'win32')("puts nothing into another's home", async () => {
    const cwd = await folderWith();
    const home = process.getuid?.() === 0 ? join(cwd, 'home') : '/';
    if (home !== '/') {
      await mkdir(home);
      await chown(home, 65_534, 65_534);
    }
    expect(await cachedBy({ HOME: home }, cwd)).toBe(null);
    expect(await cachedBy({ HOME: home, XDG_CACHE_HOME: undefined }, cwd)).toBe(null);
    expect(await readdir(home)).not.toContain('.cache');
  });

  test('makes no home where there is none, and says nothing', async () => {
    const cwd = await folderWith({ 'no-folder': '' });
    expect(await cachedBy({ HOME: join(cwd, 'nobody'), USERPROFILE: join(cwd, 'nobody') }, cwd)).toBe(null);
    expect(
      await cachedBy({ XDG_CACHE_HOME: join(cwd, 'no-folder'), LOCALAPPDATA: join(cwd, 'no-folder') }, cwd),
    ).toBe(null);
    expect((await readdir(cwd)).sort()).toEqual(['no-folder']);
  });
});

test('a program that ends before it is done has a fault', async () => {
  // main waits for its last word to be written.
  const hanging = 'process.stdout.write = () => true;';
  const cwd = await folderWith({ 'hanging.cjs': hanging });
  const { code } = await fetchall(['--version'], { cwd, nodeFlags: ['--require', join(cwd, 'hanging.cjs')] });
  expect(code).toBe(1);
});

test('the bundle is strict, as modules are: what is frozen cannot be written to in silence', async () => {
  const folder = join(packageRoot, 'dist', 'bundle');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  expect(files.length).toBeGreaterThan(10);
  for (const name of files) {
    const text = await readFile(join(folder, name), 'utf8');
    expect(text.startsWith('"use strict";') || name).toBe(true);
  }
});
