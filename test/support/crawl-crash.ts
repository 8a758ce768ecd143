// A crawl that is killed with SIGKILL at random moments and gone on with by the same command, until it comes to its end.

import { startFetchall } from './command-line.js';
import { randomFrom } from './crash.js';
import { serveCrawlSite } from './crawl-site.js';

export interface CrawlCrashOutcome {
  /** URLs that had to be asked for. */
  readonly expected: number;
  readonly kills: number;
  /** Requests beyond one for each URL. */
  readonly again: number;
  /** What went wrong. */
  readonly faults: readonly string[];
}

const CONCURRENCY = 8;
/** Requests of a run before it may be killed: those that the run before had in flight are among them. */
const FEWEST = 4 * CONCURRENCY;
/** robots.txt and sitemaps are asked for by each run that needs them. */
const OWN = /\/(?:robots\.txt|map\.xml\.gz|index-of-maps\.xml)$/;

/** @param kills how often; the run after the last is left alone */
export async function crashCrawl(
  pages: number,
  kills: number,
  seed: number,
  folder: string,
): Promise<CrawlCrashOutcome> {
  const random = randomFrom(seed);
  const site = await serveCrawlSite(pages);
  const counts = new Map<string, number>();
  const faults: string[] = [];
  let killed = 0;
  let before: ReadonlySet<string> = new Set();
  const share = Math.max(0, site.expected.size / (kills + 1) - FEWEST);
  try {
    for (let run = 0; ; run++) {
      const quota = run < kills ? FEWEST + Math.floor(random() * 2 * share) : Number.POSITIVE_INFINITY;
      site.seen.length = 0;
      const options = ['--delay', '0', '--per-host', '4', '-c', String(CONCURRENCY), '--depth', '1000', '-q'];
      const command = startFetchall(['crawl', ...site.seeds, '--out', folder, ...options], {
        timeout: 600_000,
      });
      site.onRequest = () => {
        if (site.seen.length >= quota) command.kill('SIGKILL');
      };
      const { signal, code, stderr } = await command.result;
      const asked = site.seen.map(({ url }) => url).filter((url) => !OWN.test(url));
      const twice = asked.filter((url) => counts.has(url));
      // What had come to its end is on record: only what had a slot of the run before is asked for again.
      if (twice.length > CONCURRENCY) faults.push(`run ${run}: ${twice.length} URLs asked for again`);
      for (const url of twice)
        if (!before.has(url)) faults.push(`run ${run}: ${url} had come to its end before`);
      for (const url of asked) counts.set(url, (counts.get(url) ?? 0) + 1);
      before = new Set(asked);
      if (new Set(asked).size !== asked.length)
        faults.push(`run ${run}: a URL was asked for twice in one run`);
      if (signal === 'SIGKILL') {
        killed++;
        continue;
      }
      // The site has pages that are missing.
      if (code !== 8 && code !== 0 && code !== 7)
        faults.push(`run ${run} ended with ${code}: ${stderr.slice(0, 500)}`);
      break;
    }
    for (const url of site.expected) if (!counts.has(url)) faults.push(`never asked for: ${url}`);
    for (const url of counts.keys()) if (!site.expected.has(url)) faults.push(`wrongly asked for: ${url}`);
  } finally {
    await site.close();
  }
  const asked = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { expected: site.expected.size, kills: killed, again: asked - counts.size, faults };
}
