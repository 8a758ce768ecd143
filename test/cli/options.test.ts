// Options: each value is checked, and a wrong one is a usage error that names option, value and what is allowed.

import { describe, expect, test } from 'vitest';
import { fetchall } from '../support/command-line.js';
import { packageRoot } from '../support/package-root.js';
import { eventOf, expectOneLine, folderWith, namesIn, serve } from './stage.js';

async function misused(...args: readonly string[]) {
  const server = await serve({ '/a': { body: 'a' } });
  const cwd = await folderWith();
  const result = await fetchall([...args, server.url('/a')], { cwd });
  expect(result.code).toBe(2);
  expect(server.connections).toBe(0);
  expect(await namesIn(cwd)).toEqual([]);
  return result;
}

describe('a wrong value names option, value and what is allowed', () => {
  test.each([
    ['--concurrency', '0', /whole number from 1 to 1024/],
    ['--concurrency', '1025', /whole number from 1 to 1024/],
    ['--concurrency', 'abc', /whole number from 1 to 1024/],
    ['--concurrency', '1.5', /whole number from 1 to 1024/],
    ['--concurrency', '-1', /whole number from 1 to 1024/],
    ['--per-host', '0', /whole number from 1 to 1024/],
    ['--chunk-size', '0', /size from 1 /],
    ['--chunk-size', '64x', /size from 1 .*64k/],
    ['--max-size', 'big', /size from 0 /],
    ['--limit-rate', '0', /size from 1 /],
    ['--min-speed', '0', /size from 1 /],
    ['--min-speed', 'fast', /size from 1 /],
    ['--speed-time', '30', /time of at least 1ms with its unit/],
    ['--retries', '-1', /whole number from 0 /],
    ['--retry-wait', '5', /time .*unit.*10s/],
    ['--retry-max-wait', 'soon', /time .*unit/],
    ['--connect-timeout', '0', /time of at least 1ms/],
    ['--headers-timeout', '1 year', /time .*unit/],
    ['--idle-timeout', '10', /time .*unit/],
    ['--max-time', 'x', /time .*unit/],
    ['--max-redirects', '101', /whole number from 0 to 100/],
    ['--existing', 'refresh', /skip, update, overwrite, rename, fail/],
    ['--retry-on', '404,2xx', /statuses from 400 to 599/],
    ['--retry-on', '524-520', /statuses from 400 to 599/],
    ['--fsync', 'sometimes', /never, file, always/],
    ['--progress', 'foo', /auto, bars, lines, none/],
    ['--header', 'bad', /'Name: value'/],
    ['--header', 'Content-Length: 3', /set by fetchall/],
    ['--user-agent', 'a\nb', /no line breaks/],
    ['--out', '', /give a DIR/],
  ])('%s=%s', async (option, value, allowed) => {
    const result = await misused(`${option}=${value}`);
    expect(result.stderr).toContain(`${option}: `);
    expect(result.stderr).toContain(JSON.stringify(value));
    expectOneLine(result, allowed);
  });

  test('the short flag is named in full', async () => {
    expectOneLine(await misused('-c', 'x'), /--concurrency: "x"/);
    expectOneLine(await misused('-H', 'x'), /--header: "x"/);
  });
});

test.each([['--concurency=3'], ['--conc', '3'], ['--no-json'], ['-x'], ['--per_host', '2']])(
  '%s is no option',
  async (option, ...value) => {
    const result = await misused(option, ...value);
    const [name = ''] = option.split('=');
    expectOneLine(result, new RegExp(`no such option: ${name};.*--help`));
  },
);

test.each(['--out', '-o', '--concurrency', '-H', '--progress', '--max-time'])(
  '%s needs a value',
  async (option) => {
    const last = await fetchall(['http://127.0.0.1:1/', option], { cwd: await folderWith() });
    expect(last.code).toBe(2);
    expectOneLine(last, new RegExp(`${option} needs a value`));
    expectOneLine(await misused(option, '--json'), new RegExp(`${option} needs a value`));
  },
);

test.each([
  ['-c=', /^fetchall: -c needs a value; /],
  ['-x=', /^fetchall: no such option: -x; /],
])('%s is called by its name', async (option, says) => {
  expectOneLine(await misused(option), says);
});

test.each([
  '--json=3',
  '--sequential=yes',
  '--quiet=',
  '--no-color=false',
  '--insecure=true',
  '--decode=gzip',
])('%s: a switch takes no value', async (option) => {
  const [name = '', value = ''] = option.split('=');
  const result = await misused(option);
  expectOneLine(result, /takes no value/);
  expect(result.stderr).toContain(`${name}: ${JSON.stringify(value)}`);
});

test('--sequential and --compare exclude each other', async () => {
  expectOneLine(await misused('--sequential', '--compare'), /--compare.*--sequential/);
});

test.each([
  ['--split', '3', '--delay', '1s'],
  ['--workers', '2', '--limit-rate', '1M'],
])('%s %s is not ignored with %s', async (...args) => {
  const [goes, , stays] = args;
  expectOneLine(await misused(...args), new RegExp(`${stays} .*; leave ${goes} out`));
});

test('of an option given twice the last wins, even if the first is wrong', async () => {
  const server = await serve({ '/a': { body: 'a' } });
  const cwd = await folderWith();
  const args = [
    '-c',
    'x',
    '--concurrency',
    '3',
    '-o',
    'one',
    '--out=two',
    '-A',
    'first',
    '-A',
    'last',
    '--json',
    '--json',
  ];
  const result = await fetchall([...args, server.url('/a')], { cwd });
  expect(result.code).toBe(0);
  expect(eventOf(result, 'summary').concurrency).toBe(3);
  expect(await namesIn(cwd)).toEqual(['two']);
  expect(server.requests[0]?.headers['user-agent']).toBe('last');
});

test('--header may be repeated; an empty value takes a field out', async () => {
  const server = await serve({ '/a': { body: 'a' } });
  const args = ['-H', 'X-One: 1', '--header', 'X-Two: a: b', '--header=Accept:', '-A', 'me/1'];
  expect((await fetchall([server.url('/a'), ...args], { cwd: await folderWith() })).code).toBe(0);
  const { headers } = server.requests[0] ?? {};
  expect(headers).toMatchObject({
    'x-one': '1',
    'x-two': 'a: b',
    'user-agent': 'me/1',
    'accept-encoding': 'identity',
  });
  expect(headers).not.toHaveProperty('accept');
});

test('sizes and times take their units', async () => {
  const server = await serve({ '/a': { body: 'x'.repeat(5000) } });
  const args = [
    '--chunk-size',
    '1KiB',
    '--max-time',
    '1.5m',
    '--max-size=64k',
    '--retry-wait',
    '0',
    '--limit-rate',
    '1g',
  ];
  const result = await fetchall([server.url('/a'), '--json', ...args], { cwd: await folderWith() });
  expect(result.code).toBe(0);
  expect(eventOf(result, 'finished')).toMatchObject({ bytes: 5000, chunks: 5 });
});

test('--help names every option with its default; it and --version go to standard output, exit 0', async () => {
  const help = await fetchall(['--help'], { cwd: await folderWith() });
  expect(help).toMatchObject({ code: 0, stderr: '' });
  // The bundle counts a column for each letter: see rolldown.config.js.
  expect(help.stdout).toMatch(/^[\n\x20-\x7e]*$/);
  for (const option of [
    '-o, --out',
    '-c, --concurrency',
    '--per-host',
    '--sequential',
    '--compare',
    '--chunk-size',
    '--retries',
    '--retry-wait',
    '--retry-max-wait',
    '--connect-timeout',
    '--headers-timeout',
    '--idle-timeout',
    '--max-time',
    '--existing',
    '--max-size',
    '--min-speed',
    '--speed-time',
    '--decode',
    '--max-redirects',
    '--limit-rate',
    '-H, --header',
    '-A, --user-agent',
    '-k, --insecure',
    '--allow-downgrade',
    '--deny-private',
    '--allow-private-redirects',
    '--dry-run',
    '--json',
    '-q, --quiet',
    '-v, --verbose',
    '--content-disposition',
    '--progress',
    '--no-color',
  ])
    expect(help.stdout).toContain(option);
  expect(help.stdout).toMatch(/--concurrency.*\[auto\]/);
  expect((await fetchall(['-h'])).stdout).toBe(help.stdout);
  const words = await fetchall(['help', 'urls.txt'], { cwd: await folderWith({ help: 'no url' }) });
  expect(words).toMatchObject({ code: 0, stderr: '', stdout: help.stdout });
  const version = await fetchall(['--version'], { cwd: packageRoot });
  expect(version).toMatchObject({ code: 0, stderr: '', stdout: '0.1.0\n' });
});

test('what follows -- is a source, whatever it begins with', async () => {
  const server = await serve({ '/a': { body: 'a' } });
  const cwd = await folderWith({ '--json': server.url('/a') });
  const { code, stdout } = await fetchall(['-o', 'out', '--', '--json'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain('1 saved');
});

test('-v shows where a usage error or a missing list comes from, however it is written', async () => {
  const cwd = await folderWith({ file: '' });
  for (const args of [
    ['-v', '-c', '0'],
    ['-qv', 'missing.txt'],
    ['missing.txt', '--verbose'],
    ['-v', 'http://127.0.0.1:1/', '-o', 'file/out'],
  ]) {
    const plain = args.filter((word) => !/^(?:-q?v|--verbose)$/.test(word));
    expect((await fetchall(plain, { cwd })).stderr).not.toMatch(/\n\s+at /);
    expect((await fetchall(args, { cwd })).stderr).toMatch(/^fetchall: [^\n]+\n(?:[^\n]*\n)+\s+at /);
  }
});
