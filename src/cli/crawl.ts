// The command `crawl`: seeds in, a tree of files out.

import { runCrawl, seedsOf } from '../crawl/crawl.js';
import { resolveCrawl } from '../crawl/settings.js';
import { flagName } from '../model/option.js';
import { reported } from './download.js';
import type { Command } from './parse.js';

const COMPLETE = 'the crawl is complete: nothing is left to fetch';
const FULL = 'nothing was fetched: --max-pages or --max-bytes is reached; the same command with more goes on';

/**
 * @returns the exit code
 * @throws FetchallError when nothing could be begun
 */
export async function crawlCommand({ seeds, written }: Extract<Command, { kind: 'crawl' }>): Promise<number> {
  const settings = resolveCrawl(written, flagName);
  const urls = seedsOf(seeds);
  let isComplete = true;
  const onOver = (nothingIsLeft: boolean): void => {
    isComplete = nothingIsLeft;
  };
  return await reported(
    written,
    settings.run,
    (seams) => runCrawl(urls, settings, { ...seams, onOver }),
    () => (isComplete ? COMPLETE : FULL),
  );
}
