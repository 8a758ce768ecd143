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

test('a run asks for it once; --no-robots never does', async () => {
  const site = { ...SITE, 'h.example/robots.txt': { body: RULES } };
  const first = await crawled(site, seeds);
  expect(first.robots).toEqual(['h.example']);
  const free = await crawled(site, seeds, { robots: false });
  expect(free.robots).toEqual([]);
  expect([...free.asked].sort()).toEqual(ALL);
});

test('its sitemaps are read: XML, index, text and gzip; they are not kept', async () => {
  const site: Pages = {
    'h.example/': 'home',
    'h.example/robots.txt': {
      body: 'Sitemap: http://h.example/index.xml\nSitemap: http://h.example/list.txt\n',
    },
    'h.example/index.xml': {
      headers: { 'Content-Type': 'application/xml' },
      body: '<sitemapindex><sitemap><loc>http://h.example/one.xml</loc></sitemap><sitemap><loc>http://h.example/two.xml.gz</loc></sitemap></sitemapindex>',
    },
    'h.example/one.xml': {
      headers: { 'Content-Type': 'text/xml' },
      body: '<urlset><url><loc>http://h.example/a</loc></url></urlset>',
    },
    'h.example/two.xml.gz': {
      headers: { 'Content-Type': 'application/gzip' },
      body: '<urlset><url><loc>http://h.example/b</loc></url></urlset>',
      gzip: true,
    },
    'h.example/list.txt': {
      headers: { 'Content-Type': 'text/plain' },
      body: 'http://h.example/c\nhttp://h.example/d\n',
    },
    'h.example/a': 'a',
    'h.example/b': 'b',
    'h.example/c': 'c',
    'h.example/d': 'd',
  };
  const found = await crawled(site, seeds, { robots: true });
  expect(found.asked).toContain('h.example/a');
  expect(await found.why('h.example/one.xml')).toBe('skipped sitemap read, not kept');
  expect(found.results.some(({ url }) => url.includes('.xml') || url.includes('.txt'))).toBe(false);
  expect([...found.asked].sort()).toEqual(
    Object.keys(site)
      .filter((place) => !place.endsWith('robots.txt'))
      .sort(),
  );
  const without = await crawled(site, seeds, { sitemaps: false });
  expect(without.asked).toEqual(['h.example/']);
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
