// Pictures, downloaded by a greenlet each, 1,024 bytes at a time. `onChunk` runs as the greenlet whose chunk it is, so
// `getcurrent()` says who is reading; the files are in downloads/pictures. Try your own:
//
//     npm run example web/pictures URL ...

import { downloadAll, getcurrent } from '../../src/index.js';
import { withUrls } from '../site.js';

const pictures = ['/images/gradient.png', '/images/checks.png', '/images/missing.png'];

/** How often each greenlet has read, and how much at most. */
const reads = new Map<string, { count: number; largest: number }>();

function onChunk(bytes: Uint8Array): void {
  const name = getcurrent()?.name ?? 'no greenlet';
  const { count, largest } = reads.get(name) ?? { count: 0, largest: 0 };
  reads.set(name, { count: count + 1, largest: Math.max(largest, bytes.length) });
}

await withUrls(pictures, async (urls) => {
  const report = await downloadAll(urls, {
    out: 'downloads/pictures',
    existing: 'overwrite',
    chunkSize: 1024,
    onChunk,
  });
  for (const { greenlet, outcome, url, size, file, error } of report.results) {
    console.log(`greenlet-${greenlet}: ${outcome} ${url}: ${error?.message ?? `${size} bytes in ${file}`}`);
  }
  for (const [name, { count, largest }] of reads) {
    console.log(`${name}: ${count} reads of at most ${largest} bytes`);
  }
  console.log(`${report.saved} pictures in ${report.seconds.toFixed(2)} s`);
});
