// Where output ends up: a terminal, a pipe that closes, a reader who must not be fooled.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Screen } from '../report/screen.js';
import { fetchall } from '../support/command-line.js';
import { packageRoot } from '../support/package-root.js';
import { answerWith } from '../support/raw-scripts.js';
import { barrier, eventOf, eventsOf, folderWith, namesIn, serve, serveRaw } from './stage.js';

const tool = join(packageRoot, 'bin', 'fetchall.js');

/** Controls but the line break, and letters that turn the reading direction. */
const UNSAFE = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

describe('nothing that was sent or listed reaches a terminal raw', () => {
  test('a line of a list, an argument, a name', async () => {
    const server = await serve(() => ({ body: 'x' }));
    const evil = '\x1b[31mred\u202egnp.exe\x07\x9b2J';
    const cwd = await folderWith({
      'list.txt': `${evil}\n${server.url('/a')} name=${encodeURIComponent(evil)}\n`,
    });
    const args = ['list.txt', `ftp://x/${evil}`, server.url(`/${evil}`)];
    const text = await fetchall([...args, '-v'], { cwd });
    expect(text.code).toBe(10);
    expect(text.stdout + text.stderr).not.toMatch(UNSAFE);
    const json = await fetchall([...args, '--json', '--existing', 'overwrite'], { cwd });
    expect(json.stdout + json.stderr).not.toMatch(UNSAFE);
    // In JSON the characters are escaped, not changed.
    expect(eventsOf(json, 'finished').find(({ line, error }) => line === 1 && error !== null)?.url).toBe(
      evil,
    );
    for (const name of await namesIn(cwd, 'downloads')) expect(name).not.toMatch(UNSAFE);
  });

  test('a missing list, an unknown option, a wrong value', async () => {
    const evil = '\x1b]0;title\x07\u202e';
    const cwd = await folderWith();
    for (const args of [[`${evil}.txt`], [`--${evil}`], ['-c', evil], ['-H', `x${evil}: y`]]) {
      const { code, stdout, stderr } = await fetchall(args, { cwd });
      expect(code).not.toBe(0);
      expect(stdout + stderr).not.toMatch(UNSAFE);
    }
  });

  test('what a server says: status text, Location, Content-Range, header names', async () => {
    for (const head of [
      'HTTP/1.1 404 \x1b[2Jgone\x9b31m',
      'HTTP/1.1 302 Found\r\nLocation: ftp://\x1b[2J\xe2\x80\xae/',
      'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\x9b31m\xe2\x80\xae',
      'HTTP/1.1 206 Partial\r\nContent-Range: \x1b[31mbytes',
      'HTTP/1.1 200 OK\r\nX\x1b[31m: y',
    ]) {
      const server = await serveRaw(answerWith(`${head}\r\nContent-Length: 0\r\n\r\n`));
      const args = [server.url('/a'), '-v', '--retries', '0'];
      const { code, stdout, stderr } = await fetchall(args, { cwd: await folderWith() });
      expect(code).not.toBe(0);
      expect(stdout + stderr).not.toMatch(UNSAFE);
    }
  });
});

test('user and password of a URL are sent to its origin, and stand nowhere else', async () => {
  const other = await serve(() => ({ body: 'x' }));
  const server = await serve(({ url }) => {
    if (url === '/away') return { location: other.url('/there') };
    return url === '/fails' ? { status: 404 } : { body: 'x' };
  });
  const secret = (path: string) => server.url(path).replace('://', '://al%40ice:hunter%3A2@');
  const list = [
    ...['/a', '/away', '/fails', '/a?twice'].map(secret),
    `${secret('/bad')} nonsense`,
    'ftp://al%40ice:hunter%3A2@host/x',
    'http://al%40ice:hunter%3A2@host:99999/x',
  ].join('\n');
  const sent = `Basic ${Buffer.from('al@ice:hunter:2').toString('base64')}`;
  for (const more of [['--sequential', '-v'], ['--json', '-v'], ['--compare', '-v'], ['--dry-run'], ['-q']]) {
    const cwd = await folderWith({ 'list.txt': list });
    const { code, stdout, stderr } = await fetchall(['list.txt', '-o', 'out', ...more], { cwd });
    expect(code).not.toBe(0);
    const kept = (await readdir(cwd, { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile() && entry.name !== 'list.txt',
    );
    const texts = await Promise.all(
      kept.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
    );
    const names = kept.map(({ name }) => name);
    expect([stdout, stderr, ...texts, ...names].join('\n')).not.toMatch(/hunter|al(?:%40|@)ice/i);
    expect(stdout + stderr).not.toContain(sent.slice(6));
  }
  for (const { headers } of server.requests) expect(headers.authorization).toBe(sent);
  expect(other.requests.length).toBeGreaterThan(0);
  for (const { headers } of other.requests) expect(headers).not.toHaveProperty('authorization');
});

/** The exit code, and what came on standard error. */
function ended(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

test.each([[], ['--json']])('standard output that is closed early stops nothing (%s)', async (...more) => {
  const { hold, release } = barrier();
  const server = await serve(({ url }) => (url === '/0' ? { body: 'x' } : { body: 'x', hold }));
  const stdin = Array.from({ length: 300 }, (_, at) => server.url(`/${at}`)).join('\n');
  const cwd = await folderWith({ 'list.txt': stdin });
  const child = spawn(process.execPath, [tool, 'list.txt', ...more], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = ended(child);
  child.stdout.once('data', () => {
    child.stdout.destroy();
    release();
  });
  expect(await end).toEqual({ code: 0, stderr: '' });
  expect(await namesIn(cwd, 'downloads')).toHaveLength(300);
});

const fullDevice = '/dev/full';

test.skipIf(!existsSync(fullDevice))(
  'standard output that takes nothing: all is fetched, then it is said',
  async () => {
    const server = await serve(() => ({ body: 'x' }));
    const cwd = await folderWith();
    const full = await open(fullDevice, 'w');
    const run = (...args: readonly string[]) =>
      ended(spawn(process.execPath, [tool, ...args], { cwd, stdio: ['ignore', full.fd, 'pipe'] }));
    const says = /^fetchall: cannot write to standard output: the disk is full \(ENOSPC\)\n$/;
    const urls = ['/a', '/b'].map((path) => server.url(path));
    expect(await run(...urls)).toEqual({ code: 11, stderr: expect.stringMatching(says) });
    expect(await namesIn(cwd, 'downloads')).toEqual(['a', 'b']);
    expect(await run('--help')).toEqual({ code: 11, stderr: expect.stringMatching(says) });
    await full.close();
  },
);

const hasScript = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') === true;
const noScript = hasScript ? '' : ' (skipped: there is no script of util-linux here)';

/** Runs a command line on a terminal of 100 x 24, and draws what it writes. */
function onTerminal(command: string, cwd: string) {
  const env = { ...process.env, TERM: 'xterm', NO_COLOR: '1' };
  const child = spawn('script', ['-qec', `stty cols 100 rows 24; ${command}`, '/dev/null'], { cwd, env });
  const screen = new Screen(100, 24);
  let raw = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    raw += text;
    for (const look of watchers) look();
  });
  const sees = (text: string) =>
    new Promise<void>((resolve) => {
      const look = (): void => {
        if (raw.includes(text)) resolve();
      };
      watchers.add(look);
      look();
    });
  const end = new Promise<{ code: number | null; raw: string; shown: string[] }>((resolve) => {
    child.on('close', (code) => {
      // The terminal makes CR LF of each line break; it is the screen's own when written back.
      screen.write(raw.replaceAll('\r\n', '\n').replaceAll('\x1b[2K', '\r\x1b[K'));
      resolve({ code, raw, shown: screen.shown() });
    });
  });
  return { child, sees, end };
}

describe.skipIf(!hasScript)(`on a terminal${noScript}`, () => {
  const run = (...args: readonly string[]) =>
    [process.execPath, tool, ...args].map((word) => `'${word}'`).join(' ');

  test('bars while it runs; then only the log and the summary, whole, and the cursor back', async () => {
    const { hold, release } = barrier();
    const server = await serve(({ url }) =>
      url === '/slow.bin' ? { body: 'x'.repeat(2048), hold } : { body: 'x' },
    );
    const cwd = await folderWith({
      'urls.txt': ['/a', '/slow.bin', '/b'].map((path) => server.url(path)).join('\n'),
    });
    const { sees, end } = onTerminal(run(), cwd);
    await sees('slow.bin');
    release();
    const { code, raw, shown } = await end;
    expect(code).toBe(0);
    expect(raw).toContain('\x1b[?25l');
    expect(raw.lastIndexOf('\x1b[?25h')).toBeGreaterThan(raw.lastIndexOf('\x1b[?25l'));
    expect(shown).toHaveLength(5);
    const urls = shown
      .slice(0, 3)
      .map((line) => /^greenlet-\d {2}200 {2}.* {2}(http:\S+) -> \S+$/.exec(line)?.[1]);
    expect(urls.sort()).toEqual(['/a', '/b', '/slow.bin'].map((path) => server.url(path)));
    expect(shown[3]).toMatch(/^3 saved, 0 skipped, 0 failed; .* by 3 greenlets$/);
    expect(shown[4]).toMatch(/^elapsed /);
  });

  test('Ctrl-C gives the cursor back, after the summary', async () => {
    const { hold, release } = barrier();
    const server = await serve(() => ({ body: 'x', hold }));
    const { child, sees, end } = onTerminal(run(server.url('/slow.bin')), await folderWith());
    await sees('slow.bin');
    child.stdin.write('\x03');
    const { code, raw, shown } = await end;
    release();
    expect(code).toBe(130);
    expect(raw.lastIndexOf('\x1b[?25h')).toBeGreaterThan(raw.lastIndexOf('\x1b[?25l'));
    expect(shown.join('\n')).toMatch(/ERR_CANCELLED.*\n(?:.*\n)*0 saved, 0 skipped, 1 failed/);
  });

  test('--progress none, and -q, draw nothing', async () => {
    const server = await serve(() => ({ body: 'x' }));
    const plain = await onTerminal(run(server.url('/a'), '--progress', 'none'), await folderWith()).end;
    expect(plain.raw).not.toContain('\x1b[');
    expect((await onTerminal(run(server.url('/a'), '-q'), await folderWith()).end).raw).toBe('');
  });
});

test('bars are for a terminal only: --progress bars into a pipe writes no escape sequence', async () => {
  const server = await serve(() => ({ body: 'x' }));
  const result = await fetchall([server.url('/a'), '--progress', 'bars', '--json'], {
    cwd: await folderWith(),
  });
  expect(eventOf(result, 'summary').saved).toBe(1);
  expect(result.stdout + result.stderr).not.toContain('\x1b');
});
