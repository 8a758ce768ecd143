// --convert-links over a whole crawl: pages and style sheets, and what the state keeps of them.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCrawl } from '../../src/crawl/crawl.js';
import { type CrawlWritten, resolveCrawl } from '../../src/crawl/settings.js';
import { type Disk, systemDisk } from '../../src/files/disk.js';
import { verifyFolder } from '../../src/run/verify.js';
import { openStore } from '../../src/state/open-store.js';
import { crawled, type Pages } from '../support/crawled.js';
import { serve } from '../support/servers.js';
import { temporaryFolder } from '../support/temp-folder.js';

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

/** Several crawls of one small site into one folder. */
async function manyCrawls(): Promise<{
  again(written: CrawlWritten, disk?: Disk): Promise<void>;
  read(name: string): Promise<string>;
  write(name: string, text: string): Promise<void>;
  url(path: string): string;
  states(): Promise<string[]>;
}> {
  const page = (body: string) => ({ headers: { 'Content-Type': 'text/html' }, body });
  const server = await serve({
    '/': page('<a href=/a>a</a><a href=/b>b</a>'),
    '/a': page('<a href=/c>c</a>'),
    '/b': page('b'),
    '/c': page('c'),
  });
  const out = await temporaryFolder();
  const folder = join(out, new URL(server.url('/')).host.replace(':', '_'));
  return {
    async again(written, disk = systemDisk) {
      const settings = resolveCrawl({ out, delay: 0, retries: 0, convertLinks: true, ...written });
      for await (const _ of runCrawl([new URL(server.url('/'))], settings, { disk }));
    },
    read: (name) => readFile(join(folder, name), 'utf8'),
    write: (name, text) => writeFile(join(folder, name), text),
    url: (path) => server.url(path),
    async states() {
      const states: string[] = [];
      for await (const { state } of verifyFolder(out)) states.push(state);
      return states;
    },
  };
}

test('a run that fetches more converts again what one before had converted', async () => {
  const { again, read, url, states } = await manyCrawls();
  await again({ maxPages: 2 });
  expect(await read('index.html')).toBe(`<a href="a.html">a</a><a href="${url('/b')}">b</a>`);
  await again({ maxPages: 3 });
  expect(await read('index.html')).toBe('<a href="a.html">a</a><a href="b.html">b</a>');
  expect(await read('a.html')).toBe(`<a href="${url('/c')}">c</a>`);
  await again({});
  expect(await read('a.html')).toBe('<a href="c.html">c</a>');
  expect(await states()).toEqual(['intact', 'intact', 'intact', 'intact']);
});

test('cut short at any step of a conversion, the next run does it', async () => {
  const { again, read, states } = await manyCrawls();
  const cut = (file: RegExp): Disk => ({
    ...systemDisk,
    save: async (part, final, ...rest) => {
      if (file.test(final)) throw Object.assign(new Error(), { code: 'EIO' });
      await systemDisk.save(part, final, ...rest);
    },
  });
  for (const file of [/originals/, /index\.html$/]) {
    await expect(again({ maxPages: 2 }, cut(file))).rejects.toThrow('cannot convert');
    expect(await read('index.html')).toContain('href=/a');
  }
  await again({ maxPages: 2 });
  expect(await read('index.html')).toContain('"a.html"');
  // A converted one is replaced.
  for (const file of [/index\.html$/, /[/]a\.html$/]) await expect(again({}, cut(file))).rejects.toThrow();
  await again({});
  expect(await read('index.html')).toBe('<a href="a.html">a</a><a href="b.html">b</a>');
  expect(await read('a.html')).toBe('<a href="c.html">c</a>');
  expect(await states()).toEqual(['intact', 'intact', 'intact', 'intact']);
});

test('a converted page that somebody has changed is left as it is', async () => {
  const { again, read, write } = await manyCrawls();
  await again({ maxPages: 2 });
  await write('index.html', '<a href=/a>mine</a>');
  await again({});
  expect(await read('index.html')).toBe('<a href=/a>mine</a>');
  expect(await read('a.html')).toBe('<a href="c.html">c</a>');
});
