// Bad input and bad endings: each gives its exit code and one clear line that says what, and where.

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fetchall } from '../support/command-line.js';
import { answerWith, hugeHead, resetAfter } from '../support/raw-scripts.js';
import { startRawServer, unusedPort } from '../support/raw-server.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { startTestServer, testCaFile } from '../support/test-server.js';

describe('usage: exit 2, the option, the value, what is allowed', () => {
  test.each([
    [['-c', '0'], /--concurrency: "0".*1 to 1024/],
    [['-c', 'abc'], /--concurrency: "abc".*whole number/],
    [['--chunk-size', '0'], /--chunk-size: "0".*size/],
    [['--retry-wait', '5'], /--retry-wait: "5".*unit/],
    [['--existing', 'update'], /--existing: "update".*skip, overwrite, rename, fail/],
    [['-H', 'bad'], /--header: .*Name: value/],
    [['--progress', 'x'], /--progress: "x".*auto, bars, lines, none/],
    [['--delay', '1s'], /no such option: --delay/],
    [['--deadline', '1s'], /no such option: --deadline/],
    [['--no-resume'], /no such option: --no-resume/],
    [['--content-disposition'], /no such option: --content-disposition/],
    [['--out'], /--out needs a value/],
    [['--sequential', '--compare'], /--compare.*leave --sequential out/],
    [['crawl', 'http://127.0.0.1/'], /crawl is not built yet.*\.\/crawl/],
    [[], /nothing to fetch/],
  ])('%j', async (args, says) => {
    const { code, stdout, stderr } = await fetchall(args, { cwd: await temporaryFolder() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr.trim().split('\n').length).toBe(1);
  });
});

test('of an option given twice the last counts', async () => {
  const { code, lines } = await fetchall(['-', '--json', '-c', 'x', '-c', '3'], {
    stdin: '',
    cwd: await temporaryFolder(),
  });
  expect(code).toBe(0);
  expect(lines.at(-1)).toMatchObject({ concurrency: 3 });
});

test('a missing list, a folder for a list: exit 3, nothing is fetched', async () => {
  const server = await startTestServer({ '/a': { body: 'a' } });
  onTestFinished(() => server.close());
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, 'folder'));
  for (const [list, says] of [
    ['missing.txt', /missing\.txt: no such list/],
    ['folder', /folder is a folder/],
  ] as const) {
    const { code, stderr } = await fetchall([server.url('/a'), list], { cwd });
    expect(code).toBe(3);
    expect(stderr).toMatch(says);
  }
  expect(server.requests.length).toBe(0);
});

test('an out folder below a regular file: exit 3, one line', async () => {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, 'file'), '');
  const { code, stdout, stderr } = await fetchall(['http://127.0.0.1:1/', '-o', 'file/out'], { cwd });
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^fetchall: cannot make the folder .*file\/out: a part of the path is a file.*\n$/);
});

test('an empty list: a warning, exit 0', async () => {
  const { code, stderr } = await fetchall(['-'], { stdin: '\n# nothing\n', cwd: await temporaryFolder() });
  expect(code).toBe(0);
  expect(stderr).toContain('the list is empty');
});

test('another scheme, a bad line: exit 10, the others are saved', async () => {
  const server = await startTestServer({ '/a': { body: 'a' } });
  onTestFinished(() => server.close());
  const stdin = `not a url\n${server.url('/a')}\n`;
  const { code, stdout } = await fetchall(['ftp://127.0.0.1/x', '-'], {
    stdin,
    cwd: await temporaryFolder(),
  });
  expect(code).toBe(10);
  expect(stdout).toMatch(/failed {2}ERR_INPUT: .*ftp.* {2}ftp:\/\/127\.0\.0\.1\/x/);
  expect(stdout).toMatch(/line 1 {2}failed {2}ERR_INPUT: .*not a URL/);
  expect(stdout).toContain('1 saved, 0 skipped, 2 failed');
});

/** Runs one URL without retries. */
async function ending(url: string, ...more: readonly string[]) {
  const cwd = await temporaryFolder();
  const args = [url, '-o', 'out', '--retries', '0', ...more];
  const { code, stdout, stderr } = await fetchall(args, { cwd, env: { NODE_EXTRA_CA_CERTS: undefined } });
  return { code, stdout, stderr, files: await readdir(join(cwd, 'out')) };
}

test.each([
  ['404', { status: 404 }, 8, /ERR_STATUS: .*404/],
  ['401', { status: 401 }, 6, /ERR_STATUS: .*401/],
  ['a truncated body', { body: 'x'.repeat(1000), truncateAt: 500 }, 4, /ERR_TRUNCATED/],
  ['a reset in the middle', { body: 'x'.repeat(200_000), resetAt: 100_000 }, 4, /ERR_TRUNCATED/],
  ['a redirect to another scheme', { status: 302, location: 'ftp://x/' }, 7, /ERR_REDIRECT/],
] as const)('%s', async (_, answer, code, says) => {
  const server = await startTestServer({ '/a': answer });
  onTestFinished(() => server.close());
  const result = await ending(server.url('/a'));
  expect(result.code).toBe(code);
  expect(result.stdout).toMatch(says);
  expect(result.stdout).toContain(server.url('/a'));
  expect(result.stdout + result.stderr).not.toMatch(/\n\s+at /);
  expect(result.files.filter((name) => name !== 'a.part')).toEqual([]);
});

test('no such host, a refused connection, a head of 1 MB', async () => {
  expect(await ending('http://nonexistent.invalid/a')).toMatchObject({
    code: 4,
    stdout: expect.stringContaining('ERR_DNS'),
  });
  const refused = await ending(`http://127.0.0.1:${await unusedPort()}/a`);
  expect(refused).toMatchObject({ code: 4, stdout: expect.stringMatching(/ERR_CONNECT: .*refused/) });
  const server = await startRawServer(hugeHead());
  onTestFinished(() => server.close());
  expect(await ending(server.url('/a'))).toMatchObject({
    code: 7,
    stdout: expect.stringContaining('ERR_PROTOCOL'),
  });
});

test('a certificate that is not trusted: exit 5; --insecure and a known CA accept it', async () => {
  const server = await startTestServer({ '/a': { body: 'a' } }, { tls: 'valid' });
  onTestFinished(() => server.close());
  expect(await ending(server.url('/a'))).toMatchObject({
    code: 5,
    stdout: expect.stringContaining('ERR_TLS'),
  });
  expect((await ending(server.url('/a'), '-k')).code).toBe(0);
  const env = { NODE_EXTRA_CA_CERTS: testCaFile };
  expect((await fetchall([server.url('/a')], { cwd: await temporaryFolder(), env })).code).toBe(0);
});

test('a wrong checksum: exit 9, no file', async () => {
  const server = await startTestServer({ '/a': { body: 'a' } });
  onTestFinished(() => server.close());
  const cwd = await temporaryFolder();
  const stdin = `${server.url('/a')} sha256=${'0'.repeat(64)}\n`;
  const { code, stdout } = await fetchall(['-', '-o', 'out', '--retries', '0'], { cwd, stdin });
  expect(code).toBe(9);
  expect(stdout).toMatch(/ERR_CHECKSUM: sha256 is ca978112/);
  expect(await readdir(join(cwd, 'out'))).toEqual([]);
});

test('the gravest failure names the exit; -q shows failures on standard error only; -v the causes', async () => {
  const server = await startTestServer({ '/404': { status: 404 }, '/401': { status: 401 } });
  onTestFinished(() => server.close());
  const stdin = `bad\n${server.url('/404')}\n${server.url('/401')}\n`;
  const quiet = await fetchall(['-', '-q'], { stdin, cwd: await temporaryFolder() });
  expect(quiet).toMatchObject({ code: 6, stdout: '' });
  expect(quiet.stderr.trim().split('\n').length).toBe(3);
  const loud = await fetchall(['-', '-v'], { stdin, cwd: await temporaryFolder() });
  expect(loud.stderr).toMatch(/\n\s+at /);
});

test('a broken connection after a reset is repeated, as often as allowed', async () => {
  const server = await startRawServer(async (connection) => {
    if (connection.index < 2) await resetAfter('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab')(connection);
    else {
      await connection.request();
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd');
    }
  });
  onTestFinished(() => server.close());
  const { code, lines } = await fetchall([server.url('/a'), '--json', '--retry-wait', '1ms'], {
    cwd: await temporaryFolder(),
  });
  expect(code).toBe(0);
  expect(lines.filter(({ event }) => event === 'retry').length).toBe(2);
  expect(lines.at(-2)).toMatchObject({ outcome: 'saved', attempts: 3, size: 4 });
});

test('nothing that a server says reaches a terminal raw', async () => {
  const head = 'HTTP/1.1 302 Found\r\nLocation: javascript:\x9b31m\u202e\r\nContent-Length: 0\r\n\r\n';
  const server = await startRawServer(answerWith(head));
  onTestFinished(() => server.close());
  const { code, stdout, stderr } = await ending(server.url('/a'));
  expect(code).toBe(7);
  expect(stdout + stderr).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
});
