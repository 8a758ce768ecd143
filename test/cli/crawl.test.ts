// The command crawl, as a process.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ofType, readWarc } from '../archive/read-warc.js';
import { fetchall } from '../support/command-line.js';
import { eventOf, eventsOf, expectOneLine, folderWith, namesIn, serve } from './stage.js';

const html = { 'Content-Type': 'text/html' };
const site = {
  '/robots.txt': { body: 'User-agent: *\nDisallow: /no' },
  '/': { headers: html, body: '<a href=a>a</a><a href=no>n</a><a href=hop>h</a><img src=big.png>' },
  '/a': { headers: html, body: '<a href=/>home</a>' },
  '/hop': { location: '/a', body: '' },
  '/big.png': { body: 'p'.repeat(5000) },
};

test('crawl, status and why, and an archive of all that was asked', async () => {
  const server = await serve(site);
  const cwd = await folderWith();
  const crawl = ['crawl', server.url('/'), '--out', 'out', '--delay', '0', '--max-size', '4k', '--json'];
  const run = await fetchall([...crawl, '--warc', 'site'], { cwd });
  expect(run.code).toBe(0);
  const outcomes = eventsOf(run, 'finished').map(({ url, outcome, reason, file }) => [
    new URL(url).pathname,
    outcome,
    reason,
    file?.slice(file.indexOf('/')) ?? null,
  ]);
  expect(outcomes.sort()).toEqual([
    ['/', 'saved', null, '/index.html'],
    ['/a', 'saved', null, '/a.html'],
    ['/big.png', 'skipped', 'size', null],
    ['/hop', 'skipped', 'redirect', null],
    ['/no', 'skipped', 'robots', null],
  ]);
  expect(eventOf(run, 'summary')).toMatchObject({ total: 5, saved: 2, skipped: 3, failed: 0 });
  // robots.txt is told of nowhere but in the archive.
  expect(eventsOf(run, 'started').map(({ url }) => url)).not.toContain(server.url('/robots.txt'));
  const archived = ofType(await readWarc(join(cwd, 'site.warc.gz')), 'response').map(
    ({ fields }) => fields['WARC-Target-URI'],
  );
  for (const path of ['/robots.txt', '/', '/a', '/hop']) expect(archived).toContain(server.url(path));
  const status = await fetchall(['status', 'out'], { cwd });
  expect(status.stdout).toMatch(
    /^crawl: skipped 2, saved 2, redirect 1$|^crawl: saved 2, skipped 2, redirect 1$/m,
  );
  const why = await fetchall(['why', 'out', server.url('/no')], { cwd });
  expect(why.stdout).toContain('robots.txt line 2: Disallow: /no');
  const asked = server.requests.length;
  expect((await fetchall(crawl, { cwd })).code).toBe(0);
  expect(server.requests.length).toBe(asked);
});

test('a crawl with nothing to fetch says why', async () => {
  const server = await serve({ '/': { headers: html, body: '<a href=a>a</a>' }, '/a': { body: 'a' } });
  const cwd = await folderWith();
  const crawl = ['crawl', server.url('/'), '--out', 'out', '--delay', '0'];
  const said = async (...more: string[]): Promise<string> => {
    const { code, stderr } = await fetchall([...crawl, ...more], { cwd });
    expect(code).toBe(0);
    return stderr;
  };
  expect(await said('--max-pages', '1')).toBe('');
  expect(await said('--max-pages', '1')).toMatch(
    /^fetchall: nothing was fetched: --max-pages or --max-bytes is/,
  );
  expect(await said()).toBe('');
  expect(await said()).toBe('fetchall: the crawl is complete: nothing is left to fetch\n');
  expect(await said('--quiet')).toBe('');
});

test('a crawl that is nothing to begin with, and options that are not its own', async () => {
  const cwd = await folderWith();
  const url = 'http://127.0.0.1:9/';
  const cases: [string[], RegExp][] = [
    [['crawl', 'nothing'], /no http or https URL/],
    [['crawl', url, '--compare'], /crawl does not take --compare/],
    [['crawl', url, '--split', '3'], /crawl does not take --split/],
    [['crawl', url, '--existing', 'update'], /does not take --existing update/],
    [['crawl', url, '--domain', '--span-hosts'], /--span-hosts/],
    [['crawl', url, '--include', '('], /--include.*regular expression/],
    [['crawl', url, '--allow-trap', 'mouse'], /--allow-trap/],
    [[url, '--depth', '3'], /only a crawl takes --depth/],
    [['why', 'out'], /folder and a URL/],
  ];
  for (const [args, says] of cases) {
    const result = await fetchall(args, { cwd });
    expect(result.code).toBe(2);
    expectOneLine(result, says);
  }
  expect(await namesIn(cwd)).toEqual([]);
});
