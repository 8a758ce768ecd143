// Where header fields that carry secrets go in a crawl: to the origins of its seeds.

import { expect, test } from 'vitest';
import type { CrawlOptions } from '../../src/crawl/crawl.js';
import { crawled, type Pages } from '../support/crawled.js';

const header = ['Authorization: Bearer secret', 'Cookie: s=1', 'X-Api-Key: k', 'X-Plain: p'];
const SITE: Pages = {
  'h.example/': '<a href="/own">o</a><a href="//b.example/linked">b</a><img src="//c.example/pic">',
  'h.example/own': 'own',
  'b.example/linked': 'b',
  'c.example/pic': 'c',
  'moved.example/': { location: '//b.example/linked' },
};

/** The values of the fields above, by request. */
async function sent(seeds: string[], options: CrawlOptions): Promise<Record<string, (string | undefined)[]>> {
  const { requests } = await crawled(SITE, seeds, { header, ...options });
  return Object.fromEntries(
    requests.map(({ url, headers }) => [
      `${headers.host?.split(':')[0]}${url}`,
      [headers.authorization, headers.cookie, headers['x-api-key'], headers['x-plain']].map((value) =>
        value?.toString(),
      ),
    ]),
  );
}

const ALL = ['Bearer secret', 's=1', 'k', 'p'];
const PLAIN = [undefined, undefined, undefined, 'p'];

test('a host that is linked gets none, robots.txt included', async () => {
  expect(await sent(['h.example/'], { spanHosts: true })).toEqual({
    'h.example/robots.txt': ALL,
    'h.example/': ALL,
    'h.example/own': ALL,
    'b.example/robots.txt': PLAIN,
    'b.example/linked': PLAIN,
    'c.example/robots.txt': PLAIN,
    'c.example/pic': PLAIN,
  });
});

test('where a seed is redirected to neither, unless it is a seed too', async () => {
  const { 'b.example/linked': stranger } = await sent(['moved.example/'], {});
  expect(stranger).toEqual(PLAIN);
  const { 'b.example/linked': seed } = await sent(['moved.example/', 'b.example/'], {});
  expect(seed).toEqual(ALL);
});
