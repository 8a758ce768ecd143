import {
  chmod,
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readlink,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { looksLikeUrl, openArguments, openSources, type Sources } from '../../src/input/sources.js';
import { FetchallError, UsageError } from '../../src/model/errors.js';
import { type Entry, isBadLine } from '../../src/model/source.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fetchall-input-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function list(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function all(entries: AsyncIterable<Entry>): Promise<Entry[]> {
  const read: Entry[] = [];
  for await (const entry of entries) read.push(entry);
  return read;
}

/** How often this process has files of the test's folder open (Linux). */
async function openFiles(): Promise<number> {
  const links = (await readdir('/proc/self/fd')).map((name) =>
    readlink(`/proc/self/fd/${name}`).catch(() => ''),
  );
  return (await Promise.all(links)).filter((target) => target.startsWith(folder)).length;
}

async function refused(opening: Promise<unknown>): Promise<FetchallError> {
  const error = await opening.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FetchallError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

/** Lets reads through the first `good`, then makes them fail; returns how often a read was asked for. */
async function spyOnReads(good = Number.POSITIVE_INFINITY) {
  const handle = await open(folder, 'r');
  const prototype: FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  const read = prototype.read;
  let count = 0;
  return vi.spyOn(prototype, 'read').mockImplementation(function (this: FileHandle, ...given: unknown[]) {
    if (++count > good)
      return Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }));
    return Reflect.apply(read, this, given);
  });
}

const linux = process.platform === 'linux';

describe('looksLikeUrl', () => {
  it.each(['http://a', 'HTTPS://a', 'http:a', 'ftp://x', 'git+ssh://x', ' http://a'])(
    '%s: yes',
    (argument) => {
      expect(looksLikeUrl(argument)).toBe(true);
    },
  );
  it.each(['urls.txt', './http', 'C:\\urls.txt', 'c:urls.txt', '-', '', 'host:80/x', '://x', 'http'])(
    '%s: no',
    (argument) => {
      expect(looksLikeUrl(argument)).toBe(false);
    },
  );
});

describe('sources of the command line', () => {
  it('reads URLs, lists and standard input in the order given', async () => {
    const path = await list('urls.txt', '\uFEFF# mine\r\nhttp://a/1\r\n\r\nbad\r\nhttp://a/2 name=x');
    const stdin = Readable.from([Buffer.from('http://s/1\nhttp://s'), Buffer.from('/2')]);
    const entries = await all(await openArguments(['http://u/1', path, '-', 'ftp://u:pw@x/'], stdin));
    expect(
      entries.map((entry) => (isBadLine(entry) ? [entry.text, entry.line] : [entry.url, entry.line])),
    ).toEqual([
      ['http://u/1', null],
      ['http://a/1', 2],
      ['bad', 4],
      ['http://a/2', 5],
      ['http://s/1', 1],
      ['http://s/2', 2],
      ['ftp://***@x/', null],
    ]);
    expect(entries.filter(isBadLine).map(({ error }) => error.code)).toEqual(['ERR_INPUT', 'ERR_INPUT']);
  });

  it('takes one string for a source of the command line', async () => {
    const path = await list('urls.txt', 'http://a/1\nhttp://a/2\n');
    expect(await all(await openSources(path, null))).toHaveLength(2);
    expect(await all(await openSources('http://a/1 name=x', null))).toEqual([
      { url: 'http://a/1', name: 'x', line: null },
    ]);
    expect(await all(await openSources('-', Readable.from([Buffer.from('http://a/')])))).toHaveLength(1);
  });

  it('takes an empty list for what it is', async () => {
    expect(await all(await openArguments([await list('empty', '')], null))).toEqual([]);
    expect(await all(await openArguments([], null))).toEqual([]);
  });

  it('says which list is missing and what to do', async () => {
    const path = join(folder, 'missing.txt');
    const error = await refused(openArguments([path], null));
    expect([error.code, error.systemCode]).toEqual(['ERR_DISK', 'ENOENT']);
    expect(error.message).toContain(`${path}: no such list; `);
    const below = await refused(openArguments([join(await list('file', ''), 'x')], null));
    expect([below.code, below.systemCode]).toEqual(['ERR_DISK', 'ENOTDIR']);
    expect((await refused(openArguments(['user:secret@host/x'], null))).message).not.toContain('secret');
  });

  it('says that a folder is a folder', async () => {
    const error = await refused(openSources(folder, null));
    expect([error.code, error.systemCode]).toEqual(['ERR_DISK', 'EISDIR']);
    expect(error.message).toContain(`${folder} is a folder; give`);
  });

  it.skipIf(!linux || process.getuid?.() === 0)('says that a list may not be read', async () => {
    const path = await list('secret.txt', '');
    await chmod(path, 0);
    const error = await refused(openArguments([path], null));
    expect([error.code, error.systemCode]).toEqual(['ERR_DISK', 'EACCES']);
    expect(error.message).toContain(path);
  });

  it('refuses what cannot be meant', async () => {
    const stdin = Readable.from([]);
    expect(await refused(openArguments(['-', '-'], stdin))).toBeInstanceOf(UsageError);
    expect(await refused(openArguments(['-'], null))).toBeInstanceOf(UsageError);
    expect(await refused(openArguments([''], null))).toBeInstanceOf(UsageError);
    for (const sources of [undefined, null, 7, {}] as unknown as Sources[]) {
      expect(await refused(openSources(sources, null))).toBeInstanceOf(UsageError);
    }
  });

  it('reads binary data and UTF-16 as bad lines', async () => {
    const noise = new Uint8Array(200_000).map((_, index) => (index * 7919 + (index >> 3)) & 0xff);
    const entries = await all(await openArguments([await list('noise', noise)], null));
    expect(entries.length).toBeGreaterThan(10);
    expect(entries.every(isBadLine)).toBe(true);
    const wide = await all(
      await openArguments([await list('wide', Buffer.from('\uFEFFhttp://a/\r\n', 'utf16le'))], null),
    );
    expect(wide.every(isBadLine)).toBe(true);
  });
});

describe.skipIf(!linux)('descriptors', () => {
  it('opens all lists at once and closes them when one is missing', async () => {
    const path = await list('urls.txt', 'http://a/1\n');
    await refused(openArguments([path, path, join(folder, 'missing'), path], null));
    expect(await openFiles()).toBe(0);
    const entries = await openArguments([path, path], null);
    expect(await openFiles()).toBe(2);
    await entries.close();
    await entries.close();
    expect(await openFiles()).toBe(0);
    expect(await all(entries)).toEqual([]);
  });

  it('closes a folder that it opened to look at', async () => {
    const inner = join(folder, 'inner');
    await mkdir(inner);
    await refused(openArguments([inner], null));
    expect(await openFiles()).toBe(0);
  });

  it('closes at the end, at an early end, and at an end before the begin', async () => {
    const path = await list('urls.txt', 'http://a/1\nhttp://a/2\n');
    await all(await openArguments([path, path], null));
    expect(await openFiles()).toBe(0);
    const entries = await openArguments([path, path], null);
    for await (const entry of entries) {
      expect(entry).toMatchObject({ line: 1 });
      break;
    }
    expect(await openFiles()).toBe(0);
    const iterator = (await openArguments([path], null))[Symbol.asyncIterator]();
    await iterator.return?.();
    expect(await openFiles()).toBe(0);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('throws ERR_DISK when a list fails in the middle, and closes', async () => {
    const path = await list('urls.txt', 'http://example.com/file.bin\n'.repeat(10_000));
    await spyOnReads(2);
    let read = 0;
    const reading = (async () => {
      for await (const _ of await openArguments([path, path], null)) read++;
    })();
    const error = await refused(reading);
    expect([error.code, error.systemCode]).toEqual(['ERR_DISK', 'EIO']);
    expect(error.message).toContain(`${path}: reading the list failed after line ${read}`);
    expect(read).toBeGreaterThan(4000);
    expect(await openFiles()).toBe(0);
  });
});

describe('laziness', () => {
  it('yields the first of a million lines after one block', async () => {
    const path = await list('million.txt', 'http://example.com/file.bin\n'.repeat(1_000_000));
    const reads = await spyOnReads();
    const entries = (await openArguments([path, path], null))[Symbol.asyncIterator]();
    expect(reads).toHaveBeenCalledTimes(0);
    expect((await entries.next()).value).toEqual({ url: 'http://example.com/file.bin', line: 1 });
    expect(reads).toHaveBeenCalledTimes(1);
    for (let line = 2; line < 4000; line++) await entries.next();
    expect(reads).toHaveBeenCalledTimes(2);
    await entries.return?.();
  });

  it('numbers a million lines', async () => {
    const path = await list('million.txt', 'http://example.com/file.bin\n'.repeat(1_000_000));
    let line = 0;
    for await (const entry of await openArguments([path], null)) if (entry.line !== ++line) break;
    expect(line).toBe(1_000_000);
  });

  it('loses and swaps nothing when several ask at once', async () => {
    const path = await list(
      'urls.txt',
      Array.from({ length: 20_000 }, (_, index) => `http://a/${index}`).join('\n'),
    );
    const entries = (await openArguments([path, path], null))[Symbol.asyncIterator]();
    const lines = new Set<string>();
    let asked = 0;
    const consumer = async (own: number) => {
      for (let next = await entries.next(); next.done !== true; next = await entries.next()) {
        lines.add(`${asked++ < 0 ? own : ''}${next.value.line}`);
      }
    };
    await Promise.all([1, 2, 3, 4].map(consumer));
    expect(asked).toBe(40_000);
    expect(lines.size).toBe(20_000);
  });
});

describe('standard input', () => {
  it('is let go while it is waited for', async () => {
    const stdin = new Readable({ read() {} });
    stdin.push('http://a/1\n');
    const entries = (await openArguments(['-'], stdin))[Symbol.asyncIterator]();
    expect((await entries.next()).value).toEqual({ url: 'http://a/1', line: 1 });
    const waiting = entries.next();
    await entries.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(stdin.destroyed).toBe(true);
  });

  it('that breaks is ERR_DISK', async () => {
    const stdin = new Readable({
      read() {
        this.destroy(Object.assign(new Error('broken'), { code: 'EIO' }));
      },
    });
    const error = await refused(openArguments(['-'], stdin).then(all));
    expect([error.code, error.systemCode]).toEqual(['ERR_DISK', 'EIO']);
    expect(error.message).toContain('standard input');
  });

  it('may be process.stdin', () => {
    const open = (): Promise<unknown> => openArguments(['-'], process.stdin);
    expect(open).toBeTypeOf('function');
  });
});
