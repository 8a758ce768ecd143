import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  SITEMAP_MOST_BYTES,
  SITEMAP_MOST_URLS,
  type Sitemap,
  SitemapReader,
} from '../../src/crawl/sitemap.js';

function read(text: string | Uint8Array, cuts: readonly number[] = []): Sitemap {
  const reader = new SitemapReader();
  let rest = Buffer.from(text);
  for (const cut of cuts) {
    reader.write(rest.subarray(0, cut));
    rest = rest.subarray(cut);
  }
  reader.write(rest);
  return reader.end();
}

const XML = `\ufeff<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="i">
  <!-- <url><loc>http://h/no</loc></url> -->
  <url><loc> http://h/a?b=1&amp;c=2 </loc><lastmod>2005-01-01</lastmod>
    <image:image><image:loc>http://h/i.png</image:loc></image:image></url>
  <url><loc><![CDATA[http://h/b?c&d]]></loc></url>
  <url><loc>/relative</loc></url>
  <url><loc>ftp://h/</loc></url>
  <loc>http://h/nowhere</loc>
  <url><loc>http://h/é</loc></url>
</urlset>`;
const URLS = ['http://h/a?b=1&c=2', 'http://h/b?c&d', 'http://h/%C3%A9'];

describe('a sitemap', () => {
  it.each<[string, string, string[], string]>([
    ['XML', XML, URLS, 'urls'],
    [
      'an index',
      '<sitemapindex><sitemap><loc>http://h/a.xml</loc></sitemap></sitemapindex>',
      ['http://h/a.xml'],
      'index',
    ],
    [
      'with prefixes',
      '<s:urlset xmlns:s="x"><s:url><s:loc>http://h/a</s:loc></s:url></s:urlset>',
      ['http://h/a'],
      'urls',
    ],
    [
      'text',
      '\ufeffhttp://h/a\r\n\r\nhttp://h/b#c\nnot one\rhttp://h/d',
      ['http://h/a', 'http://h/b#c', 'http://h/d'],
      'urls',
    ],
    [
      'cut off',
      '<urlset><url><loc>http://h/a</loc></url><url><loc>http://h/b</loc></url',
      ['http://h/a', 'http://h/b'],
      'urls',
    ],
    ['nothing', '', [], 'urls'],
    ['HTML', '<!doctype html><p>http://h/a</p>', [], 'urls'],
  ])('%s', (_, text, urls, kind) => {
    expect(read(text)).toEqual({ kind, urls, truncated: false });
  });

  it('is the same however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(80)), (cuts) => {
        expect(read(XML, cuts).urls).toEqual(URLS);
        expect(read('http://h/a\r\nhttp://h/é', cuts).urls).toEqual(['http://h/a', 'http://h/%C3%A9']);
      }),
    );
  });

  it('has at most 50,000 URLs', () => {
    const lines = (count: number): string => 'http://h/a\n'.repeat(count);
    expect(read(lines(SITEMAP_MOST_URLS)).truncated).toBe(false);
    const { urls, truncated } = read(lines(SITEMAP_MOST_URLS + 1));
    expect([urls.length, truncated]).toEqual([SITEMAP_MOST_URLS, true]);
  });

  it('has at most 50 MiB', () => {
    const bytes = Buffer.alloc(SITEMAP_MOST_BYTES, ' ');
    bytes.write('http://h/a\n');
    bytes.write('\nhttp://h/b', bytes.length - 11);
    expect(read(bytes)).toEqual({ kind: 'urls', urls: ['http://h/a', 'http://h/b'], truncated: false });
    const more = Buffer.concat([bytes, Buffer.from('c')]);
    expect(read(more)).toEqual({ kind: 'urls', urls: ['http://h/a'], truncated: true });
  });
});
