// Where a URL's bytes go: names, checksums, what stands there already.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CommandResult, fetchall } from '../support/command-line.js';
import { eventOf, eventsOf, expectOneLine, folderWith, namesIn, serve } from './stage.js';

/** Each answer says which URL was asked for. */
const echo = ({ url }: { url: string }) => ({ body: url });

function filesOf(result: CommandResult) {
  return Object.fromEntries(eventsOf(result, 'finished').map(({ line, file }) => [line, file]));
}

function suffix(url: string): string {
  return createHash('sha256').update(url).digest('hex').slice(0, 8);
}

test('the last segment, decoded and made safe; the first in the list keeps the name', async () => {
  const server = await serve(echo);
  const paths = [
    '/x/a.bin',
    '/y/a.bin',
    '/y/A.BIN',
    '/',
    '/deep/?q=1',
    '/%2e%2e%2fetc%2fpasswd',
    '/caf%C3%A9',
    '/..%5cup',
    '/.fetchall',
  ];
  const cwd = await folderWith({ 'list.txt': paths.map((path) => server.url(path)).join('\n') });
  const result = await fetchall(['list.txt', '--json', '-o', 'out'], { cwd });
  expect(result.code).toBe(0);
  const files = filesOf(result);
  expect(files).toMatchObject({
    1: 'a.bin',
    2: `a-${suffix(server.url('/y/a.bin'))}.bin`,
    3: `A-${suffix(server.url('/y/A.BIN'))}.BIN`,
    4: 'index.html',
    5: `index-${suffix(server.url('/deep/?q=1'))}.html`,
    7: 'caf\u00e9',
  });
  const names = await namesIn(cwd, 'out');
  expect(names).toEqual(Object.values(files).sort());
  for (const name of names) expect(name).not.toMatch(/[/\\]|^\.\.?$|^\.fetchall$/);
  expect(await namesIn(cwd)).toEqual(['list.txt', 'out']);
  for (const [at, path] of paths.entries())
    expect(await readFile(join(cwd, 'out', files[at + 1] ?? ''), 'utf8')).toBe(path);
  // The same list, dry or wet, gives the same names.
  const dry = await fetchall(['list.txt', '--json', '--dry-run', '-o', 'other'], { cwd });
  expect(Object.fromEntries(eventsOf(dry, 'planned').map(({ line, file }) => [line, file]))).toEqual(files);
});

test('name=: percent-decoded, one safe segment, claimed like any other', async () => {
  const server = await serve(echo);
  const list = ['name=b%20c.txt', 'name=..%2F..%2Fup', 'name=b%20c.txt', 'name=b%20c.txt.part']
    .map((attribute, at) => `${server.url(`/${at}`)} ${attribute}`)
    .join('\n');
  const cwd = await folderWith({ 'list.txt': list });
  const result = await fetchall(['list.txt', '--json', '-o', 'in/out'], { cwd });
  expect(result.code).toBe(0);
  const files = filesOf(result);
  expect(files).toMatchObject({ 1: 'b c.txt', 3: `b c-${suffix(server.url('/2'))}.txt` });
  expect(files[4]).not.toBe('b c.txt.part');
  expect(await namesIn(cwd, 'in/out')).toEqual(Object.values(files).sort());
  expect(await namesIn(cwd, 'in')).toEqual(['out']);
});

test('checksums: right ones are saved, a wrong one exits 9 and leaves no file of that name', async () => {
  const server = await serve({ '/a': { body: 'a' }, '/b': { body: 'b' }, '/c': { body: 'c' } });
  const hex = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');
  const cwd = await folderWith({
    'list.txt': [
      `${server.url('/a')} sha256=${hex('sha256', 'a').toUpperCase()}`,
      `${server.url('/b')} md5=${hex('md5', 'b')} name=bee`,
      `${server.url('/c')} sha512=${hex('sha512', 'not c')}`,
    ].join('\n'),
  });
  const result = await fetchall(['list.txt', '--json', '-o', 'out'], { cwd });
  expect(result.code).toBe(9);
  const wrong = eventsOf(result, 'finished').find(({ outcome }) => outcome === 'failed');
  expect(wrong).toMatchObject({ line: 3, status: 200, error: { code: 'ERR_CHECKSUM' } });
  expect(wrong?.error?.message).toMatch(new RegExp(`sha512.*${hex('sha512', 'c').slice(0, 8)}`));
  expect((await namesIn(cwd, 'out')).filter((name) => name !== 'c.part')).toEqual(['a', 'bee']);
});

async function withExisting(mode: string) {
  const server = await serve({ '/a.bin': { body: 'new' }, '/b.bin': { body: 'b' } });
  const cwd = await folderWith({ 'out/a.bin': 'old' });
  const args = [server.url('/a.bin'), server.url('/b.bin'), '-o', 'out', '--existing', mode, '--json'];
  const result = await fetchall(args, { cwd });
  const [a] = eventsOf(result, 'finished').filter(({ url }) => url.endsWith('/a.bin'));
  const content = await readFile(join(cwd, 'out/a.bin'), 'utf8');
  return { result, a, content, names: await namesIn(cwd, 'out'), server };
}

test('--existing skip: not asked for, reason exists', async () => {
  const { result, a, content, names, server } = await withExisting('skip');
  expect(result.code).toBe(0);
  expect(a).toMatchObject({
    outcome: 'skipped',
    reason: 'exists',
    greenlet: null,
    file: 'a.bin',
    error: null,
  });
  expect({ content, names }).toEqual({ content: 'old', names: ['a.bin', 'b.bin'] });
  expect(server.requests).toHaveLength(1);
});

test('--existing overwrite', async () => {
  const { result, a, content, names } = await withExisting('overwrite');
  expect(result.code).toBe(0);
  expect(a).toMatchObject({ outcome: 'saved', file: 'a.bin' });
  expect({ content, names }).toEqual({ content: 'new', names: ['a.bin', 'b.bin'] });
});

test('--existing rename', async () => {
  const { result, a, content, names } = await withExisting('rename');
  expect(result.code).toBe(0);
  expect(a).toMatchObject({ outcome: 'saved', file: 'a-1.bin' });
  expect({ content, names }).toEqual({ content: 'old', names: ['a-1.bin', 'a.bin', 'b.bin'] });
});

test('--existing fail: ERR_EXISTS, exit 3, the others are fetched', async () => {
  const { result, a, content, names, server } = await withExisting('fail');
  expect(result.code).toBe(3);
  expect(a).toMatchObject({ outcome: 'failed', greenlet: null, error: { code: 'ERR_EXISTS' } });
  expect(a?.error?.message).toMatch(/a\.bin.*--existing/);
  expect({ content, names }).toEqual({ content: 'old', names: ['a.bin', 'b.bin'] });
  expect(server.requests).toHaveLength(1);
});

test('overwrite that fails leaves the old file as it was', async () => {
  const server = await serve({ '/a.bin': { body: 'new', truncateAt: 1 } });
  const cwd = await folderWith({ 'out/a.bin': 'old' });
  const args = [server.url('/a.bin'), '-o', 'out', '--existing', 'overwrite', '--retries', '0'];
  expect((await fetchall(args, { cwd })).code).toBe(4);
  expect(await readFile(join(cwd, 'out/a.bin'), 'utf8')).toBe('old');
});

test('a folder in the way of a file: another name, whatever --existing says', async () => {
  const server = await serve(echo);
  for (const mode of ['skip', 'overwrite', 'rename', 'fail']) {
    const cwd = await folderWith({ 'out/a.bin/inside': 'x' });
    const args = [server.url('/a.bin'), '-o', 'out', '--existing', mode, '--json'];
    const result = await fetchall(args, { cwd });
    expect(result.code).toBe(0);
    const { file } = eventOf(result, 'finished');
    expect(file).toBe(`a-${suffix(server.url('/a.bin'))}.bin`);
    expect(await readFile(join(cwd, 'out', file ?? ''), 'utf8')).toBe('/a.bin');
    expect(await namesIn(cwd, 'out/a.bin')).toEqual(['inside']);
  }
});

test('a folder in the way of a part: another name, and the folder stays', async () => {
  const server = await serve(echo);
  const cwd = await folderWith({ 'out/a.bin.part/inside': 'x' });
  const result = await fetchall([server.url('/a.bin'), '-o', 'out', '--json'], { cwd });
  expect(result.code).toBe(0);
  const file = `a-${suffix(server.url('/a.bin'))}.bin`;
  expect(eventOf(result, 'finished').file).toBe(file);
  expect(await namesIn(cwd, 'out')).toEqual([file, 'a.bin.part'].sort());
});

test('a file in the way of what a run remembers: exit 3, one line, nothing sent', async () => {
  const server = await serve(echo);
  const cwd = await folderWith({ 'out/.fetchall': 'mine' });
  const result = await fetchall([server.url('/a.bin'), '-o', 'out', '--compare'], { cwd });
  expect(result.code).toBe(3);
  expectOneLine(result, /out\/\.fetchall is a link or a file; remove it/);
  expect(server.connections).toBe(0);
});

test('nothing is written through a symbolic link in the out folder', async () => {
  const server = await serve(echo);
  const cwd = await folderWith({ 'outside.txt': 'mine' });
  await mkdir(join(cwd, 'out'));
  await symlink('../outside.txt', join(cwd, 'out/a.bin'));
  await symlink('../made-by-part', join(cwd, 'out/b.bin.part'));
  const args = [server.url('/a.bin'), server.url('/b.bin'), '-o', 'out', '--existing', 'overwrite'];
  await fetchall(args, { cwd });
  expect(await readFile(join(cwd, 'outside.txt'), 'utf8')).toBe('mine');
  expect(await namesIn(cwd)).toEqual(['out', 'outside.txt']);
});

test('an out folder that is, or lies below, a regular file: exit 3, one line, nothing sent', async () => {
  const server = await serve(echo);
  const cwd = await folderWith({ file: '' });
  for (const out of ['file', 'file/out', 'file/deeper/out']) {
    const result = await fetchall([server.url('/a'), '-o', out], { cwd });
    expect(result.code).toBe(3);
    expectOneLine(result, new RegExp(`cannot make the folder .*/${out}`));
  }
  expect(server.connections).toBe(0);
});

test.runIf(existsSync('/proc/self'))('an out folder where no folder can ever be made: exit 3', async () => {
  const server = await serve(echo);
  for (const out of ['/proc/none', '/proc/none/deeper']) {
    const result = await fetchall([server.url('/a'), '-o', out], { cwd: await folderWith() });
    expect(result.code).toBe(3);
    expectOneLine(result, new RegExp(`cannot make the folder ${out}`));
  }
  const compared = await fetchall([server.url('/a'), '-o', '/proc', '--compare'], {
    cwd: await folderWith(),
  });
  expect(compared.code).toBe(3);
  expectOneLine(compared, /in the out folder/);
  expect(server.connections).toBe(0);
});

test('--dry-run says what stands there already, and makes no folder', async () => {
  const server = await serve(echo);
  const cwd = await folderWith({ 'out/a.bin': 'old' });
  const args = [server.url('/a.bin'), server.url('/b.bin'), '--dry-run', '--json'];
  const there = await fetchall([...args, '-o', 'out'], { cwd });
  expect(eventOf(there, 'finished')).toMatchObject({ outcome: 'skipped', reason: 'exists' });
  expect(eventOf(there, 'planned')).toMatchObject({ file: 'b.bin' });
  const failing = await fetchall([...args, '-o', 'out', '--existing', 'fail'], { cwd });
  expect(failing.code).toBe(3);
  expect((await fetchall([...args, '-o', 'none'], { cwd })).code).toBe(0);
  expect(await namesIn(cwd)).toEqual(['out']);
  expect(server.connections).toBe(0);
});
