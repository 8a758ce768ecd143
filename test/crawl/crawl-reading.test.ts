// What a crawl reads, by the type of the answer, and what it costs where reading fails.

import { readdir } from 'node:fs/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { LinkExtractor } from '../../src/crawl/link-extractor.js';
import { crawled, type Pages } from '../support/crawled.js';

const typed = (type: string | null, body: string): Pages[string] => ({
  headers: type === null ? {} : { 'Content-Type': type },
  body,
});
const followed = ({ asked }: { asked: readonly string[] }): string[] =>
  asked.filter((place) => place !== 'h.example/').sort();

describe('a page without a type', () => {
  test.each<[string | null, string, boolean]>([
    [null, '<!doctype html><a href=/b>', true],
    [null, '\n <HTML><a href=/b>', true],
    [null, '<!-- x --><a href=/b>', true],
    ['*/*', '<p><a href=/b>', true],
    ['unknown/unknown', '<a href=/b>', true],
    ['application/unknown', '<body><a href=/b>', true],
    ['nonsense', '<body><a href=/b>', true],
    [null, 'text <a href=/b>', false],
    [null, '<bodyguard><a href=/b>', false],
    ['text/plain', '<html><a href=/b>', false],
    ['application/octet-stream', '<html><a href=/b>', false],
  ])('%s %j: links are read: %s', async (type, body, isRead) => {
    const pages = { 'h.example/': typed(type, body), 'h.example/b': 'b' };
    expect(followed(await crawled(pages, ['h.example/']))).toEqual(isRead ? ['h.example/b'] : []);
  });

  test('is a page by its name and to --accept', async () => {
    const pages: Pages = {
      'h.example/': typed(
        null,
        `<!doctype html><a href=/a.php><a href=/text>${' '.repeat(3000)}<a href=/late>`,
      ),
      'h.example/a.php': typed(null, '<p>a'),
      'h.example/late': typed(null, '<p>late'),
      'h.example/text': typed(null, 'text'),
    };
    const { out, why, results } = await crawled(pages, ['h.example/'], { accept: 'text/html' });
    expect(results.filter(({ outcome }) => outcome === 'saved')).toHaveLength(3);
    const [folder = ''] = (await readdir(out)).filter((name) => name.startsWith('h.example'));
    expect((await readdir(`${out}/${folder}`)).sort()).toEqual(['a.php.html', 'index.html', 'late.html']);
    expect(await why('h.example/text')).toBe('skipped type no type, --accept text/html');
    expect(await readdir(`${out}/.fetchall/crawl`)).toEqual([]);
  });
});

test('a fault of the reader costs links, not the page', async () => {
  const write = vi.spyOn(LinkExtractor.prototype, 'write').mockImplementation(() => {
    throw new RangeError('Invalid string length');
  });
  onTestFinished(() => write.mockRestore());
  const pages: Pages = { 'h.example/': '<a href=/b>', 'h.example/b': 'b' };
  const { results, why } = await crawled(pages, ['h.example/']);
  expect(results.map(({ outcome }) => outcome)).toEqual(['saved']);
  expect(await why('h.example/')).toBe('saved reading failed: Invalid string length');
});

test('what is left out is on record', async () => {
  const page = `<a href="${'x'.repeat(5_000_000)}"></a><a href="/b">`;
  const { asked, why } = await crawled({ 'h.example/': page, 'h.example/b': 'b' }, ['h.example/']);
  expect(asked).toEqual(['h.example/', 'h.example/b']);
  expect(await why('h.example/')).toBe('saved not all links read: too long an attribute');
});

test('a Refresh field leads on', async () => {
  const refresh = { headers: { 'Content-Type': 'text/plain', Refresh: '0; url=/b' }, body: '' };
  const pages: Pages = { 'h.example/': refresh, 'h.example/b': '' };
  expect(followed(await crawled(pages, ['h.example/']))).toEqual(['h.example/b']);
});

test('an SVG is read for what it needs, where it is kept', async () => {
  const svg = typed(
    'image/svg+xml',
    '<svg xmlns="http://www.w3.org/2000/svg"><style>@import "/c.css";</style><image href="/i.png"/><a href="/a"/></svg>',
  );
  const pages: Pages = {
    'h.example/': '<a href=/s></a>',
    'h.example/s': svg,
    'h.example/c.css': typed('text/css', ''),
    'h.example/i.png': typed('image/png', ''),
    'h.example/a': '',
  };
  expect(followed(await crawled(pages, ['h.example/']))).toEqual(Object.keys(pages).slice(1).sort());
  const without = await crawled(pages, ['h.example/'], { accept: 'text/html' });
  expect(followed(without)).toEqual(['h.example/s']);
});

test('a sitemap as a seed leads to its pages', async () => {
  const map = (body: string): Pages[string] => typed('application/xml', body);
  const pages: Pages = {
    'h.example/index.xml': map(
      '<sitemapindex><sitemap><loc>http://h.example/map.xml</loc></sitemap></sitemapindex>',
    ),
    'h.example/map.xml': map('<urlset><url><loc>http://h.example/a</loc></url></urlset>'),
    'h.example/a': '',
  };
  const { asked } = await crawled(pages, ['h.example/index.xml']);
  expect([...asked].sort()).toEqual(Object.keys(pages).sort());
  expect((await crawled(pages, ['h.example/map.xml'])).asked).toEqual(['h.example/map.xml', 'h.example/a']);
});

test('XHTML is read as XML', async () => {
  const page =
    '<html xmlns="http://www.w3.org/1999/xhtml"><title/><script src="/s.js"/><a href="/b"/></html>';
  const pages = {
    'h.example/': typed('application/xhtml+xml', page),
    'h.example/b': '',
    'h.example/s.js': '',
  };
  expect(followed(await crawled(pages, ['h.example/']))).toEqual(['h.example/b', 'h.example/s.js']);
});
