// Greenlets that return something: a summary of each page, in the order of the list whatever the order of the answers.
// `raiseError`: a URL that cannot be asked at all ends the program with its error. Try your own:
//
//     npm run example web/summaries URL ...

import { joinall, spawn } from '../../src/index.js';
import { withUrls } from '../site.js';

async function summarize(url: string) {
  const response = await fetch(url);
  const body = await response.arrayBuffer();
  return { url, status_code: response.status, content_length: body.byteLength };
}

const pages = ['/', '/guide/', '/data/settings.json', '/missing.html', '/sizes/65536.bin'];

await withUrls(pages, async (urls) => {
  const start = performance.now();
  const greenlets = urls.map((url) => spawn(summarize, url));
  await joinall(greenlets, { raiseError: true });
  for (const { value } of greenlets) console.log(JSON.stringify(value));
  console.log(`total time: ${((performance.now() - start) / 1000).toFixed(2)} s`);
});
