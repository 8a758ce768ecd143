// The command `crawl`: seeds in, a tree of files out.

import { runCrawl, seedsOf } from '../crawl/crawl.js';
import { resolveCrawl } from '../crawl/settings.js';
import { flagName } from '../model/option.js';
import { reported } from './download.js';
import type { Command } from './parse.js';

/**
 * @returns the exit code
 * @throws FetchallError when nothing could be begun
 */
export async function crawlCommand({ seeds, written }: Extract<Command, { kind: 'crawl' }>): Promise<number> {
  const settings = resolveCrawl(written, flagName);
  const urls = seedsOf(seeds);
  return await reported(written, settings.run, (seams) => runCrawl(urls, settings, seams));
}
