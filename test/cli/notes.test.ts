// What a folder remembers, seen from the command line: running again, retry, verify, status, the manifest.

import { execFileSync } from 'node:child_process';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fetchall, startFetchall } from '../support/command-line.js';
import { barrier, eventOf, eventsOf, expectOneLine, folderWith, namesIn, serve } from './stage.js';

const SHA256_OF_A = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';

/** A site whose answers can be changed; every file holds its own name unless told otherwise. */
async function site(...names: readonly string[]) {
  const bodies = new Map(names.map((name) => [`/${name}`, name]));
  const asked: string[] = [];
  const server = await serve(({ url = '', headers }) => {
    asked.push(url);
    const body = bodies.get(url);
    if (body === undefined) return { status: 404 };
    const etag = `"${body}"`;
    return headers['if-none-match'] === etag
      ? { status: 304, headers: { etag } }
      : { body, headers: { etag } };
  });
  const cwd = await folderWith({ 'urls.txt': names.map((name) => server.url(`/${name}`)).join('\n') });
  const run = (...args: readonly string[]) => fetchall([...args], { cwd });
  const download = (...args: readonly string[]) => run('-o', 'out', '--json', ...args);
  return { server, bodies, asked, cwd, run, download };
}

const outcomes = (result: Awaited<ReturnType<typeof fetchall>>) =>
  Object.fromEntries(
    eventsOf(result, 'finished').map(({ file, outcome, reason }) => [file, reason ?? outcome]),
  );

test('running again asks for nothing that is complete, and for all that failed', async () => {
  const { bodies, asked, download } = await site('a', 'b');
  bodies.delete('/b');
  expect(outcomes(await download())).toEqual({ a: 'saved', b: 'failed' });
  bodies.set('/b', 'b');
  asked.length = 0;
  const again = await download();
  expect(outcomes(again)).toEqual({ a: 'complete', b: 'saved' });
  expect(eventsOf(again, 'finished').find(({ file }) => file === 'a')).toMatchObject({
    size: 1,
    attempts: 0,
  });
  expect(asked).toEqual(['/b']);
  expect(outcomes(await download())).toEqual({ a: 'complete', b: 'complete' });
});

test('a file of another size is fetched anew; one that nobody remembers is left alone', async () => {
  const { cwd, download } = await site('abc', 'mine');
  await download('urls.txt');
  await truncate(join(cwd, 'out/abc'), 1);
  expect(outcomes(await download())).toEqual({ abc: 'saved', mine: 'complete' });
  await rm(join(cwd, 'out/.fetchall'), { recursive: true });
  await writeFile(join(cwd, 'out/abc'), 'other');
  expect(outcomes(await download())).toEqual({ abc: 'exists', mine: 'exists' });
  expect(await readFile(join(cwd, 'out/abc'), 'utf8')).toBe('other');
});

test('a file that another URL has replaced is not taken for what the first one saved', async () => {
  const { server, cwd, download } = await site('a', 'b');
  const list = (path: string): Promise<void> =>
    writeFile(join(cwd, 'urls.txt'), `${server.url(path)} name=f`);
  await list('/a');
  await download();
  await list('/b');
  expect(outcomes(await download('--existing', 'overwrite'))).toEqual({ f: 'saved' });
  await list('/a');
  expect(outcomes(await download())).toEqual({ f: 'exists' });
  // It would be unchanged by the ETag of what it was.
  expect(outcomes(await download('--existing', 'update'))).toEqual({ f: 'changed' });
  expect(await readFile(join(cwd, 'out/f'), 'utf8')).toBe('a');
});

test('a checksum that the list has not had before is verified by fetching; one that was is trusted', async () => {
  const { server, cwd, download, asked } = await site('a');
  await download();
  await writeFile(join(cwd, 'urls.txt'), `${server.url('/a')} sha256=${SHA256_OF_A}`);
  expect(outcomes(await download())).toEqual({ a: 'saved' });
  asked.length = 0;
  expect(outcomes(await download())).toEqual({ a: 'complete' });
  expect(asked).toEqual([]);
});

test('--existing update: new, changed, unchanged and gone', async () => {
  const { bodies, cwd, download } = await site('a', 'b', 'c', 'd');
  bodies.delete('/d');
  await download('--retries', '0');
  bodies.set('/b', 'changed').set('/d', 'd').delete('/c');
  const result = await download('--existing', 'update');
  expect(outcomes(result)).toEqual({ a: 'unchanged', b: 'changed', c: 'gone', d: 'new' });
  expect(result.code).toBe(8);
  expect(await readFile(join(cwd, 'out/c'), 'utf8')).toBe('c');
  expect(await readFile(join(cwd, 'out/b'), 'utf8')).toBe('changed');
  // What is gone stays on record as it was saved.
  bodies.set('/c', 'c');
  expect(outcomes(await download('--existing', 'update'))).toMatchObject({ b: 'unchanged', c: 'unchanged' });
});

test('retry fetches what failed, under the same names, and nothing else', async () => {
  const { bodies, asked, run, download, server, cwd } = await site('a', 'x/same', 'same', 'b');
  await writeFile(
    join(cwd, 'urls.txt'),
    [`${server.url('/a')}`, server.url('/same'), server.url('/x/same'), `${server.url('/b')} name=bee`].join(
      '\n',
    ),
  );
  bodies.delete('/x/same');
  bodies.delete('/b');
  const first = eventsOf(await download('--retries', '0'), 'finished');
  const suffixed = first.find(({ url }) => url.endsWith('/x/same'))?.file;
  expect(suffixed).toMatch(/^same-[0-9a-f]{8}$/);
  bodies.set('/x/same', 'x').set('/b', 'b');
  asked.length = 0;
  const retry = await run('retry', 'out', '--json');
  expect(outcomes(retry)).toEqual({ [suffixed ?? '']: 'saved', bee: 'saved' });
  expect(asked.sort()).toEqual(['/b', '/x/same']);
  expect(await namesIn(cwd, 'out')).toEqual(['a', 'bee', 'same', suffixed]);
  expect(await namesIn(cwd, 'out/.fetchall')).toEqual([]);
  expect(eventOf(await run('retry', 'out', '--json'), 'summary').total).toBe(0);
});

test('verify names what is missing, short or changed, and exits 9', async () => {
  const { cwd, run, download } = await site('aaaa', 'bbbb', 'cccc', 'dddd');
  await download('--manifest', 'sums');
  expect(await run('verify', 'out')).toMatchObject({
    code: 0,
    stdout: '4 files: 4 intact, 0 missing, 0 short, 0 changed\n',
  });
  await rm(join(cwd, 'out/aaaa'));
  await truncate(join(cwd, 'out/bbbb'), 2);
  await writeFile(join(cwd, 'out/cccc'), 'cCcc');
  const result = await run('verify', 'out');
  expect(result.code).toBe(9);
  expect(result.stdout.split('\n').map((line) => line.split('  ').slice(0, 2).join(' '))).toEqual(
    expect.arrayContaining(['missing aaaa', 'short bbbb', 'changed cccc']),
  );
  expect(result.stdout).toMatch(/^4 files: 1 intact, 1 missing, 1 short, 1 changed$/m);
  const json = (await run('verify', 'out', '--json')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(json).toContainEqual(expect.objectContaining({ file: 'bbbb', state: 'short', size: 4, found: 2 }));
  expect(json).toHaveLength(4);
});

test('without a checksum on record verify goes by the size, and says so', async () => {
  const { run, download } = await site('a');
  await download();
  expect((await run('verify', 'out')).stdout).toMatch(/^1 file: 1 intact \(1 by size only/);
});

test('status counts files, bytes, failures by kind and host, and the last runs', async () => {
  const { bodies, run, download, server } = await site('aaaa', 'b', 'c');
  bodies.delete('/b');
  bodies.delete('/c');
  await download('--retries', '0');
  const { stdout, code } = await run('status', 'out');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^1 file, 4 B; 2 failed$/m);
  expect(stdout).toMatch(/^failed by kind: ERR_STATUS 2$/m);
  expect(stdout).toContain(`failed by host: ${new URL(server.url('/')).host} 2\n`);
  expect(stdout).toMatch(/^run of .*, concurrent: 1 saved, 0 skipped, 2 failed, 4 B in /m);
  const json = JSON.parse((await run('status', 'out', '--json')).stdout);
  expect(json).toMatchObject({ running: null, content: { saved: 1, failed: 2, errors: { ERR_STATUS: 2 } } });
});

test('while a run is at work a second one is refused, and status tells how the first stands', async () => {
  const { hold, release } = barrier();
  const server = await serve(async ({ url }) => {
    if (url === '/held') await hold;
    return { status: url === '/bad' ? 404 : 200, body: 'x' };
  });
  const cwd = await folderWith();
  const urls = ['/held', '/bad', '/good'].map((path) => server.url(path));
  const first = startFetchall([...urls, '-o', 'out'], { cwd });
  await first.sees('-> good');
  const second = await fetchall([server.url('/good'), '-o', 'out'], { cwd });
  expect(second.code).toBe(3);
  expectOneLine(second, /another run \(process \d+, since .*\) is at work in .*out/);
  // The run writes its snapshot each second.
  let told = '';
  while (!told.includes('in flight')) told = (await fetchall(['status', 'out'], { cwd })).stdout;
  expect(told).toMatch(/a run is at work: process \d+/);
  expect(told).toMatch(/^1 saved, 0 skipped, 1 failed, 1 B; 1 in flight, at /m);
  expect(told).toMatch(/^failed by kind: ERR_STATUS 1$/m);
  release();
  expect((await first.result).code).toBe(8);
  expect((await fetchall(['status', 'out'], { cwd })).stdout).toMatch(/^2 files, 2 B; 1 failed$/m);
});

test('--no-state keeps no notes and asks for none', async () => {
  const { cwd, download, run } = await site('a');
  await download('--no-state');
  expect(await namesIn(cwd, 'out')).toEqual(['a']);
  const status = await run('status', 'out');
  expect(status.code).toBe(3);
  expectOneLine(status, /has no notes of fetchall/);
  expect(outcomes(await download('--no-state'))).toEqual({ a: 'exists' });
});

test('--manifest lists every complete file, also those of before, for sha256sum -c', async () => {
  const { cwd, download, bodies } = await site('a', 'b', 'c');
  bodies.delete('/c');
  await download('urls.txt', '--retries', '0');
  await writeFile(join(cwd, 'sums'), 'old');
  await download('--manifest', 'sums', '--retries', '0');
  const lines = (await readFile(join(cwd, 'sums'), 'utf8')).trim().split('\n').sort();
  expect(lines).toHaveLength(2);
  expect(lines).toContain(`${SHA256_OF_A}  a`);
  const said = execFileSync('sha256sum', ['-c', '../sums'], { cwd: join(cwd, 'out'), encoding: 'utf8' });
  expect(said.trim().split('\n').sort()).toEqual(['a: OK', 'b: OK']);
  const bad = await download('--manifest', 'no/such/folder/sums');
  expect(bad.code).toBe(3);
  expect(bad.stderr).toMatch(/cannot write the manifest .*no such folder/);
});

test.each([
  [['retry', 'a', 'b'], /retry takes one folder, not 2/],
  [['status', 'out', '--retries', '2'], /status does not take --retries/],
  [['verify', 'out', '--out', 'x'], /the folder is named twice/],
])('%j is wrong usage', async (args, says) => {
  const result = await fetchall(args, { cwd: await folderWith() });
  expect(result.code).toBe(2);
  expectOneLine(result, says);
});

test.each(['retry', 'status', 'verify'])(
  '%s of a folder without notes, or that is not there',
  async (command) => {
    const cwd = await folderWith({ 'out/a': 'a' });
    for (const folder of ['out', 'nowhere']) {
      const result = await fetchall([command, folder], { cwd });
      expect(result.code).toBe(3);
      expectOneLine(result, /has no notes of fetchall/);
    }
    expect(await namesIn(cwd, 'nowhere')).toEqual([]);
  },
);
