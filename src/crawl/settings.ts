// The options of a crawl, understood.

import { UsageError } from '../model/errors.js';
import type { Policy } from '../model/job.js';
import { type OptionsFor, type Resolved, resolveOptions } from '../model/option.js';
import { VERSION } from '../model/version.js';
import { downloadOptions, resolveSettings, type Settings } from '../run/options.js';
import type { LocalPathOptions } from './local-path.js';
import { crawlOptions } from './options.js';
import type { ScopeOptions } from './scope.js';
import { TRAPS } from './trap.js';
import { TRAP_OPTIONS, type TrapOptions } from './trap-options.js';

/** Requests in flight to a host, and ms between two of them, where nothing is said. */
const PER_HOST = 2;
const DELAY = 1000;

/** Options of a run that mean nothing here, or would do harm. */
const FOREIGN = [
  'sequential',
  'compare',
  'dryRun',
  'workers',
  'split',
  'contentDisposition',
  'checksums',
  'manifest',
  'decode',
  'keepBad',
] as const;

export type CrawlWritten = OptionsFor<typeof downloadOptions> & OptionsFor<typeof crawlOptions>;

export interface CrawlSettings {
  /** Those of every run. */
  readonly run: Settings;
  readonly crawl: Resolved<typeof crawlOptions>;
  /** Without its seeds. */
  readonly scope: Omit<ScopeOptions, 'seeds'>;
  readonly traps: TrapOptions;
  readonly paths: LocalPathOptions;
  readonly userAgent: string;
  /** Least ms between two requests to a host that asks for nothing; `delayAtLeast` even to one that does. */
  readonly delay: number;
  readonly delayAtLeast: number;
  /** What each page carries with it. */
  readonly policy: Policy;
}

/**
 * @param spell how the caller writes an option's name
 * @throws UsageError
 */
export function resolveCrawl(
  written: CrawlWritten,
  spell: (key: string) => string = (key) => key,
): CrawlSettings {
  const foreign = FOREIGN.find(
    (key) => written[key] !== undefined && written[key] !== downloadOptions[key].default,
  );
  if (foreign !== undefined) throw new UsageError(`a crawl does not take ${spell(foreign)}`, spell(foreign));
  const { existing, state } = written;
  if (existing !== undefined && existing !== 'skip')
    throw new UsageError(
      `a crawl goes on where it stopped; it does not take ${spell('existing')} ${existing}`,
      spell('existing'),
    );
  if (state === false)
    throw new UsageError(`a crawl remembers what it has met; leave ${spell('state')} out`, spell('state'));
  const crawl = resolveOptions(crawlOptions, written, spell);
  if (crawl.spanHosts && crawl.domain)
    throw new UsageError(
      `${spell('spanHosts')} goes further than ${spell('domain')}; give one of them`,
      spell('domain'),
    );
  const { perHost = PER_HOST, delay = DELAY } = written;
  const run = resolveSettings({ ...written, perHost, delay, decode: true }, spell);
  const contact = crawl.contact === null ? '' : ` (+${crawl.contact})`;
  const userAgent = run.userAgent ?? `fetchall/${VERSION}${contact}`;
  const policy = Object.freeze({ ...run.policy, userAgent, keepsRedirects: true });
  return {
    run,
    crawl,
    scope: scopeOf(crawl),
    traps: { ...TRAP_OPTIONS, off: TRAPS.filter((trap) => crawl.allowTrap.includes(trap)) },
    paths: { index: crawl.indexName, query: crawl.queryNames, extension: crawl.extensions },
    userAgent,
    delay: run.delay,
    delayAtLeast: written.delay === undefined ? 0 : run.delay,
    policy,
  };
}

function scopeOf(crawl: Resolved<typeof crawlOptions>): Omit<ScopeOptions, 'seeds'> {
  const { depth, spanHosts, domain, parent, include, exclude, accept, pageRequisites } = crawl;
  const wide = spanHosts ? 'any' : 'host';
  return {
    depth,
    span: domain ? 'domain' : wide,
    noParent: !parent,
    include,
    exclude,
    accept,
    pageRequisites,
  };
}
