// What a crawl must not be led to, over real sockets and a network of names that is made up.

import { expect, test } from 'vitest';
import { type CrawlOptions, crawl } from '../../src/crawl/crawl.js';
import { whyUrl } from '../../src/crawl/why.js';
import { undiciTransport } from '../../src/http/undici-transport.js';
import type { Result } from '../../src/model/result.js';
import { resolveSettings } from '../../src/run/options.js';
import type { Answer } from '../support/answer.js';
import { fakeNetwork } from '../support/fake-network.js';
import { serve } from '../support/servers.js';
import { temporaryFolder } from '../support/temp-folder.js';

const names = {
  'public.example': ['93.184.216.34'],
  'www.public.example': ['93.184.216.34'],
  'inside.example': ['10.0.0.1'],
  'inside.public.example': ['10.0.0.1'],
};

function answer(path: string, host: string): Answer {
  const headers = { 'Content-Type': 'text/html' };
  const inside = `//inside.example:${host.split(':')[1]}`;
  switch (path) {
    case '/':
      return {
        headers,
        body: `<a href="/to-inside">r</a><a href="${inside}/secret">s</a><a href=/fine>f</a>`,
      };
    case '/to-inside':
      return { location: `${inside}/by-redirect`, body: '' };
    case '/robots.txt':
      return { status: 404 };
    default:
      return { headers, body: `this is ${path}` };
  }
}

interface Crawled {
  readonly asked: readonly string[];
  readonly results: readonly Result[];
  /** What is on record of a path of the inside. */
  why(path: string): Promise<string | null | undefined>;
}

async function crawled(host: string, options: CrawlOptions = {}, answerOf = answer): Promise<Crawled> {
  const server = await serve(({ url, headers }) => answerOf(url, headers.host ?? ''));
  const { port } = new URL(server.url('/'));
  const transport = undiciTransport(resolveSettings({}), fakeNetwork(names));
  const out = await temporaryFolder();
  const results: Result[] = [];
  try {
    const given = { delay: 0, retries: 0, spanHosts: true, out, transport, ...options };
    for await (const result of crawl(`http://${host}:${port}/`, given)) results.push(result);
  } finally {
    await transport.close();
  }
  const asked = server.requests.map(({ headers, url }) => `${headers.host?.split(':')[0]}${url}`).sort();
  const why = async (path: string): Promise<string | null | undefined> =>
    (await whyUrl(out, `http://inside.example:${port}${path}`)).found?.detail;
  return { asked, results, why };
}

test('a page of a public address leads to no private one, by a link or by a redirect', async () => {
  const { asked, why } = await crawled('public.example');
  expect(asked.filter((url) => url.startsWith('inside'))).toEqual([]);
  expect(asked).toContain('public.example/fine');
  const refused = /no public address|not allowed|robots\.txt could not be had.*--allow-private-redirects/;
  expect(await why('/secret')).toMatch(refused);
  expect(await why('/by-redirect')).toMatch(refused);
});

test('with --no-robots the URLs themselves are refused', async () => {
  const { asked, results } = await crawled('public.example', { robots: false });
  expect(asked.filter((url) => url.startsWith('inside'))).toEqual([]);
  const codes = results.filter(({ url }) => url.includes('inside.example')).map(({ error }) => error?.code);
  expect(codes).toEqual(['ERR_BLOCKED', 'ERR_BLOCKED']);
});

test('where it is allowed, and from a private page, it does', async () => {
  const inside = ['inside.example/by-redirect', 'inside.example/robots.txt', 'inside.example/secret'];
  const { asked } = await crawled('public.example', { allowPrivateRedirects: true });
  expect(asked.filter((url) => url.startsWith('inside'))).toEqual(inside);
  const fromInside = await crawled('inside.example', {});
  expect(fromInside.asked).toContain('inside.example/secret');
});

test.each<[string, CrawlOptions]>([
  ['--span-hosts', {}],
  ['--domain', { spanHosts: false, domain: true }],
  ['the default scope', { spanHosts: false }],
])('nor do robots.txt and sitemaps, with %s', async (_, options) => {
  const answerOf = (path: string, host: string): Answer => {
    const [name, port] = host.split(':');
    if (name !== 'www.public.example') return { body: 'secret' };
    const inside = `http://inside.public.example:${port}`;
    const loc = (url: string): string => `<url><loc>${url}</loc></url>`;
    if (path === '/robots.txt')
      return { body: `Sitemap: ${inside}/named.xml\nSitemap: http://${host}/sitemap.xml` };
    if (path !== '/sitemap.xml') return { headers: { 'Content-Type': 'text/html' }, body: 'a page' };
    return { body: `<urlset>${loc(`${inside}/listed`)}${loc(`http://${host}/fine`)}</urlset>` };
  };
  const { asked } = await crawled('www.public.example', options, answerOf);
  expect(asked).toEqual(
    ['/', '/fine', '/robots.txt', '/sitemap.xml'].map((path) => `www.public.example${path}`),
  );
});
