// What onPage throws, or returns in place of links.

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CrawlOptions, crawl } from '../../src/crawl/crawl.js';
import { whyUrl } from '../../src/crawl/why.js';
import type { Result } from '../../src/model/result.js';
import { serve } from '../support/servers.js';
import { temporaryFolder } from '../support/temp-folder.js';

const PAGES: Readonly<Record<string, string>> = { '/': '<a href=/a></a><a href=/b>', '/a': 'a', '/b': 'b' };

async function site(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = await serve(({ url }) => {
    asked.push(url);
    const body = PAGES[url];
    return body === undefined ? { status: 404 } : { headers: { 'Content-Type': 'text/html' }, body };
  });
  return { url: server.url('/'), asked };
}

/** @returns the results, and what was thrown */
async function gather(url: string, options: CrawlOptions): Promise<[results: Result[], thrown: unknown]> {
  const results: Result[] = [];
  try {
    for await (const result of crawl(url, { delay: 0, retries: 0, perHost: 1, ...options }))
      results.push(result);
    return [results, null];
  } catch (thrown) {
    return [results, thrown];
  }
}

test.each<[string, () => never | Promise<never>]>([
  [
    'thrown',
    () => {
      throw new TypeError('mine');
    },
  ],
  ['rejected', () => Promise.reject(new TypeError('mine'))],
])('an error that is %s ends the crawl; the page is read by the next run', async (_, fail) => {
  const { url, asked } = await site();
  const out = await temporaryFolder();
  const [results, thrown] = await gather(url, {
    out,
    onPage: (page) => (page.url.endsWith('/a') ? fail() : undefined),
  });
  expect(thrown).toEqual(new TypeError('mine'));
  expect(results[0]).toMatchObject({ outcome: 'saved', url });
  expect(results.slice(1).every(({ error }) => error?.code === 'ERR_CANCELLED')).toBe(true);
  expect((await whyUrl(out, `${url}a`)).found?.state).toBe('open');
  const [folder = ''] = (await readdir(out)).filter((name) => name.startsWith('127.'));
  expect(await readdir(join(out, folder))).toEqual(['index.html']);

  const seen: string[] = [];
  const [again, nothing] = await gather(url, {
    out,
    onPage: (page) => {
      seen.push(new URL(page.url).pathname);
      return undefined;
    },
  });
  expect(nothing).toBeNull();
  expect(seen.sort()).toEqual(['/a', '/b']);
  expect(again.map(({ outcome }) => outcome)).toEqual(['saved', 'saved']);
  expect(asked.filter((path) => path === '/')).toHaveLength(1);
  expect(existsSync(join(out, folder, 'a.html'))).toBe(true);
});

test.each<[unknown]>([['/a'], [7], [{}], [[undefined]], [[{ href: '/a' }]]])(
  'what is no list of links is such an error: %j',
  async (wanted) => {
    const { url } = await site();
    const out = await temporaryFolder();
    const [, thrown] = await gather(url, { out, onPage: () => wanted as never });
    expect(thrown).toBeInstanceOf(TypeError);
    expect(String(thrown)).toContain('onPage');
    expect((await whyUrl(out, url)).found?.state).toBe('open');
  },
);
