// Places where a crawl would never end: bounded rules, each with its reason, each of which can be switched off.

import { BloomFilter } from './bloom-filter.js';
import { findDate } from './calendar-date.js';
import { findSessionId } from './session-id.js';
import type { Trap } from './trap.js';
import { BoundedTrapMemory, type TrapMemory } from './trap-memory.js';

export interface TrapFinding {
  readonly trap: Trap;
  /** For `fetchall why`. */
  readonly detail: string;
}

export interface TrapOptions {
  /** Rules that are not asked. */
  readonly off: readonly Trap[];
  /** Characters of a URL. */
  readonly mostLength: number;
  /** Segments of a path. */
  readonly mostSegments: number;
  /** Times that segments come one after another: `/a/b/a/b/a/b`; a single one may come once more. */
  readonly mostRepeats: number;
  /** URLs that differ only in their date. */
  readonly mostDates: number;
  /** Orders of the same parameters. */
  readonly mostOrders: number;
  /** Queries of one path. */
  readonly mostQueries: number;
  /** URLs of a host with the same body. */
  readonly mostDuplicates: number;
}

export const TRAP_OPTIONS: TrapOptions = {
  off: [],
  mostLength: 2000,
  mostSegments: 25,
  mostRepeats: 2,
  mostDates: 400,
  mostOrders: 2,
  mostQueries: 1000,
  mostDuplicates: 10,
};

/** Of one origin. */
export const MOST_SITEMAPS = 1000;

/** Longest run of segments that is looked for as one. */
const LONGEST_CYCLE = 4;

type Rule = (url: URL, options: TrapOptions, memory: TrapMemory) => string | null;

/** In the order in which they are asked: those that need no memory first. */
const RULES: readonly (readonly [Trap, Rule])[] = [
  ['growing', findGrowing],
  ['repeating', findRepeating],
  ['session', findSession],
  ['calendar', findCalendar],
  ['order', findOrder],
  ['queries', findQueries],
];

/** The traps of one crawl. What it says of a URL depends on those that it was asked of before, in bounded memory. */
export class TrapDetector {
  readonly #options: TrapOptions;
  readonly #memory: TrapMemory;
  readonly #bodies = new BloomFilter();

  constructor(options: TrapOptions = TRAP_OPTIONS, memory: TrapMemory = new BoundedTrapMemory()) {
    this.#options = options;
    this.#memory = memory;
  }

  /** Asked of every URL that is to be fetched. @returns null for one that is no trap */
  find(url: URL): TrapFinding | null {
    for (const [trap, rule] of RULES) {
      if (this.#options.off.includes(trap)) continue;
      const detail = rule(url, this.#options, this.#memory);
      if (detail !== null) return { trap, detail };
    }
    return null;
  }

  /** Asked of every sitemap that is to be read, whatever rules are off. */
  admitsSitemap(url: URL): boolean {
    return this.#memory.admits(`sitemaps ${url.origin}`, withoutFragment(url), MOST_SITEMAPS);
  }

  /**
   * Asked of every page that was fetched: of one whose body came under many URLs the links are not to be followed.
   *
   * @param digest of the body
   */
  findDuplicate(url: URL, digest: string): TrapFinding | null {
    const { off, mostDuplicates } = this.#options;
    if (off.includes('duplicate')) return null;
    const body = `duplicate ${url.host} ${digest}`;
    const page = withoutFragment(url);
    if (this.#isFirst(body, page) || this.#memory.admits(body, page, mostDuplicates - 1)) return null;
    return { trap: 'duplicate', detail: `the same content under more than ${mostDuplicates} URLs` };
  }

  /** Most bodies come once: of the first page with one nothing is written. */
  #isFirst(body: string, page: string): boolean {
    if (this.#bodies.has(body)) return this.#bodies.has(`${body} ${page}`);
    this.#bodies.add(body);
    this.#bodies.add(`${body} ${page}`);
    return true;
  }
}

function findGrowing(url: URL, { mostLength, mostSegments }: TrapOptions): string | null {
  const { length } = withoutFragment(url);
  if (length > mostLength) return `${length} characters, more than ${mostLength}`;
  const segments = segmentsOf(url).length;
  return segments > mostSegments ? `${segments} path segments, more than ${mostSegments}` : null;
}

function findRepeating(url: URL, { mostRepeats }: TrapOptions): string | null {
  const segments = segmentsOf(url);
  for (let size = 1; size <= LONGEST_CYCLE; size++) {
    // Alone a segment may well come thrice: the tile /0/0/0 of a map.
    const most = size === 1 ? mostRepeats + 1 : mostRepeats;
    let same = 0;
    for (let at = size; at < segments.length; at++) {
      same = segments[at] === segments[at - size] ? same + 1 : 0;
      if (same < size * most) continue;
      return `/${segments.slice(at - size + 1, at + 1).join('/')} more than ${most} times in a row`;
    }
  }
  return null;
}

function findSession(url: URL, _: TrapOptions, memory: TrapMemory): string | null {
  const session = findSessionId(url);
  if (session === null || memory.admits(`session ${session.rest}`, session.value, 1)) return null;
  return `session id ${session.name}: met under another one before`;
}

function findCalendar(url: URL, { mostDates }: TrapOptions, memory: TrapMemory): string | null {
  const found = findDate(url);
  if (found === null || memory.admits(`calendar ${found.template}`, found.date, mostDates)) return null;
  return `more than ${mostDates} dates of ${found.template}`;
}

/** Parameters of one name keep their order: there it may mean something. */
function findOrder(url: URL, { mostOrders }: TrapOptions, memory: TrapMemory): string | null {
  const parameters = url.search.slice(1).split('&');
  if (parameters.length < 2) return null;
  const nameOf = (parameter: string): string => parameter.split('=', 1)[0] ?? '';
  const sorted = parameters.toSorted((one, other) => compare(nameOf(one), nameOf(other))).join('&');
  if (memory.admits(`order ${url.origin}${url.pathname}?${sorted}`, url.search, mostOrders)) return null;
  return `more than ${mostOrders} orders of the same parameters`;
}

function findQueries(url: URL, { mostQueries }: TrapOptions, memory: TrapMemory): string | null {
  if (url.search === '') return null;
  if (memory.admits(`queries ${url.origin}${url.pathname}`, url.search, mostQueries)) return null;
  return `more than ${mostQueries} queries of ${url.pathname}`;
}

/** A slash at the end begins no segment. */
function segmentsOf({ pathname }: URL): string[] {
  return pathname.replace(/^\/|\/$/g, '').split('/');
}

function withoutFragment({ href }: URL): string {
  return href.split('#', 1)[0] ?? '';
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
