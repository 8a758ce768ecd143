// What belongs to a crawl, seen from the server; and the reason on record of what does not.

import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openStore } from '../../src/state/open-store.js';
import { crawled, type Pages } from '../support/crawled.js';

const links = (...to: string[]): string => to.map((link) => `<a href="${link}">x</a>`).join(' ');
const sorted = (asked: readonly string[]): string[] => [...asked].sort();

const hosts: Pages = {
  'www.example.co.uk/': links('/a', '//shop.example.co.uk/b', '//example.co.uk/c', '//other.co.uk/d'),
  'www.example.co.uk/a': 'a',
  'shop.example.co.uk/b': 'b',
  'example.co.uk/c': 'c',
  'other.co.uk/d': 'd',
};
test('the same host by default, its domain, or any', async () => {
  const own = ['www.example.co.uk/', 'www.example.co.uk/a'];
  const ofDomain = ['example.co.uk/c', 'shop.example.co.uk/b'];
  const seeds = ['www.example.co.uk/'];
  const alone = await crawled(hosts, seeds);
  expect(sorted(alone.asked)).toEqual(own);
  expect(await alone.why('shop.example.co.uk/b')).toMatch(/^refused scope other host: shop\.example\.co\.uk/);
  const domain = await crawled(hosts, seeds, { domain: true });
  expect(sorted(domain.asked)).toEqual([...own, ...ofDomain].sort());
  expect(await domain.why('other.co.uk/d')).toBe('refused scope other domain: other.co.uk');
  const any = await crawled(hosts, seeds, { spanHosts: true });
  expect(sorted(any.asked)).toEqual([...own, ...ofDomain, 'other.co.uk/d'].sort());
});

test('--no-parent stays below the folder of the seed', async () => {
  const pages: Pages = {
    'h.example/docs/v1/': links('page', '../', '/docs/v2/', '/docs/v1', 'sub/deep'),
    'h.example/docs/v1/page': links('/docs/v1/from-page'),
    'h.example/docs/v1/from-page': 'p',
    'h.example/docs/v1/sub/deep': links('../../v3'),
  };
  const { asked, why } = await crawled(pages, ['h.example/docs/v1/'], { parent: false });
  expect(sorted(asked)).toEqual(Object.keys(pages).sort());
  for (const place of ['docs/', 'docs/v2/', 'docs/v1', 'docs/v3'])
    expect(await why(`h.example/${place}`)).toBe('refused scope --no-parent: not below /docs/v1/');
});

test('--include and --exclude', async () => {
  const pages: Pages = {
    'h.example/': links('/keep/1', '/keep/2?print=1', '/drop/3'),
    'h.example/keep/1': links('/keep/4'),
  };
  const { asked, why } = await crawled(pages, ['h.example/'], { include: '/keep/', exclude: ['print='] });
  expect(sorted(asked)).toEqual(['h.example/', 'h.example/keep/1', 'h.example/keep/4']);
  expect(await why('h.example/drop/3')).toBe('refused scope no --include matches: \\/keep\\/');
  expect(await why('h.example/keep/2?print=1')).toBe('refused scope --exclude print=');
});

test('--accept keeps a type; pages are read for their links and not kept', async () => {
  const png = { headers: { 'Content-Type': 'image/png' }, body: 'png' };
  const pages: Pages = {
    'h.example/': `${links('/more', '/said')}<img src="/a.png"><embed src="/paper.pdf">`,
    'h.example/more': '<img src="/b">',
    'h.example/a.png': png,
    'h.example/b': png,
    'h.example/said': { headers: { 'Content-Type': 'application/pdf' }, body: 'pdf' },
  };
  const { asked, why, out, results } = await crawled(pages, ['h.example/'], { accept: 'image/*' });
  expect(sorted(asked)).toEqual(Object.keys(pages).sort());
  expect(
    results
      .filter(({ outcome }) => outcome === 'saved')
      .map(({ url }) => new URL(url).pathname)
      .sort(),
  ).toEqual(['/a.png', '/b']);
  const [folder = ''] = (await readdir(out)).filter((name) => name.startsWith('h.example'));
  expect((await readdir(`${out}/${folder}`)).sort()).toEqual(['a.png', 'b.png']);
  expect(await readdir(`${out}/.fetchall/crawl`)).toEqual([]);
  expect(await why('h.example/paper.pdf')).toBe('refused type application/pdf, --accept image/*');
  expect(await why('h.example/said')).toBe('skipped type application/pdf, --accept image/*');
  expect(await why('h.example/')).toBe('skipped type text/html, --accept image/*');
});

test('--accept: a link may lead to a page whatever its name says', async () => {
  const pages: Pages = {
    'h.example/': `<img src="/wiki/File:A.png"><img src="/b.png">${links('/wiki/Node.js', '/wiki/File:A.png', '/paper.pdf')}`,
    'h.example/wiki/Node.js': links('/child'),
    'h.example/wiki/File:A.png': links('/other'),
    'h.example/paper.pdf': { headers: { 'Content-Type': 'application/pdf' }, body: 'pdf' },
    'h.example/child': '',
    'h.example/other': '',
  };
  const { asked, why } = await crawled(pages, ['h.example/'], { accept: 'text/html' });
  expect(sorted(asked)).toEqual(Object.keys(pages).sort());
  expect(await why('h.example/wiki/File:A.png')).toBe('saved');
  expect(await why('h.example/paper.pdf')).toBe('skipped type application/pdf, --accept text/html');
  expect(await why('h.example/b.png')).toBe('refused type image/png, --accept text/html');
});

const needy: Pages = {
  'h.example/docs/': `<link rel=stylesheet href="//cdn.example/s.css"><img src="/pic.png">${links('//cdn.example/page', '/up')}
    <iframe src="//cdn.example/frame"></iframe>`,
  'cdn.example/s.css': {
    headers: { 'Content-Type': 'text/css' },
    body: '@import "t.css"; a{background:url(bg.png)}',
  },
  'cdn.example/t.css': { headers: { 'Content-Type': 'text/css' }, body: '' },
  'cdn.example/bg.png': { headers: { 'Content-Type': 'image/png' }, body: 'bg' },
  'cdn.example/frame': `<img src=in-frame.png>${links('/out-of-frame')}`,
  'cdn.example/in-frame.png': { headers: { 'Content-Type': 'image/png' }, body: 'f' },
  'h.example/pic.png': { headers: { 'Content-Type': 'image/png' }, body: 'p' },
};

test('--page-requisites fetches what a page needs from anywhere, and no page of there', async () => {
  const seeds = ['h.example/docs/'];
  const { asked, why } = await crawled(needy, seeds, { pageRequisites: true, depth: 0, parent: false });
  expect(sorted(asked)).toEqual(Object.keys(needy).sort());
  expect(await why('cdn.example/page')).toMatch(/^refused scope other host/);
  expect(await why('cdn.example/out-of-frame')).toMatch(/^refused scope other host/);
  expect(await why('h.example/up')).toMatch(/^refused scope --no-parent/);
  const without = await crawled(needy, seeds, { depth: 0 });
  expect(without.asked).toEqual(seeds);
});

test('--max-pages and --max-bytes: what is left stays open, and more takes it up', async () => {
  const pages: Pages = { 'h.example/': links(...Array.from({ length: 20 }, (_, n) => `/p${n}`)) };
  const all: Pages = {
    ...pages,
    ...Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [`h.example/p${n}`, `${n}`.padEnd(1000, 'x')]),
    ),
  };
  const few = await crawled(all, ['h.example/'], { maxPages: 8 });
  expect(few.asked).toHaveLength(8);
  expect(await few.why('h.example/p19')).toBe('open');
  const bytes = await crawled(all, ['h.example/'], { maxBytes: 5000, perHost: 1 });
  // The first page, and as many as make it full; what was in flight then has come to its end.
  expect(bytes.asked.length).toBeGreaterThanOrEqual(6);
  expect(bytes.asked.length).toBeLessThan(20);
  expect(await bytes.why('h.example/p19')).toBe('open');
});

test('--max-bytes: at that size nothing more is begun, however much was to be next', async () => {
  const paths = Array.from({ length: 100 }, (_, at) => `/p${at}`);
  const pages: Pages = {
    'h.example/': links(...paths),
    ...Object.fromEntries(paths.map((path) => [`h.example${path}`, 'x'.repeat(1000)])),
  };
  const { asked, results, out, why } = await crawled(pages, ['h.example/'], { maxBytes: '6k', perHost: 3 });
  const saved = results.filter(({ outcome }) => outcome === 'saved');
  expect(results).toHaveLength(saved.length);
  expect(asked).toHaveLength(saved.length);
  // Two of three may have been under way when the last one was saved.
  const sizes = saved.map(({ size }) => size ?? 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThanOrEqual(6144);
  expect(total).toBeLessThan(6144 + 3 * 1000);
  expect(await why('h.example/p99')).toBe('open');
  const store = await openStore(out, { synchronous: 'OFF' });
  expect(store.crawl.counts().states).toEqual({ saved: saved.length, open: 101 - saved.length });
  await store.close();
});
