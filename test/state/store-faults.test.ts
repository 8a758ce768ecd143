import { mkdir, open, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/state/open-database.js';
import { openStore } from '../../src/state/open-store.js';
import type { Store } from '../../src/state/store.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { built, type Child, startChild } from './child.js';
import { failedRecord, part, savedRecord, storeIn } from './rows.js';

const URL = 'http://a.test/';

/** An out folder whose state.db holds this. */
async function folderHolding(bytes: Uint8Array | string): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, '.fetchall'));
  await writeFile(join(folder, '.fetchall/state.db'), bytes);
  return folder;
}

/** A state.db of several pages. */
async function realBytes(): Promise<Buffer> {
  const folder = await temporaryFolder();
  const store = await storeIn(folder);
  for (let row = 0; row < 300; row++) store.record(failedRecord(`http://a.test/${row}`));
  await store.keep('f', URL, part);
  await store.close();
  return readFile(join(folder, '.fetchall/state.db'));
}

const notes = (folder: string): Promise<string[]> => readdir(join(folder, '.fetchall'));

async function expectUsable(store: Store): Promise<void> {
  store.record(savedRecord(URL));
  store.flush();
  expect([...store.saved()]).toContainEqual(savedRecord(URL));
  await store.close();
}

describe('a file that is damaged', () => {
  const DAMAGES: Readonly<Record<string, (bytes: Buffer) => Uint8Array | string>> = {
    'a text': () => 'this is no database, but a text of more than a hundred bytes. '.repeat(100),
    'a short text': () => 'hello',
    'its header cut off in the midst': (bytes) => bytes.subarray(0, 50),
    'its first page cut off in the midst': (bytes) => bytes.subarray(0, 2_000),
    'all but its first page cut off': (bytes) => bytes.subarray(0, 4_096),
    'a header of garbage': (bytes) => Buffer.concat([Buffer.alloc(100, 0xa5), bytes.subarray(100)]),
    'pages of garbage': (bytes) => Buffer.concat([bytes.subarray(0, 4_096), Buffer.alloc(40_960, 0xa5)]),
    garbage: () => Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * 7_919) % 251)),
  };

  it.each(Object.keys(DAMAGES))('is set aside, and a new one begun: %s', async (name) => {
    const damaged = Buffer.from(DAMAGES[name]?.(await realBytes()) ?? '');
    const folder = await folderHolding(damaged);
    const aside: string[] = [];
    const store = await storeIn(folder, { onDamaged: (path) => aside.push(path) });
    expect(store.isNew).toBe(true);
    expect(aside.length).toBe(1);
    expect(aside[0]).toMatch(/\/\.fetchall\/state\.db\.damaged-\d+$/);
    expect(await readFile(aside[0] ?? '')).toEqual(damaged);
    await expectUsable(store);
    const again = await storeIn(folder, { onDamaged: (path) => aside.push(path) });
    expect(again.known(URL, 'f')).not.toBeNull();
    expect(aside.length).toBe(1);
  });

  it('is a new one when it is empty', async () => {
    const folder = await folderHolding('');
    const store = await storeIn(folder, {
      onDamaged() {
        throw new Error('an empty file is no damage');
      },
    });
    await expectUsable(store);
    expect(await notes(folder)).not.toContain('lock');
  });
});

async function folderMadeBy(sql: string): Promise<string> {
  const folder = await folderHolding('');
  const database = await openDatabase(join(folder, '.fetchall/state.db'), 'OFF');
  database.exec(sql);
  database.close();
  return folder;
}

describe('a file that is not ours', () => {
  it('of a newer version is refused, and left as it is', async () => {
    const folder = await folderMadeBy('CREATE TABLE t (x); PRAGMA user_version = 6');
    const before = await readFile(join(folder, '.fetchall/state.db'));
    await expect(openStore(folder, { synchronous: 'OFF' })).rejects.toMatchObject({
      code: 'ERR_DISK',
      message: `${folder}/.fetchall/state.db was written by a newer fetchall (schema 6, this one knows 5)`,
    });
    expect(await readFile(join(folder, '.fetchall/state.db'))).toEqual(before);
    expect((await notes(folder)).filter((name) => !name.startsWith('state.db'))).toEqual([]);
  });

  it.each([
    'CREATE TABLE files (x)',
    'CREATE TABLE files (url, file, size); CREATE TABLE parts (file); CREATE TABLE runs (id)',
  ])('is refused, and closed: %s', async (tables) => {
    const folder = await folderMadeBy(`${tables}; PRAGMA user_version = 1`);
    await expect(openStore(folder, { synchronous: 'OFF' })).rejects.toMatchObject({ code: 'ERR_DISK' });
    // An open one would have left its lock: a folder beside the file.
    expect((await notes(folder)).filter((name) => /lock/.test(name))).toEqual([]);
    expect(await openFiles()).not.toContainEqual(expect.stringContaining(folder));
  });

  it('is refused when it is a folder', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, '.fetchall/state.db'), { recursive: true });
    await expect(openStore(folder, { synchronous: 'OFF' })).rejects.toMatchObject({ code: 'ERR_DISK' });
    expect((await notes(folder)).filter((name) => /^lock/.test(name))).toEqual([]);
  });

  it('may hold rows of any kind', async () => {
    const folder = await temporaryFolder();
    const first = await storeIn(folder);
    first.record(failedRecord(URL, { saved: null }));
    await first.close();
    const database = await openDatabase(join(folder, '.fetchall/state.db'), 'OFF');
    database.exec(`UPDATE files SET status = 'x', attempts = x'00', error_code = x'00', size = 'y'`);
    database.close();
    const store = await storeIn(folder);
    expect([...store.failed()]).toEqual([
      failedRecord(URL, { status: null, attempts: 0, error: null, saved: null }),
    ]);
    expect(store.known(URL, 'f')).toBeNull();
  });
});

/** What this process has open, by path; Linux. */
async function openFiles(): Promise<string[]> {
  const links = await readdir('/proc/self/fd');
  return Promise.all(links.map((link) => readlink(`/proc/self/fd/${link}`).catch(() => '')));
}

describe('what is damaged later', () => {
  it('is told as an error of ours, whatever is read', async () => {
    const bytes = await realBytes();
    const folder = await folderHolding(bytes);
    const store = await storeIn(folder);
    // Behind its back: all but the first page.
    const file = await open(join(folder, '.fetchall/state.db'), 'r+');
    await file.write(Buffer.alloc(bytes.length - 4_096, 0xa5), 0, null, 4_096);
    await file.close();
    const ours = expect.objectContaining({ name: 'FetchallError', code: 'ERR_DISK' });
    expect(() => [...store.failed()]).toThrow(ours);
    expect(() => [...store.saved()]).toThrow(ours);
    expect(() => store.known('http://a.test/7', 'f')).toThrow(ours);
  });
});

/** Runs a module in the namespace of its own in which `out` is a file system of 256 KiB. */
function onSmallDisk(folder: string, prepare: string, source: string): Child {
  const script = `cd "$1" && mount -t tmpfs -o size=256k none out || exit 99; ${prepare}; shift; exec "$@"`;
  const unshare = ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', folder];
  return startChild('unshare', ...unshare, process.execPath, '--input-type=module', '--eval', source);
}

const PRELUDE = `import { openStore } from ${built('state/open-store.js')};
import { readdirSync } from 'node:fs';
const told = (value) => console.log(JSON.stringify(value));
const brief = ({ name, code, systemCode }) => ({ name, code, systemCode });
`;

const FILL = `${PRELUDE}
const store = await openStore('out', { synchronous: 'NORMAL' });
const faults = [];
store.onFault = (error) => faults.push(brief(error));
const error = { code: 'ERR_STATUS', message: 'x'.repeat(1000) };
const record = (at) => store.record({ url: 'http://a.test/' + at, file: 'f', name: null, outcome: 'failed', reason: null, status: 503,
  attempts: 1, seconds: 1, bytes: 0, ended: 1, error, expected: null, saved: null });
const attempt = (write) => Promise.resolve().then(write).then(() => null, brief);
record(0);
store.flush();
for (let at = 1; at < 1000; at++) record(at);
told(await attempt(() => store.flush()));
told(await attempt(() => store.flush()));
told(await attempt(() => store.keep('f', 'u', { name: null, etag: null, lastModified: null, date: null, coding: null, total: 1, synced: 1 })));
record(1); store.drop('f'); store.beginRun('concurrent', 1);
told(await attempt(() => store.close()));
told(faults);
told(readdirSync('out/.fetchall').filter((name) => /^lock|\\.lock$/.test(name)));
const again = await openStore('out', { synchronous: 'NORMAL' });
told([...again.failed()].map(({ url }) => url));
await again.close();
`;

const OPEN = `${PRELUDE}
await openStore('out', { synchronous: 'NORMAL' }).then(() => told('open'), (error) => told(brief(error)));
`;

describe('a disk', () => {
  const full = { name: 'FetchallError', code: 'ERR_DISK', systemCode: 'ENOSPC' };
  // SQLite in WebAssembly calls it an I/O error and does not tell why.
  const fullOrWhat = { name: 'FetchallError', code: 'ERR_DISK' };

  async function smallDisk(skip: (when: boolean, why: string) => void) {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'out'));
    const can = await onSmallDisk(folder, 'true', '').ended;
    skip(can !== 0, `no small tmpfs can be mounted here: ${can}`);
    return folder;
  }

  const read = async (child: Child): Promise<unknown> => JSON.parse(await child.line());

  it('that becomes full ends all writing, and the folder is given free', async ({ skip }) => {
    const child = onSmallDisk(await smallDisk(skip), 'true', FILL);
    for (const _ of ['flush', 'flush again', 'keep', 'close'])
      expect(await read(child)).toMatchObject(fullOrWhat);
    expect(await read(child)).toEqual([expect.objectContaining(fullOrWhat)]);
    expect(await read(child)).toEqual([]);
    expect(await read(child)).toEqual(['http://a.test/0']);
    expect(await child.ended).toBe(0);
  });

  it('that is full lets nobody begin', async ({ skip }) => {
    const child = onSmallDisk(await smallDisk(skip), 'cat /dev/zero > out/full 2> /dev/null', OPEN);
    expect(await read(child)).toEqual(full);
  });

  it('that has room for the lock alone lets nobody begin', async ({ skip }) => {
    const prepare = 'head -c 249856 /dev/zero > out/nearly';
    const child = onSmallDisk(await smallDisk(skip), prepare, OPEN);
    expect(await read(child)).toMatchObject(fullOrWhat);
  });

  it('that can only be read lets nobody begin', async ({ skip }) => {
    const folder = await smallDisk(skip);
    const wanted = { name: 'FetchallError', code: 'ERR_DISK', systemCode: 'EROFS' };
    expect(await read(onSmallDisk(folder, 'mount -o remount,ro out', OPEN))).toEqual(wanted);
    const after = 'mkdir out/.fetchall && mount -o remount,ro out';
    expect(await read(onSmallDisk(folder, after, OPEN))).toEqual(wanted);
  });
});

describe('the folder of notes', () => {
  it.each(['a file', 'a link'])('is refused when it is %s', async (kind) => {
    const folder = await temporaryFolder();
    const path = join(folder, '.fetchall');
    await (kind === 'a file' ? writeFile(path, '') : symlink(await temporaryFolder(), path));
    await expect(openStore(folder, { synchronous: 'OFF' })).rejects.toMatchObject({
      code: 'ERR_DISK',
      message: expect.stringContaining('is a link or a file; remove it'),
    });
    expect((await stat(path)).isDirectory() ? await readdir(path) : []).toEqual([]);
  });
});
