// What a crawl does with robots.txt, with each way in which it can be had or not, and with what pages say to robots.

import { expect, test } from 'vitest';
import { type Crawled, crawled, type Pages } from '../support/crawled.js';

const html = { 'Content-Type': 'text/html' };
const RULES = 'User-agent: *\nDisallow: /no';
const SITE: Pages = { 'h.example/': '<a href="/no/1">n</a><a href="/yes">y</a>', 'h.example/yes': 'y' };
const seeds = ['h.example/'];
const ALL = ['h.example/', 'h.example/no/1', 'h.example/yes'];
const KEPT = ['h.example/', 'h.example/yes'];

test.each<[string, Pages[string], string[]]>([
  ['200: it counts', { body: RULES }, KEPT],
  ['404: all is allowed', { status: 404, body: RULES }, ALL],
  ['403: all is allowed', { status: 403, body: RULES }, ALL],
  ['401: all is allowed', { status: 401 }, ALL],
  ['500: nothing is', { status: 500, body: 'User-agent: *\nAllow: /' }, []],
  ['503: nothing is', { status: 503 }, []],
  ['429: nothing is', { status: 429 }, []],
  ['no answer: nothing is', { body: RULES, resetAt: 0 }, []],
  ['cut short: nothing is', { headers: html, body: RULES, truncateAt: 5 }, []],
])('robots.txt, %s', async (_, robots, expected) => {
  const { asked, why } = await crawled({ ...SITE, 'h.example/robots.txt': robots }, seeds);
  expect([...asked].sort()).toEqual(expected);
  const reason =
    expected.length === 0
      ? /^skipped robots robots\.txt could not be had, so nothing is allowed: /
      : /^saved|^failed ERR_STATUS/;
  expect(await why('h.example/')).toMatch(reason);
  if (expected === KEPT)
    expect(await why('h.example/no/1')).toBe('skipped robots robots.txt line 2: Disallow: /no');
});

test('robots.txt of a host that is not there: nothing is asked for', async () => {
  const { asked, results, why } = await crawled(SITE, ['gone.example/']);
  expect(asked).toEqual([]);
  expect(results.map(({ outcome, reason }) => [outcome, reason])).toEqual([['skipped', 'robots']]);
  expect(await why('gone.example/')).toMatch(/^skipped robots robots\.txt could not be had/);
});

test.each<[number, string[]]>([
  [5, KEPT],
  [6, []],
])('%i redirects to it, to another host too', async (redirects, expected) => {
  const hops = Array.from({ length: redirects }, (_, hop): [string, Pages[string]] => [
    hop === 0 ? 'h.example/robots.txt' : `other.example/hop${hop}`,
    { location: `//other.example/${hop === redirects - 1 ? 'rules' : `hop${hop + 1}`}` },
  ]);
  const site = { ...SITE, ...Object.fromEntries(hops), 'other.example/rules': { body: RULES } };
  const { asked } = await crawled(site, seeds);
  expect(asked.filter((place) => place.startsWith('h.')).sort()).toEqual(expected);
});

test('of robots.txt 500 KiB count', async () => {
  const filler = `# ${'x'.repeat(997)}\n`.repeat(520);
  const { asked } = await crawled({ ...SITE, 'h.example/robots.txt': { body: `${filler}${RULES}` } }, seeds);
  expect([...asked].sort()).toEqual(ALL);
});

test('it is cut short and gone on with: all of it counts', async () => {
  const rules = `User-agent: *\nDisallow: /no\n${'# a comment\n'.repeat(5000)}Disallow: /yes\n`;
  const asks: string[] = [];
  const robots: Pages[string] = ({ headers: { range } }) => {
    asks.push(range ?? 'all');
    const headers = { 'Accept-Ranges': 'bytes', ETag: '"1"' };
    if (range === undefined) return { headers, body: rules, truncateAt: 40_000 };
    const start = Number(/\d+/.exec(range)?.[0]);
    const contentRange = `bytes ${start}-${rules.length - 1}/${rules.length}`;
    return { status: 206, headers: { ...headers, 'Content-Range': contentRange }, body: rules.slice(start) };
  };
  const site = { ...SITE, 'h.example/robots.txt': robots };
  const { asked } = await crawled(site, seeds, { retries: 1, retryWait: 1 });
  expect(asks).toEqual(['all', 'bytes=40000-']);
  expect(asked).toEqual(['h.example/']);
});

test('one that has no end is not had', async () => {
  const robots = { headers: { 'Content-Length': String(2 ** 30) }, body: RULES, truncateAt: RULES.length };
  const { asked, why } = await crawled({ ...SITE, 'h.example/robots.txt': robots }, seeds);
  expect(asked).toEqual([]);
  expect(await why('h.example/')).toMatch(
    /^skipped robots robots\.txt could not be had, so nothing is allowed: .*16777216/,
  );
});

test('a run asks for it once; --no-robots never does', async () => {
  const site = { ...SITE, 'h.example/robots.txt': { body: RULES } };
  const first = await crawled(site, seeds);
  expect(first.robots).toEqual(['h.example']);
  const free = await crawled(site, seeds, { robots: false });
  expect(free.robots).toEqual([]);
  expect([...free.asked].sort()).toEqual(ALL);
});

test.each<[string, Pages[string], boolean]>([
  ['X-Robots-Tag: nofollow', { headers: { ...html, 'X-Robots-Tag': 'nofollow' }, body: '' }, false],
  ['X-Robots-Tag: none', { headers: { ...html, 'X-Robots-Tag': 'none' }, body: '' }, false],
  ['that of another', { headers: { ...html, 'X-Robots-Tag': 'otherbot: nofollow' }, body: '' }, true],
  ['noindex alone', { headers: { ...html, 'X-Robots-Tag': 'noindex' }, body: '' }, true],
  ['meta nofollow', { headers: html, body: '<meta name=robots content="noindex, nofollow">' }, false],
  ['meta none', { headers: html, body: '<META NAME=ROBOTS CONTENT=NONE>' }, false],
  ['meta for us', { headers: html, body: '<meta name=fetchall content=nofollow>' }, false],
  ['meta for another', { headers: html, body: '<meta name=otherbot content=nofollow>' }, true],
])('%s', async (_, page, followed) => {
  const { headers = {}, body = '' } = page as { headers?: Record<string, string>; body?: string };
  const site = {
    'h.example/': { headers, body: `${body}<a href="/next">n</a><img src="/pic">` },
    'h.example/next': 'n',
  };
  const polite: Crawled = await crawled(site, seeds);
  expect(polite.asked.includes('h.example/next')).toBe(followed);
  // A picture is part of the page, no link to follow.
  expect(polite.asked).toContain('h.example/pic');
  if (!followed)
    expect(await polite.why('h.example/next')).toBe('refused robots nofollow: asked for by the page');
  const free = await crawled(site, seeds, { robots: false });
  expect(free.asked).toContain('h.example/next');
});

test('a link with rel=nofollow is left, until another page leads there without it', async () => {
  const site: Pages = {
    'h.example/': '<a rel="ugc nofollow" href="/a">a</a><a rel=nofollow href="/b">b</a><a href="/c">c</a>',
    'h.example/c': '<a href="/b">b</a>',
  };
  const { asked, why } = await crawled(site, seeds);
  expect([...asked].sort()).toEqual(['h.example/', 'h.example/b', 'h.example/c']);
  expect(await why('h.example/a')).toBe('refused robots nofollow: rel of the link');
});
