// What can be known of a crawl while it is at work, and after.

import { expect, test, vi } from 'vitest';
import { crawl } from '../../src/crawl/crawl.js';
import { whyUrl } from '../../src/crawl/why.js';
import { statusText } from '../../src/report/status-text.js';
import { folderStatus } from '../../src/run/folder-status.js';
import { openStore } from '../../src/state/open-store.js';
import { serve } from '../support/servers.js';
import { temporaryFolder } from '../support/temp-folder.js';

const html = { 'Content-Type': 'text/html' };

test('status tells of the frontier while a crawl is at work, and counts as the state does', {
  timeout: 30_000,
}, async () => {
  let release = (): void => {};
  const hold = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = await serve({
    '/robots.txt': { body: 'User-agent: *\nDisallow: /no' },
    '/': {
      headers: html,
      body: '<a href=a>a</a><a href=no>n</a><a href=hop>h</a><a href=//o.example/>o</a>',
    },
    '/a': { headers: html, body: '<a href=b>b</a><a rel=nofollow href=c>c</a>', hold },
    '/hop': { location: '/a', body: '' },
    '/b': { status: 404 },
  });
  const out = await temporaryFolder();
  const running = (async () => {
    for await (const _ of crawl(server.url('/'), { out, delay: 0, retries: 0 }));
  })();
  // Before that a look at the folder would be in the crawl's way.
  await vi.waitUntil(() => server.requests.some(({ url }) => url === '/a'), { timeout: 10_000 });
  const look = async () => {
    const found = await folderStatus(out);
    expect(found.snapshot?.crawl).toEqual({
      states: { saved: 1, leased: 1, redirect: 1, skipped: 1, refused: 1 },
      refused: { robots: 1, scope: 1 },
    });
    return found;
  };
  const found = await vi.waitFor(look, { timeout: 10_000, interval: 50 });
  expect(statusText(out, found)).toMatch(/^crawl: .*leased 1.*\nnot fetched or not kept: .*robots 1/m);
  await expect(whyUrl(out, server.url('/a'))).rejects.toThrow(
    /a run is at work .* ask again when it has ended/,
  );
  release();
  await running;
  const { content } = await folderStatus(out);
  expect(content?.crawl).toEqual({
    states: { saved: 2, redirect: 1, skipped: 1, refused: 2, failed: 1 },
    refused: { robots: 2, scope: 1 },
  });
});

test('what is counted on the way is what a look at all rows counts', async () => {
  const out = await temporaryFolder();
  const store = await openStore(out, { synchronous: 'OFF' });
  const { crawl: rows } = store;
  const place = { depth: 0, kind: 'page', requisiteDepth: 0, redirects: 0, guarded: false } as const;
  const add = (url: string, refusal: { reason: string; detail: string } | null = null): boolean =>
    rows.insert({ ...place, url, origin: 'http://h.example', parent: null, refusal });
  store.write(() => {
    add('http://h.example/0');
    rows.beginCounting();
    for (const at of [0, 1, 2, 3]) add(`http://h.example/${at}`);
    add('http://h.example/deep', { reason: 'depth', detail: '' });
    add('http://h.example/other', { reason: 'scope', detail: '' });
    const [first, second] = rows.lease('http://h.example', 0, 3);
    rows.end(first?.id ?? 0, { state: 'saved', reason: null, detail: null, status: 200, ended: 0 });
    rows.giveBack(second?.id ?? 0);
    rows.open(rows.find('http://h.example/deep')?.id ?? 0, place);
    rows.open(second?.id ?? 0, { ...place, depth: 1 });
  });
  expect(rows.counted).toEqual({
    states: { open: 3, leased: 1, saved: 1, refused: 1 },
    refused: { scope: 1 },
  });
  expect(rows.counted).toEqual(rows.counts());
  store.write(() => rows.giveBack());
  expect(rows.counted).toEqual(rows.counts());
  await store.close();
});

test('why takes a URL with user and password for the one without', async () => {
  const server = await serve({ '/': { headers: html, body: 'x' } });
  const out = await temporaryFolder();
  const seed = server.url('/').replace('//', '//user:secret@');
  for await (const _ of crawl(seed, { out, delay: 0 }));
  expect(await whyUrl(out, seed)).toMatchObject({ url: server.url('/'), found: { state: 'saved' } });
});
