// Where URLs come from: arguments, lists, standard input, urls.txt.

import { spawnSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { fetchall } from '../support/command-line.js';
import { packageRoot } from '../support/package-root.js';
import { eventOf, eventsOf, expectOneLine, folderWith, namesIn, serve } from './stage.js';

const site = { '/a': { body: 'a' }, '/b': { body: 'b' }, '/c': { body: 'c' } };

test('a URL argument: no line number, saved under downloads', async () => {
  const server = await serve(site);
  const cwd = await folderWith();
  const result = await fetchall([server.url('/a'), '--json'], { cwd });
  expect(result.code).toBe(0);
  expect(eventOf(result, 'finished')).toMatchObject({ line: null, file: 'a', outcome: 'saved' });
  expect(await readFile(join(cwd, 'downloads/a'), 'utf8')).toBe('a');
});

test('several sources are read in the order in which they are given; lines count anew in each list', async () => {
  const server = await serve(site);
  const cwd = await folderWith({
    'one.txt': `\n# first\n${server.url('/a')}`,
    'two.txt': `${server.url('/b')}\n`,
  });
  const result = await fetchall(['one.txt', server.url('/c'), 'two.txt', '--sequential', '--json'], { cwd });
  expect(result.code).toBe(0);
  expect(eventsOf(result, 'finished').map(({ file, line }) => [file, line])).toEqual([
    ['a', 3],
    ['c', null],
    ['b', 1],
  ]);
});

test('standard input may stand among other sources', async () => {
  const server = await serve(site);
  const cwd = await folderWith({ 'one.txt': server.url('/a') });
  const args = ['one.txt', '-', server.url('/c'), '--sequential', '--json'];
  const result = await fetchall(args, { cwd, stdin: `${server.url('/b')}` });
  expect(eventsOf(result, 'finished').map(({ file, line }) => [file, line])).toEqual([
    ['a', 1],
    ['b', 1],
    ['c', null],
  ]);
  expect(result.code).toBe(0);
});

test('standard input given twice is a usage error', async () => {
  const result = await fetchall(['-', '-'], { stdin: '', cwd: await folderWith() });
  expect(result.code).toBe(2);
  expectOneLine(result, /standard input.*once/);
});

test('urls.txt of the current folder is the list when nothing is named, not otherwise', async () => {
  const server = await serve(site);
  const cwd = await folderWith({ 'urls.txt': server.url('/a') });
  expect((await fetchall(['--sequential', '-o', 'x'], { cwd })).code).toBe(0);
  expect(await namesIn(cwd, 'x')).toEqual(['a']);
  expect((await fetchall([server.url('/b'), '-o', 'y'], { cwd })).code).toBe(0);
  expect(await namesIn(cwd, 'y')).toEqual(['b']);
});

test('nothing named and no urls.txt: a usage error that says what to do', async () => {
  const result = await fetchall(['-o', 'out'], { cwd: await folderWith() });
  expect(result.code).toBe(2);
  expectOneLine(result, /give a URL, a list or -.*urls\.txt/);
});

test('all lists are opened before the first request: a missing one among good ones, exit 3', async () => {
  const server = await serve(site);
  const cwd = await folderWith({ 'good.txt': server.url('/a') });
  const result = await fetchall(['good.txt', server.url('/b'), 'missing.txt'], { cwd });
  expect(result.code).toBe(3);
  expectOneLine(result, /missing\.txt: no such list; give /);
  expect(server.connections).toBe(0);
  expect(await namesIn(cwd)).toEqual(['good.txt']);
});

test('a missing list does not wait for a standard input that never ends', async () => {
  const result = await fetchall(['-', 'missing.txt'], {
    cwd: await folderWith(),
    stdin: new Readable({ read() {} }),
  });
  expect(result.code).toBe(3);
});

test('a folder for a list: exit 3, named', async () => {
  const server = await serve(site);
  const cwd = await folderWith();
  await mkdir(join(cwd, 'lists'));
  const result = await fetchall([server.url('/a'), 'lists'], { cwd });
  expect(result.code).toBe(3);
  expectOneLine(result, /lists is a folder; give /);
  expect(server.connections).toBe(0);
});

test.each([['empty'], ['-'], ['both']])(
  'an empty list (%s): a warning, exit 0, the summary',
  async (which) => {
    const cwd = await folderWith({ 'empty.txt': '\n \n# only a comment\n' });
    const args = which === 'both' ? ['empty.txt', '-'] : which === '-' ? ['-'] : ['empty.txt'];
    const result = await fetchall([...args, '--json'], { cwd, stdin: '' });
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/^fetchall: the list is empty[^\n]*\n$/);
    expect(eventOf(result, 'summary')).toMatchObject({ total: 0, baseline: null, speedup: null });
  },
);

test('a list of which not all is empty gets no warning', async () => {
  const server = await serve(site);
  const cwd = await folderWith({ 'empty.txt': '', 'good.txt': server.url('/a') });
  const { code, stderr } = await fetchall(['empty.txt', 'good.txt'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test.each([
  ['ftp://host.example/x', /ftp.*http or https/],
  ['http://', /names no host/],
  ['http://host:99999/', /not valid/],
])('the argument %s is a result, ERR_INPUT, exit 10', async (argument, says) => {
  const server = await serve(site);
  const result = await fetchall([argument, server.url('/a'), '--json'], { cwd: await folderWith() });
  expect(result.code).toBe(10);
  const [bad] = eventsOf(result, 'finished');
  expect(bad).toMatchObject({ url: argument, greenlet: null, line: null, outcome: 'failed', file: null });
  expect(bad?.error).toEqual({ code: 'ERR_INPUT', message: expect.stringMatching(says) });
  expect(eventOf(result, 'summary')).toMatchObject({ total: 2, saved: 1, failed: 1 });
});

test('bad lines cost only themselves, and are named by number and text', async () => {
  const server = await serve(site);
  const list = [
    '\ufeff# a list as Windows makes it',
    `  ${server.url('/a')}\t `,
    'no url at all',
    `${server.url('/b')} sha256=short`,
    `${server.url('/b')} size=4`,
    '',
    `${server.url('/c')} name=`,
    server.url('/b'),
  ].join('\r\n');
  const cwd = await folderWith({ 'list.txt': list });
  const result = await fetchall(['list.txt', '--json'], { cwd });
  expect(result.code).toBe(10);
  const bad = eventsOf(result, 'finished').filter(({ outcome }) => outcome === 'failed');
  expect(bad.map(({ line, url }) => [line, url])).toEqual([
    [3, 'no url at all'],
    [4, `${server.url('/b')} sha256=short`],
    [5, `${server.url('/b')} size=4`],
    [7, `${server.url('/c')} name=`],
  ]);
  for (const { greenlet, attempts, error } of bad)
    expect({ greenlet, attempts, code: error?.code }).toEqual({
      greenlet: null,
      attempts: 0,
      code: 'ERR_INPUT',
    });
  expect(await namesIn(cwd, 'downloads')).toEqual(['a', 'b']);
  const text = await fetchall(['list.txt', '--existing', 'overwrite'], { cwd });
  expect(text.stdout).toMatch(
    /^- {2}line 5 {2}failed {2}ERR_INPUT: "size=4" is not understood.* {2}http:.* size=4$/m,
  );
  expect(text.stderr).toBe('');
});

test('./help is a list', async () => {
  const server = await serve(site);
  const cwd = await folderWith({ help: server.url('/a') });
  expect((await fetchall(['./help'], { cwd })).code).toBe(0);
  expect(await namesIn(cwd, 'downloads')).toEqual(['a']);
});

test.skipIf(process.platform === 'win32')('a current folder that is gone: exit 3, one line', async () => {
  const cwd = await folderWith();
  const shell = 'cd "$0" && rmdir "$0" && exec "$@"';
  const command = [process.execPath, join(packageRoot, 'bin', 'fetchall.js'), 'http://127.0.0.1:1/a'];
  const { status, stdout, stderr } = spawnSync('sh', ['-c', shell, cwd, ...command], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  expect(stderr).toMatch(/^fetchall: [^\n]*current folder[^\n]*\n$/);
});

test.each(['crawl', 'retry', 'status', 'verify', 'why'])('%s is a command; ./%s is a list', async (word) => {
  const server = await serve(site);
  const cwd = await folderWith({ [word]: server.url('/a') });
  const command = await fetchall([word], { cwd });
  const takesFolder = word !== 'crawl' && word !== 'why';
  expect(command.code).toBe(takesFolder ? 3 : 2);
  expectOneLine(command, takesFolder ? /downloads has no notes/ : new RegExp(`${word}.*\\./${word}`));
  expect(server.requests).toHaveLength(0);
  expect((await fetchall([`./${word}`], { cwd })).code).toBe(0);
  expect(await namesIn(cwd, 'downloads')).toEqual(['a']);
});
