// A crawl: a run whose list grows while it is read.

import { join } from 'node:path';
import type { Ending } from '../download/task.js';
import { takeCredentials } from '../http/request-headers.js';
import { UsageError } from '../model/errors.js';
import type { Credentials } from '../model/job.js';
import { Tally } from '../model/report.js';
import type { Result } from '../model/result.js';
import { HOST_BOUNDS, mostOf } from '../run/adaptive-limit.js';
import { startDeadline } from '../run/deadline.js';
import { goLive, type Live, makeFolder, type RunSeams } from '../run/live.js';
import { fixedConcurrency } from '../run/options.js';
import { type EntrySource, Pass } from '../run/pass.js';
import { gateLimits } from '../run/pass-limits.js';
import { Recorder } from '../run/recorder.js';
import type { Seams } from '../run/seams.js';
import { toSummary } from '../run/summary.js';
import type { Store } from '../state/store.js';
import { convertTree } from './convert-tree.js';
import { CrawlNames } from './crawl-names.js';
import { BODIES, CrawlPlanner } from './crawl-planner.js';
import { Crawler } from './crawler.js';
import { Frontier } from './frontier.js';
import { LocalPaths } from './local-path.js';
import type { OnPage } from './page.js';
import { RobotsBook } from './robots-book.js';
import { type CrawlSettings, type CrawlWritten, resolveCrawl } from './settings.js';
import { storedTrapMemory } from './stored-trap-memory.js';
import { TrapDetector } from './traps.js';

/** Of the state, in KiB. */
const PAGES_IN_MEMORY = 8192;

export type CrawlOptions = CrawlWritten &
  Seams & {
    /** Sees each page, and may say what it leads to. */
    onPage?: OnPage | undefined;
  };

export interface CrawlSeams extends RunSeams {
  onPage?: OnPage | undefined;
  /** The crawl has ended. @param isComplete whether nothing that belongs to it is left to be fetched */
  onOver?: (isComplete: boolean) => void;
}

/**
 * Follows links from the seeds and yields each result as it comes. To stop reading is to cancel; the same call goes on where it stopped.
 *
 * @param seeds http(s) URLs
 * @throws UsageError (wrong option or seed) or FetchallError ERR_DISK, ERR_LOCKED at the first `next()`. A URL that fails is a result. What
 *   `onPage` throws comes out of `next()` when what was under way has been cut short.
 */
export async function* crawl(
  seeds: string | Iterable<string>,
  options: CrawlOptions = {},
): AsyncGenerator<Result, void, void> {
  const settings = resolveCrawl(options);
  const urls = seedsOf(typeof seeds === 'string' ? [seeds] : seeds);
  for await (const endings of runCrawl(urls, settings, options))
    for (const { result } of endings) yield result;
}

/** @throws UsageError */
export function seedsOf(written: Iterable<string>): URL[] {
  const seeds = [...written].map((seed) => {
    const url = URL.canParse(seed) ? new URL(seed) : null;
    if (url === null || !/^https?:$/.test(url.protocol))
      throw new UsageError(`${JSON.stringify(seed)} is no http or https URL: give the pages to begin with`);
    return url;
  });
  if (seeds.length === 0) throw new UsageError('give at least one URL to begin with');
  return seeds;
}

/** @throws FetchallError */
export async function* runCrawl(
  seeds: readonly URL[],
  settings: CrawlSettings,
  seams: CrawlSeams,
): AsyncGenerator<Ending[]> {
  const nothing: EntrySource = { async *[Symbol.asyncIterator]() {} };
  const live = await goLive(nothing, settings.run, seams);
  const deadline = startDeadline(settings.run.deadline, seams.signal);
  const paths = new LocalPaths(settings.paths);
  try {
    const { store } = live;
    if (store === null) throw new RangeError('unreachable: a crawl has a state');
    const within = { ...seams, ...(deadline.signal && { signal: deadline.signal }) };
    yield* crawled(seeds, settings, within, { live, store, paths });
    const passed = deadline.passed();
    if (passed !== null) throw passed;
  } finally {
    deadline.close();
    paths.close();
    await live.close();
  }
}

/** What is closed at the end. */
interface Opened {
  readonly live: Live;
  readonly store: Store;
  readonly paths: LocalPaths;
}

async function* crawled(
  seeds: readonly URL[],
  settings: CrawlSettings,
  seams: CrawlSeams,
  opened: Opened,
): AsyncGenerator<Ending[]> {
  const { live, store } = opened;
  await makeFolder(live.disk, join(live.folder, BODIES));
  const pass = setUp(seeds, settings, seams, opened);
  const tally = new Tally();
  store.onFault = (error) => pass.stop(error);
  const concurrency = fixedConcurrency(settings.run);
  const recorder = new Recorder(store, { mode: 'concurrent', concurrency }, live.progress, tally, () => null);
  try {
    for await (const endings of pass.endings(seams.signal)) {
      for (const { result } of endings) tally.add(result);
      recorder.add(endings);
      yield endings;
    }
    if (settings.crawl.convertLinks && seams.signal?.aborted !== true) await convertTree(store, live);
  } finally {
    const { seconds, concurrency: most } = pass;
    // What was not begun is open again.
    store.write(() => store.crawl.giveBack());
    seams.onOver?.(store.crawl.leastDue() === null);
    await recorder.end({ listHash: null, totals: tally.totals(), seconds, concurrency: most });
    live.emit({ event: 'summary', ...toSummary(tally, settings.run, seconds, null, most) });
  }
}

function setUp(
  seeds: readonly URL[],
  settings: CrawlSettings,
  seams: CrawlSeams,
  { live, store, paths }: Opened,
): Pass {
  store.crawl.keepInMemory(PAGES_IN_MEMORY);
  const isContinued = store.crawl.value('seeds') !== null;
  const home = homeOf(store, seeds);
  const { run, crawl: options, delay, delayAtLeast, userAgent } = settings;
  const note = seams.note ?? (() => {});
  const robots = options.robots ? new RobotsBook(store, { userAgent, delay, delayAtLeast, note }) : null;
  const scope = { ...settings.scope, seeds: home.seeds };
  const traps = new TrapDetector(settings.traps, storedTrapMemory(store));
  const { maxPages, maxBytes } = options;
  const perOrigin = 2 * mostOf(run.perHost, HOST_BOUNDS) + 6;
  const limits = { perOrigin, atOnce: gateLimits(run).unended, maxPages, maxBytes };
  store.write(() => {
    store.crawl.giveBack();
    store.crawl.reopen();
  });
  const frontier = new Frontier({ store, scope, traps, robots, ...limits });
  const rules = rulesText(settings);
  if (isContinued && store.crawl.value('rules') !== rules) frontier.judgeAgain();
  store.write(() => store.crawl.putValue('rules', rules));
  const onPage = seams.onPage ?? null;
  const { disk, folder } = live;
  store.crawl.beginCounting();
  const crawler = new Crawler({
    settings,
    store,
    frontier,
    robots,
    traps,
    disk,
    folder,
    note,
    onPage,
    addSeed: home.add,
    onCallerError: (thrown, error) => pass.fail(thrown, error),
  });
  const origins = new Map<string, Credentials | null>();
  for (const seed of seeds) {
    const given = takeCredentials(seed);
    origins.set(seed.origin, given ?? origins.get(seed.origin) ?? null);
    frontier.add(
      seed.href,
      { depth: 0, kind: 'page', requisiteDepth: 0, redirects: 0, guarded: false },
      null,
    );
  }
  for (const { file, url } of store.crawl.all('saved')) if (file !== null) paths.keep(file, new URL(url));
  const typeOf = (planned: string): Promise<string | null | undefined> =>
    crawler.typeOf(planned.slice(BODIES.length + 1));
  const names = new CrawlNames(live, paths, typeOf);
  const planner = new CrawlPlanner(frontier, settings.policy, isContinued ? store : null, origins);
  const delayOf = (host: string): number => robots?.delayOf(host) ?? delay;
  const context = { ...live, hashed: true, visitor: crawler, names };
  const pass: Pass = new Pass(frontier, planner, context, { ...run, delayOf, isContinued });
  frontier.onFull = () => pass.finish();
  return pass;
}

/** What decides of a URL beside the seeds, to be compared with that of the run before. */
function rulesText({ scope, run, traps, crawl }: CrawlSettings): string {
  const sources = (patterns: readonly RegExp[]): string[] => patterns.map(String);
  const { include, exclude } = scope;
  return JSON.stringify({
    ...scope,
    include: sources(include),
    exclude: sources(exclude),
    maxSize: run.maxSize,
    traps: traps.off,
    robots: crawl.robots,
  });
}

/** Where the crawl is at home: its seeds, and where they were redirected to; it stays so for the runs that go on with it. */
function homeOf(store: Store, seeds: readonly URL[]): { seeds: URL[]; add(url: URL): void } {
  const known: unknown = JSON.parse(store.crawl.value('seeds') ?? '[]');
  const home = new Map<string, URL>();
  const all: URL[] = [];
  const add = (url: URL): void => {
    const plain = new URL(url);
    takeCredentials(plain);
    plain.hash = '';
    if (home.has(plain.href)) return;
    home.set(plain.href, plain);
    all.push(plain);
    store.write(() => store.crawl.putValue('seeds', JSON.stringify([...home.keys()])));
  };
  for (const url of Array.isArray(known) ? known : [])
    if (URL.canParse(String(url))) add(new URL(String(url)));
  for (const seed of seeds) add(seed);
  return { seeds: all, add };
}
