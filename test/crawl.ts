// npm run test:crawl [PAGES] [KILLS] [SEED]: a site of 10,000 pages, crawled with 50 kills; exactly what belongs to it must have been asked for.
// npm run test:crawl parity [PAGES]: the same site by wget2, wget and HTTrack, as far as they are installed.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crashCrawl } from './support/crawl-crash.js';
import { compareCrawlers } from './support/crawl-parity.js';

const folder = mkdtempSync(join(tmpdir(), 'fetchall-crawl-'));
try {
  if (process.argv[2] === 'parity') await compareCrawlers(Number(process.argv[3] ?? 1000), folder);
  else await crash();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function crash(): Promise<void> {
  const [pages = 10_000, kills = 50, seed = Math.floor(Math.random() * 1_000_000)] = process.argv
    .slice(2)
    .map(Number);
  console.log(`${pages} pages, ${kills} kills, seed ${seed}`);
  const began = performance.now();
  const outcome = await crashCrawl(pages, kills, seed, folder);
  for (const fault of outcome.faults.slice(0, 100)) console.log(fault);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(
    `${outcome.expected} URLs, ${outcome.kills} kills, ${outcome.again} asked for again, ${seconds} s`,
  );
  console.log(
    outcome.faults.length === 0
      ? '1 passed, 0 failed'
      : `0 passed, 1 failed (${outcome.faults.length} faults)`,
  );
  process.exitCode = outcome.faults.length === 0 ? 0 : 1;
}
