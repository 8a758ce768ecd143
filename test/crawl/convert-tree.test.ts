// --convert-links over a whole crawl: pages and style sheets, and what the state keeps of them.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/state/open-store.js';
import { crawled, type Pages } from '../support/crawled.js';

const css = '@import "more.css"; a{background:url(/pic.png)} b{background:url(/gone.png)}';
const html =
  '<link rel=stylesheet href="/css/s.css"><a href="/hop">hop</a><a href="/far/">far</a><a href="/page?x=1#top">p</a>';
const site: Pages = {
  'h.example/': html,
  'h.example/css/s.css': { headers: { 'Content-Type': 'text/css' }, body: css },
  'h.example/css/more.css': { headers: { 'Content-Type': 'text/css' }, body: 'i{}' },
  'h.example/pic.png': { headers: { 'Content-Type': 'image/png' }, body: 'png' },
  'h.example/hop': { location: '/page?x=1' },
  'h.example/page?x=1': '<a href="/">home</a>',
  'h.example/far/': 'far',
};
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

test('pages and style sheets lead to the files, redirects followed; what is not there stays on the web', async () => {
  const { out, results } = await crawled(site, ['h.example/'], { convertLinks: true, exclude: '/far/' });
  const folder = results.find(({ file }) => file?.endsWith('/index.html'))?.file?.split('/')[0] ?? '';
  const port = folder.split('_')[1];
  const read = (name: string): Promise<string> => readFile(join(out, folder, name), 'utf8');
  expect(await read('index.html')).toBe(
    html
      .replace('/css/s.css', 'css/s.css')
      .replace('/hop', 'page%40x%3D1.html')
      .replace('/far/', `http://h.example:${port}/far/`)
      .replace('/page?x=1#top', 'page%40x%3D1.html#top'),
  );
  expect(await read('css/s.css')).toBe(
    css.replace('/pic.png', '../pic.png').replace('/gone.png', `http://h.example:${port}/gone.png`),
  );
  // What came is on record, what was made of it too.
  const store = await openStore(out, { synchronous: 'OFF' });
  expect(store.crawl.find(`http://h.example:${port}/css/s.css`)?.sha256).toBe(hashOf(css));
  const converted = [...store.saved()].find(({ file }) => file.endsWith('css/s.css'));
  expect(converted?.saved?.sha256).toBe(hashOf(await read('css/s.css')));
  await store.close();
});

test('a page that somebody has changed is left as it is', async () => {
  const first = await crawled(site, ['h.example/'], {});
  const file = first.results.find(({ file: name }) => name?.endsWith('/index.html'))?.file ?? '';
  const mine = '<a href="/hop">mine</a>';
  await writeFile(join(first.out, file), mine);
  const { results } = await crawled(site, ['h.example/nothing'], {
    convertLinks: true,
    again: first.out,
  });
  expect(results.filter(({ outcome }) => outcome === 'saved')).toEqual([]);
  expect(await readFile(join(first.out, file), 'utf8')).toBe(mine);
});
