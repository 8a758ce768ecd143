// A list of pages, got one after the other and then by a greenlet for each: the sum of all waits against the longest. What
// is no 200 is asked for, and not counted as received. Try your own:
//
//     npm run example web/get URL ...

import { joinall, spawn } from '../../src/index.js';
import { withUrls } from '../site.js';

async function get(url: string): Promise<void> {
  console.log(`GET: ${url}`);
  const response = await fetch(url);
  const body = await response.arrayBuffer();
  if (response.status === 200) console.log(`${body.byteLength} bytes received from ${url}`);
}

async function time(what: string, run: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  await run();
  console.log(`${what}: run time is ${((performance.now() - start) / 1000).toFixed(2)} s`);
}

const pages = ['/', '/guide/chunks.html', '/data/table.csv', '/missing.html', '/images/checks.png'];

await withUrls(pages, async (urls) => {
  await time('one after the other', async () => {
    for (const url of urls) await spawn(get, url).join();
  });
  await time('a greenlet for each', () => joinall(urls.map((url) => spawn(get, url))));
});
