import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { crawl } from '../../src/crawl/crawl.js';
import { whyUrl } from '../../src/crawl/why.js';
import type { Result } from '../../src/model/result.js';
import { verifyFolder } from '../../src/run/verify.js';
import { type CrawlSite, type SeenRequest, serveCrawlSite } from '../support/crawl-site.js';
import { watchTurns } from '../support/loop-turns.js';
import { temporaryFolder } from '../support/temp-folder.js';

let site: CrawlSite | null = null;
afterEach(async () => {
  await site?.close();
  site = null;
});

const PAGES = 200;
const FAST = { delay: 0, perHost: 8, depth: 100 };
/** What the crawler asks for its own sake. */
const isOwn = (url: string): boolean => /\/(?:robots\.txt|map\.xml\.gz|index-of-maps\.xml)$/.test(url);

async function all(results: AsyncIterable<Result>): Promise<Result[]> {
  const found: Result[] = [];
  for await (const result of results) found.push(result);
  return found;
}

const pagesAsked = ({ seen }: CrawlSite): string[] => seen.map(({ url }) => url).filter((url) => !isOwn(url));

test('exactly what belongs to the crawl is asked for, each once', async () => {
  site = await serveCrawlSite(PAGES);
  const out = await temporaryFolder();
  const results = await all(crawl(site.seeds, { ...FAST, out }));
  expect(pagesAsked(site).sort()).toEqual([...site.expected].sort());
  expect(site.seen.filter(({ url }) => isOwn(url))).toHaveLength(15);
  for (const { outcome, file } of results)
    if (outcome === 'saved') expect(existsSync(`${out}/${file}`)).toBe(true);
}, 60_000);

/** When each request had not come yet, in ms. */
function cameOf(of: CrawlSite): Map<SeenRequest | undefined, number> {
  const came = new Map<SeenRequest | undefined, number>();
  const notBefore = watchTurns();
  of.onRequest = () => void came.set(of.seen.at(-1), notBefore());
  return came;
}

test('a host is never asked faster than the delay, nor by more than two at a time; across a restart too', async () => {
  site = await serveCrawlSite(15, 400);
  const { seen } = site;
  const came = cameOf(site);
  const out = await temporaryFolder();
  const options = { delay: 300, depth: 2, out };
  let results = 0;
  // Given up in the middle, and gone on with at once.
  for await (const _ of crawl(site.seeds, options)) if (++results === 6) break;
  const before = seen.length;
  await all(crawl(site.seeds, options));
  expect(seen.length).toBeGreaterThan(before + 10);
  for (const host of new Set(seen.map((request) => request.host))) {
    const starts = seen.filter((request) => request.host === host);
    expect(Math.max(...starts.map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(2);
    const gaps = starts.slice(1).map(({ at }, index) => at - (came.get(starts[index]) ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(297);
  }
});

test('what robots.txt asks for goes before the usual delay', async () => {
  site = await serveCrawlSite(5, 0, 0.3);
  const { seen } = site;
  const came = cameOf(site);
  await all(
    crawl(site.seeds.slice(0, 1), {
      out: await temporaryFolder(),
      depth: 1,
      contact: 'mailto:me@example.org',
    }),
  );
  // robots.txt itself goes before anything is known.
  const gaps = seen.slice(2).map(({ at }, index) => at - (came.get(seen[index + 1]) ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(297);
  expect(Math.max(...gaps)).toBeLessThan(900);
  expect(seen[0]?.userAgent).toMatch(/^fetchall\/[\d.]+ \(\+mailto:me@example\.org\)$/);
});

test('depth, the number of pages, and a caller who says what a page leads to', async () => {
  site = await serveCrawlSite(PAGES);
  const [seed = ''] = site.seeds;
  const out = await temporaryFolder();
  await all(crawl(seed, { ...FAST, depth: 0, out, sitemaps: false }));
  expect(pagesAsked(site)).toEqual([seed]);
  // The same folder, further; the seed is on record.
  const saved = (await all(crawl(seed, { ...FAST, out, maxPages: 4, sitemaps: false }))).filter(
    ({ outcome }) => outcome === 'saved',
  );
  expect(saved).toHaveLength(3);
  site.seen.length = 0;
  const paths: (string | null)[] = [];
  const other = await temporaryFolder();
  await all(
    crawl(seed, {
      ...FAST,
      out: other,
      sitemaps: false,
      onPage({ depth, links, path, status }) {
        expect(status).toBe(200);
        paths.push(path);
        return depth === 0
          ? [`${seed}orphan.html`, ...links.filter(({ url }) => url.includes('missing'))]
          : [];
      },
    }),
  );
  expect(pagesAsked(site).sort()).toEqual([seed, `${seed}missing/0`, `${seed}orphan.html`]);
  expect(paths.every((path) => path !== null && existsSync(path))).toBe(true);
});

test('converted links lead to the files; verify and the frontier know of it', async () => {
  site = await serveCrawlSite(30);
  const out = await temporaryFolder();
  const results = await all(crawl(site.seeds, { ...FAST, out, convertLinks: true }));
  const first = results.find(({ url }) => url === site?.seeds[0]);
  const html = await readFile(join(out, first?.file ?? ''), 'utf8');
  const links = [...html.matchAll(/href="([^"#]+)/g)].map(([, link]) => link ?? '');
  const local = links.filter((link) => !link.startsWith('http'));
  expect(local.length).toBeGreaterThan(2);
  for (const link of local)
    expect(existsSync(join(out, first?.file ?? '', '..', decodeURIComponent(link))), link).toBe(true);
  // What is not there stays on the web.
  expect(links).toContain(`${site.seeds[0]}missing/0`);
  for await (const { state, file } of verifyFolder(out)) expect(state, file).toBe('intact');
});

test('why: what became of a URL', async () => {
  site = await serveCrawlSite(30);
  const out = await temporaryFolder();
  const [host = ''] = site.seeds;
  await all(crawl(site.seeds, { ...FAST, depth: 2, out, accept: ['text/*'], exclude: [/leaf/] }));
  const why = async (url: string): Promise<string> => {
    const { found } = await whyUrl(out, url);
    return found === null ? 'not met' : `${found.state} ${found.reason ?? '-'} ${found.detail ?? '-'}`;
  };
  expect(await why(host)).toBe('saved - -');
  expect(await why(`${host}nowhere`)).toBe('not met');
  expect(await why('http://127.0.0.2:1/')).toBe('not met');
  const port = new URL(host).port;
  const at = (part: number): string => `http://127.0.0.${part}:${port}`;
  expect(await why(`${at(2)}/private/1`)).toBe('skipped robots robots.txt line 2: Disallow: /private/');
  expect(await why(`${at(3)}/loop2/x/x/x/`)).toMatch(/^refused depth depth 3, --depth 2/);
  expect(await why(`${at(4)}/img/a3.png`)).toBe('refused type image/png, --accept text/*');
  expect(await why(`${at(1)}/based/5/leaf.html`)).toBe('refused scope --exclude leaf');
  expect(await why(`http://127.0.0.9:${port}/`)).toBe(`refused scope other host: 127.0.0.9:${port}`);
  expect(await why(`${at(3)}/unfollowed/7`)).toMatch(/^refused robots nofollow: /);
  expect(await why(`${at(1)}/missing/0`)).toMatch(/^failed ERR_STATUS .*404/);
});
