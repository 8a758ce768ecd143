// Signals, beyond interrupt.test.ts: what is in flight, what waits, what is on disk, and the second Ctrl-C.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import {
  type CommandOptions,
  type CommandResult,
  type RunningCommand,
  startFetchall,
} from '../support/command-line.js';
import { packageRoot } from '../support/package-root.js';
import { eventOf, eventsOf, folderWith, namesIn, serve } from './stage.js';

const tool = join(packageRoot, 'bin', 'fetchall.js');

/** Sends the signal and waits for the end; the bound is far above the promised second, a hanging run is not below it. */
async function stop(command: RunningCommand, signal: NodeJS.Signals = 'SIGINT'): Promise<CommandResult> {
  const began = performance.now();
  command.kill(signal);
  const result = await command.result;
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(result.code).toBe(signal === 'SIGINT' ? 130 : 143);
  expect(result.stderr).toMatch(new RegExp(`^fetchall: ${signal}, stopping[^\n]*\n`));
  expect(result.stderr).not.toMatch(/\n\s+at /);
  return result;
}

async function begin(args: readonly string[], options: CommandOptions = {}) {
  const cwd = options.cwd ?? (await folderWith());
  return { cwd, command: startFetchall([...args, '-o', 'out', '--json'], { ...options, cwd }) };
}

test('in flight: ERR_CANCELLED, parts stay; what had not begun is not counted', async () => {
  const half = { body: 'x'.repeat(200_000), stallAt: 100_000, writeSizes: 50_000 };
  const server = await serve(({ url }) => (url === '/done' ? { body: 'done' } : half));
  const paths = ['/done', ...Array.from({ length: 50 }, (_, at) => `/${at}`)];
  const stdin = paths.map((path) => server.url(path)).join('\n');
  const { cwd, command } = await begin(['-', '-c', '4'], { stdin });
  // Three in the other slots and one in that of /done, and their first bytes are on disk.
  await command.sees('"saved"');
  await server.traffic.until(() => server.inFlight === 4);
  const parts = async () => (await namesIn(cwd, 'out')).filter((name) => name.endsWith('.part'));
  while ((await parts()).length < 4) await new Promise((resolve) => setImmediate(resolve));
  const result = await stop(command);
  const failed = eventsOf(result, 'finished').filter(({ outcome }) => outcome === 'failed');
  expect(failed).toHaveLength(4);
  for (const { error } of failed) expect(error).toMatchObject({ code: 'ERR_CANCELLED' });
  expect(eventOf(result, 'summary')).toMatchObject({ total: 5, saved: 1, skipped: 0, failed: 4 });
  expect(result.lines.at(-1)?.event).toBe('summary');
  expect(await namesIn(cwd, 'out')).toEqual(['0.part', '1.part', '2.part', '3.part', 'done']);
  expect(server.requests).toHaveLength(5);
});

test('the text says it too: each that was cut short, and the summary', async () => {
  const server = await serve(() => ({ stallAt: 1, body: 'xx' }));
  const command = startFetchall([server.url('/a')], { cwd: await folderWith() });
  await server.traffic.until(() => server.inFlight === 1);
  const { stdout } = await stop(command, 'SIGTERM');
  expect(stdout).toMatch(
    /^greenlet-1 .*failed {2}ERR_CANCELLED: cancelled by SIGTERM {2}http.*\n0 saved, 0 skipped, 1 failed; /,
  );
});

test('the signal outranks what failed before', async () => {
  const server = await serve(({ url }) => (url === '/404' ? { status: 404 } : { body: 'xx', stallAt: 1 }));
  const { command } = await begin([server.url('/404'), server.url('/slow')]);
  await command.sees('ERR_STATUS');
  expect(eventOf(await stop(command), 'summary')).toMatchObject({ total: 2, failed: 2 });
});

test('throttled by --limit-rate', async () => {
  const server = await serve(() => ({ body: 'x'.repeat(100_000) }));
  const { cwd, command } = await begin([server.url('/a'), '--limit-rate', '10']);
  await command.sees('"started"');
  await server.traffic.until(() => server.requests.length === 1);
  await stop(command);
  expect(await namesIn(cwd, 'out')).not.toContain('a');
});

test('in the second pass of a comparison: its summary, nothing left behind', async () => {
  const server = await serve(({ earlier }) => (earlier === 0 ? { body: 'xx' } : { body: 'xx', stallAt: 1 }));
  const { cwd, command } = await begin([server.url('/a'), '--compare']);
  await command.sees('"started","greenlet":1', 'stdout');
  await server.traffic.until(() => server.requests.length === 2);
  const result = await stop(command);
  expect(eventOf(result, 'summary')).toMatchObject({
    mode: 'compare',
    total: 1,
    failed: 1,
    identical: 0,
    different: 0,
  });
  expect(await namesIn(cwd, 'out/.fetchall')).toEqual([]);
});

test.each([[], ['--dry-run'], ['--compare'], ['--sequential']])(
  'while standard input keeps everybody waiting: %s',
  async (...more) => {
    const server = await serve(() => ({ body: 'x' }));
    const { command } = await begin([server.url('/a'), '-', ...more], { stdin: new Readable({ read() {} }) });
    await command.sees(/"planned"|"saved"/);
    expect(eventOf(await stop(command), 'summary').failed).toBe(0);
  },
);

test('a second signal ends at once what the first could not: nobody reads the output', async () => {
  // One bad line that takes six times its length as JSON: more in one write than any pipe holds.
  const cwd = await folderWith({ 'list.txt': '\u0001'.repeat(65_000) });
  const child = spawn(process.execPath, [tool, 'list.txt', '--json'], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = new Promise<number | null>((resolve) => child.on('exit', resolve));
  // The first bytes of that write are in the pipe; the rest waits for a reader.
  await new Promise((resolve) => child.stdout.once('readable', resolve));
  child.kill('SIGINT');
  await new Promise((resolve) => child.stderr.once('data', resolve));
  child.kill('SIGINT');
  expect(await end).toBe(130);
  child.stdout.destroy();
});
