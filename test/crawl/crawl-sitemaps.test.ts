// What a crawl does with sitemaps, those that robots.txt names and those that these name.

import { expect, test } from 'vitest';
import { crawled, type Pages } from '../support/crawled.js';

const seeds = ['h.example/'];
const XML = { 'Content-Type': 'application/xml' };

const urlset = (...urls: string[]): Pages[string] => ({
  headers: XML,
  body: `<urlset>${urls.map((url) => `<url><loc>http://${url}</loc></url>`).join('')}</urlset>`,
});
const index = (...urls: string[]): Pages[string] => ({
  headers: XML,
  body: `<sitemapindex>${urls.map((url) => `<sitemap><loc>http://${url}</loc></sitemap>`).join('')}</sitemapindex>`,
});
const naming = (...urls: string[]): Pages[string] => ({
  body: urls.map((url) => `Sitemap: http://${url}\n`).join(''),
});

test('they are read: XML, index, text and gzip; they are not kept', async () => {
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

test('one that is redirected is read where it leads to, and that is no home', async () => {
  const site: Pages = {
    'h.example/': 'home',
    'h.example/robots.txt': naming('h.example/sitemap.xml', 'h.example/away.xml'),
    'h.example/sitemap.xml': { status: 301, location: '/sitemap_index.xml' },
    'h.example/sitemap_index.xml': urlset('h.example/only-here'),
    'h.example/only-here': '<a href="//away.example/page">a</a>',
    'h.example/away.xml': { status: 301, location: '//away.example/sitemap.xml' },
    'away.example/sitemap.xml': urlset('h.example/away'),
    'away.example/page': 'not of this host',
  };
  const { asked, why } = await crawled(site, seeds);
  expect(asked).toContain('h.example/only-here');
  expect(asked.filter((place) => place.startsWith('away'))).toEqual([]);
  expect(await why('h.example/sitemap.xml')).toMatch(/^redirect redirect http:.*\/sitemap_index\.xml$/);
  expect(await why('h.example/sitemap_index.xml')).toBe('skipped sitemap read, not kept');
  expect(await why('away.example/page')).toMatch(/^refused scope other host/);
});

test('one that robots.txt forbids is not read, and that is said', async () => {
  const body = 'User-agent: *\nDisallow: /s\nSitemap: http://h.example/s.xml\n';
  const site: Pages = { 'h.example/': 'home', 'h.example/robots.txt': { body } };
  const { asked, why } = await crawled(site, seeds);
  expect(asked).toEqual(['h.example/']);
  expect(await why('h.example/s.xml')).toBe('skipped robots robots.txt line 2: Disallow: /s');
});

test('indexes of indexes come to an end, and the pages have their turn', async () => {
  const chain = Array.from({ length: 9 }, (_, at): [string, Pages[string]] => [
    `h.example/s${at}.xml`,
    index(`h.example/s${at + 1}.xml`, `h.example/list${at}.xml`),
  ]);
  const lists = chain.map(([, _], at): [string, Pages[string]] => [
    `h.example/list${at}.xml`,
    urlset(`h.example/p${at}`),
  ]);
  const site: Pages = {
    'h.example/': '<a href="/page">p</a>',
    'h.example/page': 'p',
    'h.example/robots.txt': naming('h.example/s0.xml'),
    ...Object.fromEntries([...chain, ...lists]),
  };
  const { asked, why } = await crawled(site, seeds, { depth: 1 });
  expect(asked.filter((place) => /\/s\d/.test(place))).toEqual(
    [0, 1, 2, 3].map((at) => `h.example/s${at}.xml`),
  );
  expect(asked).toEqual(expect.arrayContaining(['h.example/page', 'h.example/p0', 'h.example/p1']));
  expect(await why('h.example/s4.xml')).toBe(
    'refused sitemap more than 3 indexes lead to it, one by another',
  );
});

test('an origin has a thousand of them read', async () => {
  const names = Array.from({ length: 1001 }, (_, at) => `h.example/s${at}.txt`);
  const site = { 'h.example/': 'home', 'h.example/robots.txt': naming(...names) };
  const { asked, why } = await crawled(site, seeds, { perHost: 16 });
  expect(asked.length).toBe(1001);
  expect(await why('h.example/s999.txt')).toMatch(/^failed ERR_STATUS/);
  expect(await why('h.example/s1000.txt')).toMatch(
    /^refused sitemap more than 1000 sitemaps of http:\/\/h\.example/,
  );
});

test('one that a page links to is read all the same', async () => {
  const site: Pages = {
    'h.example/': '<a href="//b.example/sitemap.xml">s</a>',
    'b.example/robots.txt': naming('b.example/sitemap.xml'),
    'b.example/sitemap.xml': urlset('b.example/hidden'),
    'b.example/hidden': 'h',
  };
  const { asked, why } = await crawled(site, seeds, { spanHosts: true });
  expect(asked).toContain('b.example/hidden');
  expect(await why('b.example/sitemap.xml')).toBe('skipped sitemap read, not kept');
});

test('what is a page after all is a page', async () => {
  const site: Pages = {
    'h.example/': '<a href="//b.example/map">m</a>',
    'h.example/robots.txt': naming('h.example/map', 'b.example/map', 'h.example/empty.xml'),
    'h.example/empty.xml': urlset(),
    'h.example/map': '<a href="/from-map">f</a>',
    'h.example/from-map': 'f',
    'b.example/map': 'b',
  };
  const { asked, why } = await crawled(site, seeds, { spanHosts: true });
  expect(asked).toContain('h.example/from-map');
  expect(await why('h.example/map')).toBe('saved');
  expect(await why('b.example/map')).toBe('saved');
  expect(await why('h.example/empty.xml')).toBe('skipped sitemap read, not kept');
  const within = await crawled(site, seeds, { include: '/from' });
  expect(await within.why('h.example/map')).toBe('refused sitemap no sitemap, but a page');
});

test('what a limit leaves out is said', async () => {
  const lines = Array.from({ length: 50_001 }, (_, at) => `http://h.example/p${at}\n`).join('');
  const site: Pages = {
    'h.example/': 'home',
    'h.example/robots.txt': naming('h.example/s.txt'),
    'h.example/s.txt': { headers: { 'Content-Type': 'text/plain' }, body: lines },
  };
  const { notes, why } = await crawled(site, seeds, { exclude: '/p' });
  expect(await why('h.example/s.txt')).toBe('skipped sitemap read in part: 50000 URLs; not kept');
  expect(notes.join()).toMatch(/^fetchall: http:\/\/h\.example:\d+\/s\.txt is read in part: 50000 URLs$/);
});
