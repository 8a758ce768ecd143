import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fetchall } from '../support/command-line.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { type Route, startTestServer, type TestServer } from '../support/test-server.js';

async function serve(routes: Readonly<Record<string, Route>>): Promise<TestServer> {
  const server = await startTestServer(routes);
  onTestFinished(() => server.close());
  return server;
}

/** A folder with a list in it. */
async function withList(text: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'urls.txt'), text);
  return folder;
}

test('a list: a line a greenlet, the summary, the files', async () => {
  const server = await serve({ '/a.bin': { body: 'x'.repeat(4096) }, '/b.txt': { body: 'b' } });
  const cwd = await withList(`${server.url('/a.bin')}\n# comment\n\n${server.url('/b.txt')} name=c.txt\n`);
  const { code, stdout, stderr } = await fetchall(['urls.txt', '--out', 'dir'], { cwd });
  expect(code).toBe(0);
  expect(stderr).toBe('');
  expect(stdout).toMatch(
    /^greenlet-1 {2}200 {2}4,096 B {2}4 chunks {2}[\d.]+ m?s {2}http:\/\/[^ ]+\/a\.bin -> a\.bin$/m,
  );
  expect(stdout).toMatch(/^greenlet-2 {2}200 {2}1 B {2}1 chunk {2}.* -> c\.txt$/m);
  expect(stdout).toMatch(/^2 saved, 0 skipped, 0 failed; 4\.0 KiB in 5 chunks by 2 greenlets$/m);
  expect(stdout).toMatch(/^elapsed .*; sequential baseline at most .* \(estimated\); at most .*$/m);
  expect((await readFile(join(cwd, 'dir/a.bin'))).length).toBe(4096);
  expect((await readdir(join(cwd, 'dir'))).sort()).toEqual(['a.bin', 'c.txt']);
});

const FINISHED = [
  'event',
  'greenlet',
  'url',
  'finalUrl',
  'outcome',
  'reason',
  'status',
  'bytes',
  'size',
  'chunks',
];
const FINISHED_TOO = ['seconds', 'attempts', 'resumed', 'file', 'line', 'error'];
const SUMMARY = [
  'event',
  'mode',
  'concurrency',
  'total',
  'saved',
  'skipped',
  'failed',
  'bytes',
  'chunks',
  'seconds',
];

test('--json: exactly the promised fields, and nothing else on standard output', async () => {
  const server = await serve({ '/a.bin': { times: [{ status: 503 }, { body: 'a' }] } });
  const cwd = await withList(`${server.url('/a.bin')}\nnonsense\n`);
  const { code, lines } = await fetchall(['--json', '--retry-wait', '1ms', '-q'], { cwd });
  expect(code).toBe(10);
  const of = (event: string) => lines.filter((line) => line.event === event);
  expect(of('started')).toEqual([{ event: 'started', greenlet: 1, url: server.url('/a.bin') }]);
  const [retry] = of('retry');
  expect(retry).toEqual({
    event: 'retry',
    greenlet: 1,
    url: server.url('/a.bin'),
    attempt: 2,
    wait: expect.any(Number),
    error: { code: 'ERR_STATUS', message: expect.stringContaining('503') },
  });
  const saved = of('finished').find((line) => 'outcome' in line && line.outcome === 'saved');
  expect(Object.keys(saved ?? {}).sort()).toEqual([...FINISHED, ...FINISHED_TOO].sort());
  expect(saved).toMatchObject({
    greenlet: 1,
    status: 200,
    bytes: 1,
    size: 1,
    chunks: 1,
    attempts: 2,
    file: 'a.bin',
    line: 1,
  });
  const bad = of('finished').find((line) => 'outcome' in line && line.outcome === 'failed');
  expect(bad).toMatchObject({ greenlet: null, url: 'nonsense', line: 2, error: { code: 'ERR_INPUT' } });
  expect(Object.keys(lines.at(-1) ?? {}).sort()).toEqual([...SUMMARY, 'baseline', 'speedup'].sort());
  expect(lines.at(-1)).toMatchObject({
    mode: 'concurrent',
    concurrency: 16,
    total: 2,
    saved: 1,
    skipped: 0,
    failed: 1,
  });
});

test('sources: URL arguments, standard input, several lists', async () => {
  const server = await serve({ '/a': { body: 'a' }, '/b': { body: 'b' }, '/c': { body: 'c' } });
  const cwd = await withList(`${server.url('/b')}\n`);
  const { code } = await fetchall([server.url('/a'), 'urls.txt', '-', '-o', 'out'], {
    cwd,
    stdin: `${server.url('/c')}\n`,
  });
  expect(code).toBe(0);
  expect((await readdir(join(cwd, 'out'))).sort()).toEqual(['a', 'b', 'c']);
});

test('--sequential: one after another, in list order, and on record for the next run', async () => {
  const paths = Array.from({ length: 12 }, (_, n) => `/${n}.bin`);
  const server = await serve(Object.fromEntries(paths.map((path) => [path, { body: path, delay: 5 }])));
  const cwd = await withList(paths.map((path) => server.url(path)).join('\n'));
  const first = await fetchall(['--sequential', '-c', '8'], { cwd });
  expect(first.code).toBe(0);
  expect(server.maxInFlight).toBe(1);
  expect(server.requests.map(({ url }) => url)).toEqual(paths);
  expect(first.stdout).toContain('this run is the sequential baseline');
  const second = await fetchall(['--existing', 'overwrite'], { cwd });
  expect(second.stdout).toMatch(/sequential baseline .* \(measured\); .*x faster/);
});

test('--compare: identical files, one summary, nothing left behind', async () => {
  const server = await serve({ '/a': { body: 'a' }, '/b': { body: 'b' } });
  const cwd = await temporaryFolder();
  const stdin = `${server.url('/a')}\n${server.url('/b')}\n`;
  const { code, lines } = await fetchall(['-', '--compare', '--json', '-o', 'out'], { cwd, stdin });
  expect(code).toBe(0);
  const modes = lines.slice(0, -1).map((line) => ('mode' in line ? line.mode : null));
  expect(modes).toEqual([...Array(4).fill('sequential'), ...Array(4).fill('concurrent')]);
  expect(lines.at(-1)).toMatchObject({
    event: 'summary',
    mode: 'compare',
    total: 2,
    identical: 2,
    different: 0,
  });
  expect(lines.at(-1)).toMatchObject({ baseline: { source: 'measured' } });
  expect(await readdir(join(cwd, 'out/.fetchall'))).toEqual([]);
  expect(server.requests.length).toBe(4);
});

test('--compare: a difference is named and exits 9, unless the validator changed too', async () => {
  const server = await serve({
    '/odd': { times: [{ body: 'one' }, { body: 'two' }] },
    '/new': {
      times: [
        { body: 'one', headers: { etag: '"1"' } },
        { body: 'two', headers: { etag: '"2"' } },
      ],
    },
  });
  const cwd = await temporaryFolder();
  const odd = await fetchall([server.url('/odd'), '--compare', '-o', 'odd'], { cwd });
  expect(odd.code).toBe(9);
  expect(odd.stderr).toContain(`different: ${server.url('/odd')}`);
  const fresh = await fetchall([server.url('/new'), '--compare', '-o', 'new'], { cwd });
  expect(fresh.code).toBe(0);
  expect(fresh.stderr).toContain(`changed: ${server.url('/new')}`);
});

test('--dry-run: names, no request, nothing written', async () => {
  const server = await serve({});
  const cwd = await withList(`${server.url('/x/a.bin')}\n${server.url('/y/a.bin')}\n`);
  const { code, lines } = await fetchall(['--dry-run', '--json', '-o', 'out'], { cwd });
  expect(code).toBe(0);
  const planned = lines.filter((line) => line.event === 'planned');
  expect(planned[0]).toEqual({ event: 'planned', line: 1, url: server.url('/x/a.bin'), file: 'a.bin' });
  expect(planned[1]).toMatchObject({ line: 2, file: expect.stringMatching(/^a-[0-9a-f]{8}\.bin$/) });
  expect(server.requests.length).toBe(0);
  expect(await readdir(cwd)).toEqual(['urls.txt']);
});

test('--existing: skip, overwrite, rename, fail; a folder in the way', async () => {
  const server = await serve({ '/a.bin': { body: 'new' }, '/d': { body: 'd' } });
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, 'out/d'), { recursive: true });
  await writeFile(join(cwd, 'out/a.bin'), 'old');
  const run = (mode: string) =>
    fetchall([server.url('/a.bin'), '-o', 'out', '--existing', mode, '--json'], { cwd });
  expect((await run('skip')).lines[0]).toMatchObject({
    outcome: 'skipped',
    reason: 'exists',
    greenlet: null,
  });
  expect((await run('fail')).code).toBe(3);
  expect(await readFile(join(cwd, 'out/a.bin'), 'utf8')).toBe('old');
  expect((await run('rename')).lines[1]).toMatchObject({ outcome: 'saved', file: 'a-1.bin' });
  expect((await run('overwrite')).lines[1]).toMatchObject({ outcome: 'saved', file: 'a.bin' });
  expect(await readFile(join(cwd, 'out/a.bin'), 'utf8')).toBe('new');
  const { code, lines } = await fetchall([server.url('/d'), '-o', 'out', '--json'], { cwd });
  expect(code).toBe(0);
  expect(lines[1]).toMatchObject({ outcome: 'saved', file: expect.stringMatching(/^d-[0-9a-f]{8}$/) });
});

test('a password in a URL is sent to its origin and shown nowhere', async () => {
  const server = await serve({ '/a': { body: 'a' } });
  const cwd = await temporaryFolder();
  const url = server.url('/a').replace('://', '://us%40er:se%3Acret@');
  const { code, stdout, stderr } = await fetchall([url, '-o', 'out', '--sequential', '-v'], { cwd });
  expect(code).toBe(0);
  const sent = Buffer.from('us@er:se:cret').toString('base64');
  expect(server.requests[0]?.headers.authorization).toBe(`Basic ${sent}`);
  const records = await readFile(join(cwd, 'out/.fetchall/runs.ndjson'), 'utf8');
  expect(`${stdout}${stderr}${records}`).not.toMatch(/se(%3A|:)cret|us(%40|@)er/);
});

test('--help and --version', async () => {
  const help = await fetchall(['--help']);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('--concurrency');
  expect(await fetchall(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n' });
});
