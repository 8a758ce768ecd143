// --content-disposition: names that servers give, and what the folder remembers of them.

import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CommandResult, fetchall } from '../support/command-line.js';
import { eventsOf, expectOneLine, folderWith, namesIn, serve, serveRaw } from './stage.js';

const suffix = (url: string): string => createHash('sha256').update(url).digest('hex').slice(0, 8);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A site that names what it serves, by path; a field that begins with a letter stands as it is, null is no field. */
async function site(fields: Readonly<Record<string, string | null>>) {
  const asked: string[] = [];
  const bodies = new Map(Object.keys(fields).map((path) => [path, `content of ${path}`]));
  const server = await serve(({ url = '', headers }) => {
    asked.push(url);
    const body = bodies.get(url);
    if (body === undefined) return { status: 404 };
    const field = fields[url] ?? null;
    const etag = `"${sha256(body)}"`;
    const named = { etag, ...(field === null ? {} : { 'content-disposition': field }) };
    return headers['if-none-match'] === etag ? { status: 304, headers: { etag } } : { body, headers: named };
  });
  const list = Object.keys(fields).map((path) => server.url(path));
  const cwd = await folderWith({ 'urls.txt': list.join('\n') });
  const run = (...args: readonly string[]) => fetchall([...args], { cwd });
  const download = (...args: readonly string[]) =>
    run('-o', 'out', '--json', '--content-disposition', '--sequential', ...args);
  const content = (name: string) => readFile(join(cwd, 'out', name), 'utf8');
  return { server, asked, bodies, cwd, run, download, content };
}

/** What became of each path: its file, and the reason or the outcome. */
const endings = (result: CommandResult) =>
  Object.fromEntries(
    eventsOf(result, 'finished').map(({ url, file, outcome, reason }) => [
      new URL(url).pathname,
      [file, reason ?? outcome],
    ]),
  );

const files = (result: CommandResult) =>
  Object.fromEntries(eventsOf(result, 'finished').map(({ url, file }) => [new URL(url).pathname, file]));

test('the server names the file; where it does not, or the list does, that name stays', async () => {
  const { server, cwd, download, run, content } = await site({
    '/1': 'attachment; filename="report 1.pdf"',
    '/2': "inline; filename=x; filename*=UTF-8''caf%C3%A9.txt",
    '/3': null,
    '/4': 'attachment',
    '/5': 'attachment; filename="other.txt"',
  });
  const list = await readFile(join(cwd, 'urls.txt'), 'utf8');
  await writeFile(join(cwd, 'urls.txt'), list.replace(server.url('/5'), '$& name=mine.txt'));
  const result = await download();
  expect(result.code).toBe(0);
  const expected = {
    '/1': 'report 1.pdf',
    '/2': 'caf\u00e9.txt',
    '/3': '3',
    '/4': '4',
    '/5': 'mine.txt',
  };
  expect(files(result)).toEqual(expected);
  expect(await namesIn(cwd, 'out')).toEqual(Object.values(expected).sort());
  for (const [path, name] of Object.entries(expected)) expect(await content(name)).toBe(`content of ${path}`);
  // Without the option nobody asks the server for names.
  expect(files(await run('-o', 'plain', '--json'))).toMatchObject({ '/1': '1', '/5': 'mine.txt' });
});

test('the field of the response that counts: the last one', async () => {
  const server = await serve({
    '/a': { location: '/b', headers: { 'content-disposition': 'attachment; filename=first' } },
    '/b': { body: 'b', headers: { 'content-disposition': 'attachment; filename=last' } },
    '/c': { location: '/d', headers: { 'content-disposition': 'attachment; filename=first' } },
    '/d': { body: 'd' },
  });
  const cwd = await folderWith();
  const args = [server.url('/a'), server.url('/c'), '-o', 'out', '--content-disposition', '--json'];
  expect(files(await fetchall(args, { cwd }))).toEqual({ '/a': 'last', '/c': 'c' });
});

test('two answers that claim one name, or a name that the list holds, get distinct names', async () => {
  const { server, cwd, download, content } = await site({
    '/1': 'attachment; filename=same.tar.gz',
    '/2': 'attachment; filename=same.tar.gz',
    '/3': 'attachment; filename=SAME.tar.gz',
    '/4': 'attachment; filename=5',
    '/5': null,
    '/6': 'attachment; filename=6.part',
    '/7.part': 'attachment; filename=7',
    '/8': 'attachment; filename=8',
  });
  const named = (name: string, path: string) => name.replace('$', suffix(server.url(path)));
  const expected = {
    '/1': 'same.tar.gz',
    '/2': named('same-$.tar.gz', '/2'),
    '/3': named('SAME-$.tar.gz', '/3'),
    '/4': named('5-$', '/4'),
    '/5': '5',
    '/6': named('6-$.part', '/6'),
    '/7.part': named('7-$', '/7.part'),
    '/8': '8',
  };
  const result = await download();
  expect(files(result)).toEqual(expected);
  expect(await namesIn(cwd, 'out')).toEqual(Object.values(expected).sort());
  for (const [path, name] of Object.entries(expected)) expect(await content(name)).toBe(`content of ${path}`);
});

test('all at once: each of 40 that want one name has its own, whole', async () => {
  const paths = Array.from({ length: 40 }, (_, at) => `/${at}`);
  const { cwd, run, content } = await site(
    Object.fromEntries(paths.map((path) => [path, 'attachment; filename="a.txt"'])),
  );
  const result = await run('-o', 'out', '--json', '--content-disposition');
  expect(result.code).toBe(0);
  const names = Object.values(files(result)).map(String);
  expect(new Set(names).size).toBe(40);
  expect(await namesIn(cwd, 'out')).toEqual(names.sort());
  for (const [path, name] of Object.entries(files(result)))
    expect(await content(String(name))).toBe(`content of ${path}`);
});

test('bytes that no grammar allows: UTF-8, latin1 and controls', async () => {
  const fields = [
    Buffer.from('attachment; filename="\u6587.txt"'),
    Buffer.from('attachment; filename=na\u00efve', 'latin1'),
    Buffer.from('attachment; filename="a\u0085\u009b31mb"', 'latin1'),
    Buffer.from('attachment; filename="a\u001b[31mb"'),
  ];
  const server = await serveRaw(async (connection) => {
    const [, at = ''] = /^GET \/(\d)/.exec(await connection.request()) ?? [];
    await connection.send(
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\nContent-Disposition: ',
    );
    await connection.send(fields[Number(at)] ?? '');
    await connection.send('\r\n\r\nx');
    connection.end();
  });
  const cwd = await folderWith();
  const list = fields.map((_, at) => server.url(`/${at}`));
  const result = await fetchall([...list, '-o', 'out', '--content-disposition', '--json'], { cwd });
  const names = files(result);
  expect(names).toMatchObject({ '/0': '\u6587.txt', '/1': 'na\u00efve' });
  expect(names).toMatchObject({ '/2': 'a__31mb' });
  // No field may hold the others (RFC 9110 5.5).
  const [refused] = eventsOf(result, 'finished').filter(({ outcome }) => outcome === 'failed');
  expect(refused).toMatchObject({ url: server.url('/3'), file: '3', error: { code: 'ERR_PROTOCOL' } });
});

test('whatever a server calls it, the file is one safe name in the folder', async () => {
  const long = 'n'.repeat(400);
  const { cwd, download } = await site({
    '/1': 'attachment; filename="../../etc/passwd"',
    '/2': 'attachment; filename="/etc/passwd"',
    '/3': 'attachment; filename=..\\..\\up',
    '/4': 'attachment; filename=.fetchall',
    '/5': 'attachment; filename=".FETCHALL/state.db"',
    '/6': "attachment; filename*=UTF-8''a%00b%0A%1B%5B31m%E2%80%AEgpj.exe",
    '/7': 'attachment; filename=..',
    '/8': 'attachment; filename="CON.txt"',
    '/9': `attachment; filename="${long}.tar.gz"`,
    '/10': "attachment; filename*=UTF-8''%2E%2E%2F%2E%2E%2Fout",
    '/11': 'attachment; filename=" "',
    '/12': 'attachment; filename=""',
  });
  const result = await download();
  expect(result.code).toBe(0);
  const names = files(result);
  expect(names).toMatchObject({
    '/1': '.._.._etc_passwd',
    '/2': '_etc_passwd',
    '/4': '_.fetchall',
    '/6': 'a_b__[31m_gpj.exe',
    '/7': '_',
    '/8': '_CON.txt',
    '/9': `${'n'.repeat(243)}.tar.gz`,
    '/10': '.._.._out',
    '/12': '12',
  });
  const found = await namesIn(cwd, 'out');
  expect(found).toEqual(Object.values(names).map(String).sort());
  for (const name of found) expect(name).not.toMatch(/[/\\\p{Cc}]|^\.{0,2}$|^\.fetchall$/iu);
  expect(await namesIn(cwd)).toEqual(['out', 'urls.txt']);
});

describe('running again', () => {
  const named = {
    '/1': 'attachment; filename=same.txt',
    '/2': 'attachment; filename=same.txt',
    '/3': null,
  };

  test('asks for nothing that is complete, whatever it is called', async () => {
    const { asked, cwd, download, run } = await site(named);
    const first = files(await download());
    asked.length = 0;
    const again = await download('--manifest', join(cwd, 'sums'));
    const complete = Object.entries(first).map(([path, file]) => [path, [file, 'complete']]);
    expect(endings(again)).toEqual(Object.fromEntries(complete));
    expect(asked).toEqual([]);
    const sums = await readFile(join(cwd, 'sums'), 'utf8');
    expect(sums).toContain(`${sha256('content of /1')}  same.txt`);
    const verified = await run('verify', 'out');
    expect(verified.code).toBe(0);
    expect(verified.stdout).toContain('3 files: 3 intact');
  });

  test('fetches anew what is gone or of another size, under the same name', async () => {
    const { asked, cwd, download, content } = await site(named);
    const first = files(await download());
    await truncate(join(cwd, 'out/same.txt'), 1);
    await rm(join(cwd, 'out', String(first['/2'])));
    asked.length = 0;
    expect(files(await download())).toEqual(first);
    expect(asked).toEqual(['/1', '/2']);
    expect(await content('same.txt')).toBe('content of /1');
    expect(await content(String(first['/2']))).toBe('content of /2');
    expect(await namesIn(cwd, 'out')).toEqual(Object.values(first).map(String).sort());
  });

  test('with a longer list: a new answer does not take the name of a file that is known', async () => {
    const { server, cwd, download, content } = await site(named);
    const list = await readFile(join(cwd, 'urls.txt'), 'utf8');
    await download(server.url('/1'));
    await writeFile(join(cwd, 'urls.txt'), list);
    expect(endings(await download())).toMatchObject({
      '/1': ['same.txt', 'complete'],
      '/2': [`same-${suffix(server.url('/2'))}.txt`, 'saved'],
    });
    expect(await content('same.txt')).toBe('content of /1');
  });

  test('a file of the URL\u2019s own name is not taken for the one that the server named', async () => {
    const { cwd, run, download, content } = await site({ '/1': 'attachment; filename=named.txt' });
    await download();
    // As long as what is known under the other name.
    await writeFile(join(cwd, 'out/1'), 'CONTENT OF /1');
    expect(endings(await run('-o', 'out', '--json'))).toEqual({ '/1': ['1', 'exists'] });
    expect(endings(await download())).toEqual({ '/1': ['named.txt', 'complete'] });
    expect(await content('1')).toBe('CONTENT OF /1');
  });

  test('retry: what failed gets the name that the server gives, and is not on record as failed then', async () => {
    const { server, bodies, cwd, download, run, content } = await site(named);
    bodies.delete('/2');
    const first = await download('--retries', '0');
    expect(endings(first)).toMatchObject({ '/1': ['same.txt', 'saved'], '/2': ['2', 'failed'] });
    bodies.set('/2', 'again');
    // The list of a retry does not hold the URL whose file has that name.
    const file = `same-${suffix(server.url('/2'))}.txt`;
    const retried = await run('retry', 'out', '--json', '--content-disposition');
    expect(endings(retried)).toEqual({ '/2': [file, 'saved'] });
    expect((await run('status', 'out')).stdout).toContain('0 failed');
    expect(await namesIn(cwd, 'out')).toEqual(['3', 'same.txt', file].sort());
    expect(await content('same.txt')).toBe('content of /1');
    expect(Object.values(endings(await download())).map(([, reason]) => reason)).toEqual(
      Array(3).fill('complete'),
    );
  });
});

describe('a file of that name that nobody knows', () => {
  async function withExisting(mode: string) {
    const stage = await site({ '/1': 'attachment; filename=a.txt' });
    await mkdir(join(stage.cwd, 'out'));
    await writeFile(join(stage.cwd, 'out/a.txt'), 'old');
    const result = await stage.download('--existing', mode);
    const [, reason] = endings(result)['/1'] ?? [];
    const { file, error, size } = eventsOf(result, 'finished')[0] ?? {};
    return { ...stage, result, reason, file, error, size, names: await namesIn(stage.cwd, 'out') };
  }

  test('skip: it stays, and the next run need not ask', async () => {
    const { asked, reason, file, size, names, content, download } = await withExisting('skip');
    expect({ reason, file, size, names }).toEqual({
      reason: 'exists',
      file: 'a.txt',
      size: null,
      names: ['a.txt'],
    });
    expect(await content('a.txt')).toBe('old');
    asked.length = 0;
    expect(endings(await download())).toEqual({ '/1': ['a.txt', 'exists'] });
    expect(asked).toEqual([]);
  });

  test('overwrite and update: it is replaced', async () => {
    for (const [mode, expected] of [
      ['overwrite', 'saved'],
      ['update', 'changed'],
    ] as const) {
      const { reason, file, names, content } = await withExisting(mode);
      expect({ reason, file, names }).toEqual({ reason: expected, file: 'a.txt', names: ['a.txt'] });
      expect(await content('a.txt')).toBe('content of /1');
    }
  });

  test('rename: a number, at each run', async () => {
    const { reason, file, content, cwd, download } = await withExisting('rename');
    expect({ reason, file }).toEqual({ reason: 'saved', file: 'a-1.txt' });
    expect(files(await download('--existing', 'rename'))).toEqual({ '/1': 'a-2.txt' });
    expect(await namesIn(cwd, 'out')).toEqual(['a-1.txt', 'a-2.txt', 'a.txt']);
    expect(await content('a.txt')).toBe('old');
  });

  test('fail: ERR_EXISTS, no part is left', async () => {
    const { result, error, names, content } = await withExisting('fail');
    expect(result.code).toBe(3);
    expect(error).toMatchObject({ code: 'ERR_EXISTS', message: expect.stringContaining('a.txt') });
    expect(names).toEqual(['a.txt']);
    expect(await content('a.txt')).toBe('old');
  });

  test('a folder: another name, whatever the mode', async () => {
    for (const mode of ['skip', 'overwrite', 'rename', 'fail']) {
      const { server, cwd, download } = await site({ '/1': 'attachment; filename=a.txt' });
      await mkdir(join(cwd, 'out/a.txt'), { recursive: true });
      const file = `a-${suffix(server.url('/1'))}.txt`;
      expect(endings(await download('--existing', mode))).toEqual({ '/1': [file, 'saved'] });
    }
  });
});

test('a long body is not fetched to its end for a file that is kept', async () => {
  const body = Buffer.alloc(4_000_000);
  const server = await serve({
    '/1': { body, headers: { 'content-disposition': 'attachment; filename=a' }, stallAt: 2_000_000 },
  });
  const cwd = await folderWith({ 'out/a': 'old', 'out/1.part': 'of a run before' });
  const args = [server.url('/1'), '-o', 'out', '--content-disposition', '--json', '--idle-timeout', '60s'];
  const result = await fetchall(args, { cwd });
  expect(endings(result)).toEqual({ '/1': ['a', 'exists'] });
  expect(await namesIn(cwd, 'out')).toEqual(['a']);
});

test('--existing update: unchanged, changed and gone under the name that the server gave', async () => {
  const { bodies, download, content } = await site({
    '/1': 'attachment; filename=one',
    '/2': 'attachment; filename=two',
    '/3': 'attachment; filename=three',
  });
  await download();
  bodies.set('/2', 'changed').delete('/3');
  expect(endings(await download('--existing', 'update', '--retries', '0'))).toEqual({
    '/1': ['one', 'unchanged'],
    '/2': ['two', 'changed'],
    '/3': ['three', 'gone'],
  });
  expect(await content('two')).toBe('changed');
  expect(await content('three')).toBe('content of /3');
});

test('a part of a run before is gone on with, and the name need not be said twice', async () => {
  const body = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251));
  let isBroken = true;
  const server = await serve(({ headers }) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? Number.NaN);
    if (Number.isNaN(from)) {
      const named = { etag: '"a"', 'content-disposition': 'attachment; filename=named.bin' };
      return isBroken ? { body, headers: named, truncateAt: 200_000 } : { body, headers: named };
    }
    const range = `bytes ${from}-${body.length - 1}/${body.length}`;
    return { status: 206, body: body.subarray(from), headers: { etag: '"a"', 'content-range': range } };
  });
  const cwd = await folderWith();
  const args = [server.url('/1'), '-o', 'out', '--content-disposition', '--json', '--retries', '0'];
  expect(endings(await fetchall(args, { cwd }))).toEqual({ '/1': ['1', 'failed'] });
  expect(await namesIn(cwd, 'out')).toEqual(['1.part']);
  isBroken = false;
  const result = await fetchall(args, { cwd });
  expect(eventsOf(result, 'finished')[0]).toMatchObject({
    file: 'named.bin',
    resumed: true,
    size: body.length,
  });
  expect(await namesIn(cwd, 'out')).toEqual(['named.bin']);
  expect((await readFile(join(cwd, 'out/named.bin'))).equals(body)).toBe(true);
});

test('--compare: both passes take the names', async () => {
  const { download, cwd, run } = await site({
    '/1': 'attachment; filename=same',
    '/2': 'attachment; filename=same',
  });
  const result = await run('-o', 'out', '--json', '--content-disposition', '--compare');
  expect(eventsOf(result, 'summary')[0]).toMatchObject({ identical: 2, different: 0 });
  expect(await namesIn(cwd, 'out')).toHaveLength(2);
  expect(Object.values(endings(await download())).map(([, reason]) => reason)).toEqual([
    'complete',
    'complete',
  ]);
});

test('without notes: a file that stands at the name is there, and is kept', async () => {
  const { download, asked } = await site({ '/1': 'attachment; filename=a.txt', '/2': null });
  await download('--no-state');
  asked.length = 0;
  expect(endings(await download('--no-state'))).toEqual({ '/1': ['a.txt', 'exists'], '/2': ['2', 'exists'] });
  expect(asked).toEqual(['/1', '/2']);
});

test('the text log says the final name', async () => {
  const { server, cwd } = await site({ '/1': "attachment; filename*=UTF-8''a%1B%5B2Jb" });
  const result = await fetchall([server.url('/1'), '-o', 'out', '--content-disposition'], { cwd });
  expect(result.stdout).toContain(`${server.url('/1')} -> a_[2Jb`);
  expectOneLine(await fetchall(['x', '--content-disposition=maybe'], { cwd }), /content-disposition/);
});
