// The options of a crawl, beyond those of every run.

import { choice, flag, integer, type Option, size, text } from '../model/option.js';
import { TRAPS, type Trap } from './trap.js';

const MOST = Number.MAX_SAFE_INTEGER;

export const crawlOptions = {
  /**
   * Links from a seed to the furthest page; 0 fetches the seeds only.
   * @default 5
   */
  depth: integer(5, { min: 0, max: 1_000_000 }, 'links from a seed to the furthest page'),
  /**
   * Follow links to any host.
   * @default false
   */
  spanHosts: flag('follow links to any host'),
  /**
   * Follow links to all hosts of a seed's registrable domain.
   * @default false
   */
  domain: flag("follow links to all hosts of a seed's domain"),
  /**
   * Stay below the folder of a seed.
   * @default true, which leaves it
   */
  parent: flag('going above the folder of a seed', { default: true }),
  /**
   * A URL must match one of these regular expressions.
   * @default none
   */
  include: patterns('fetch only what matches'),
  /**
   * A URL must match none of these regular expressions.
   * @default none
   */
  exclude: patterns('leave what matches'),
  /**
   * Media types that are kept, such as `image/*`. Pages are read for their links in any case.
   * @default all
   */
  accept: list('TYPE', 'keep only this media type, such as image/*', /^[\w.+*-]+\/[\w.+*-]+$|^\*$/),
  /**
   * Fetch what a page needs to be shown wherever it lies: on any host, beyond the depth.
   * @default false
   */
  pageRequisites: flag('fetch what a page needs, wherever it lies'),
  /**
   * Files to be saved in all, runs before included.
   * @default none
   */
  maxPages: integer(null, { min: 1, max: MOST }, 'files to be saved in all', { defaultText: 'none' }),
  /**
   * Begin nothing more when the saved files have this size.
   * @default none
   */
  maxBytes: size(null, { min: 1, max: MOST }, 'begin nothing more at this size of all files', {
    defaultText: 'none',
  }),
  /**
   * Keep the rules of robots.txt, of X-Robots-Tag and of meta robots. `false` is for one's own sites.
   * @default true
   */
  robots: flag('rules for robots: for your own sites only', { default: true }),
  /**
   * Read the sitemaps that robots.txt names.
   * @default true
   */
  sitemaps: flag('sitemaps', { default: true }),
  /**
   * How the owner of a site reaches you: a URL or a mail address, sent with the user agent.
   * @default none
   */
  contact: text(null, 'TEXT', 'URL or mail address for the owners of sites', {
    defaultText: 'none',
    allowed: {
      test: (written) => /^[\x21-\x7e]+$/.test(written) && !/[()\\]/.test(written),
      says: 'give a URL or a mail address, without spaces and brackets',
    },
  }),
  /**
   * Rules against traps that are not asked.
   * @default none
   */
  allowTrap: list('RULE', `leave out a rule against traps: ${TRAPS.join(', ')}`, isTrap),
  /**
   * At the end of the crawl, make pages and style sheets lead to the files that were fetched.
   * @default false
   */
  convertLinks: flag('make pages lead to the local files, at the end'),
  /**
   * What the query of a URL becomes in the name of its file.
   * @default 'name'
   */
  queryNames: choice('name', ['name', 'hash'], 'how a query shows in the name of a file'),
  /**
   * Whether a file whose name does not say what it is gets an extension by its type (`a.php.html`).
   * @default 'type'
   */
  extensions: choice('type', ['type', 'url'], 'extension of a file by its type, or as in its URL'),
  /**
   * What a URL that ends in `/` is called.
   * @default 'index.html'
   */
  indexName: text('index.html', 'NAME', 'name of what a URL that ends in / leads to'),
};

function isTrap(written: string): written is Trap {
  return TRAPS.some((trap) => trap === written);
}

type Allowed = RegExp | ((written: string) => boolean);

/** Several of them, or one string with commas between. */
function list(
  value: string,
  help: string,
  allowed: Allowed,
): Option<readonly string[], string | readonly string[]> {
  const isAllowed = (item: string): boolean =>
    typeof allowed === 'function' ? allowed(item) : allowed.test(item);
  return {
    default: [],
    help,
    value,
    repeatable: true,
    defaultText: 'none',
    read(written) {
      const items = [written ?? []].flat().flatMap((item) => String(item).split(','));
      if (items.some((item) => !isAllowed(item.trim()))) throw new RangeError(`give a ${value}: ${help}`);
      return items.map((item) => item.trim());
    },
  };
}

function patterns(help: string): Option<readonly RegExp[], string | RegExp | readonly (string | RegExp)[]> {
  return {
    default: [],
    help,
    value: 'RE',
    repeatable: true,
    defaultText: 'none',
    read: (written) => [written ?? []].flat().map(toPattern),
  };
}

function toPattern(written: unknown): RegExp {
  if (written instanceof RegExp) return written;
  try {
    return new RegExp(String(written), 'u');
  } catch (error) {
    throw new RangeError(`give a regular expression: ${error instanceof Error ? error.message : ''}`);
  }
}
