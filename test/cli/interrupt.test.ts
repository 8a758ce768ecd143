// Ctrl-C, in every state: in order within a second, with the summary; parts stay, no unfinished file has its final name.

import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CommandOptions, startFetchall } from '../support/command-line.js';
import { newPipe } from '../support/named-pipe.js';
import { saysNothing, stallAfter } from '../support/raw-scripts.js';
import { startRawServer } from '../support/raw-server.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { startTestServer } from '../support/test-server.js';

/** Starts a run, waits for a text, sends a signal. Reading `lines` here: the options hold --json. */
async function interrupted(
  args: readonly string[],
  sees: RegExp,
  options: CommandOptions & { signal?: NodeJS.Signals } = {},
) {
  const cwd = await temporaryFolder();
  const command = startFetchall([...args, '--json', '-o', 'out'], { cwd, ...options });
  await command.sees(sees, 'stdout');
  const began = performance.now();
  command.kill(options.signal ?? 'SIGINT');
  const { code, lines, stderr } = await command.result;
  // Far above the promised second: a bound that a busy machine keeps, and a hanging run does not.
  expect(performance.now() - began).toBeLessThan(10_000);
  const summary = lines.at(-1);
  expect(summary).toMatchObject({ event: 'summary' });
  if (summary?.event === 'summary')
    expect(summary.total).toBe(summary.saved + summary.skipped + summary.failed);
  return { code, lines, stderr, files: (await readdir(join(cwd, 'out'))).sort() };
}

describe('a body that stalls', () => {
  test('SIGINT: 130, ERR_CANCELLED, the part stays', async () => {
    const head = `HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(100_000)}`;
    const server = await startRawServer(stallAfter(head));
    const done = await startTestServer({ '/done': { body: 'done' } });
    onTestFinished(async () => {
      await server.close();
      await done.close();
    });
    const { code, lines, stderr, files } = await interrupted(
      [server.url('/a'), done.url('/done')],
      /"saved"/,
    );
    expect(code).toBe(130);
    expect(stderr).toContain('SIGINT');
    expect(lines.at(-1)).toMatchObject({ total: 2, saved: 1, failed: 1 });
    expect(lines.at(-2)).toMatchObject({ outcome: 'failed', error: { code: 'ERR_CANCELLED' } });
    expect(files).toContain('done');
    expect(files).not.toContain('a');
  });
});

test('in a worker thread', async () => {
  const head = `HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(100_000)}`;
  const server = await startRawServer(stallAfter(head));
  onTestFinished(() => server.close());
  const urls = ['/a', '/b', '/c'].map((path) => server.url(path));
  const { code, lines, files } = await interrupted([...urls, '--workers', '2'], /"greenlet":3/);
  expect(code).toBe(130);
  expect(lines.at(-1)).toMatchObject({ total: 3, failed: 3 });
  const errors = lines.flatMap((line) => (line.event === 'finished' ? [line.error?.code] : []));
  expect(errors).toEqual(Array(3).fill('ERR_CANCELLED'));
  expect(files.filter((name) => /^[abc]$/.test(name))).toEqual([]);
});

test('SIGTERM: 143, while the server says nothing', async () => {
  const server = await startRawServer(saysNothing);
  onTestFinished(() => server.close());
  const { code, lines } = await interrupted([server.url('/a')], /"started"/, { signal: 'SIGTERM' });
  expect(code).toBe(143);
  expect(lines.at(-2)).toMatchObject({ outcome: 'failed', error: { code: 'ERR_CANCELLED' } });
});

test('in a TLS handshake that never ends', async () => {
  const server = await startRawServer(saysNothing);
  onTestFinished(() => server.close());
  const { code } = await interrupted([server.url('/a').replace('http:', 'https:')], /"started"/);
  expect(code).toBe(130);
});

test('in back-off', async () => {
  const server = await startTestServer({ '/a': { status: 503, headers: { 'retry-after': '300' } } });
  onTestFinished(() => server.close());
  const { code, lines } = await interrupted([server.url('/a')], /"retry"/);
  expect(code).toBe(130);
  expect(lines.at(-2)).toMatchObject({ outcome: 'failed', attempts: 1, error: { code: 'ERR_CANCELLED' } });
});

test('while standard input never ends: what was not read is not counted', async () => {
  const server = await startTestServer({ '/a': { body: 'a' } });
  onTestFinished(() => server.close());
  const stdin = new Readable({ read() {} });
  stdin.push(`${server.url('/a')}\n`);
  const { code, lines } = await interrupted(['-'], /"saved"/, { stdin });
  expect(code).toBe(130);
  expect(lines.at(-1)).toMatchObject({ total: 1, saved: 1 });
});

test.skipIf(process.platform === 'win32')('while a pipe never ends, like standard input', async () => {
  const server = await startTestServer({ '/a': { body: 'a' } });
  onTestFinished(() => server.close());
  const pipe = await newPipe();
  // Open for both: opening it only for writing would wait for fetchall.
  const writer = await open(pipe, 'r+');
  onTestFinished(() => writer.close());
  await writer.write(`${server.url('/a')}\n`);
  const { code, lines } = await interrupted([pipe], /"saved"/);
  expect(code).toBe(130);
  expect(lines.at(-1)).toMatchObject({ total: 1, saved: 1 });
});

test('in the first pass of a comparison: nothing is left behind', async () => {
  const server = await startRawServer(saysNothing);
  onTestFinished(() => server.close());
  const { code, lines, files } = await interrupted([server.url('/a'), '--compare'], /"started"/);
  expect(code).toBe(130);
  expect(lines.at(-1)).toMatchObject({ mode: 'compare', total: 1, failed: 1 });
  expect(files).toEqual(['.fetchall']);
});

test('twice: at once', async () => {
  const server = await startRawServer(saysNothing);
  onTestFinished(() => server.close());
  const command = startFetchall([server.url('/a'), '-o', await temporaryFolder()]);
  while (server.connections === 0) await new Promise((resolve) => setImmediate(resolve));
  command.kill('SIGINT');
  command.kill('SIGINT');
  expect((await command.result).code).toBe(130);
});
