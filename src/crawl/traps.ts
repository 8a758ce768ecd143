// Places where a crawl would never end: bounded rules, each with its reason, each of which can be switched off.

import { clock } from '../coroutine/clock.js';
import { BloomFilter } from './bloom-filter.js';
import { findDate } from './calendar-date.js';
import { findGrowing, findRepeating, segmentsOf } from './path-traps.js';
import { findOrder, findQueries } from './query-traps.js';
import { findSessionId } from './session-id.js';
import type { Trap } from './trap.js';
import { BoundedTrapMemory, type TrapMemory } from './trap-memory.js';
import { TRAP_OPTIONS, type TrapOptions } from './trap-options.js';

export interface TrapFinding {
  readonly trap: Trap;
  /** For `fetchall why`. */
  readonly detail: string;
}

/** Archives go back to it; a calendar without an end goes further. */
const FIRST_YEAR = 1990;
/** Tokens of one page with one body that make its token a session id. */
const SAME_BODIES = 3;

/** Of one origin. */
export const MOST_SITEMAPS = 1000;

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

  isOff(trap: Trap): boolean {
    return this.#options.off.includes(trap);
  }

  /** Asked of every URL that is to be fetched; again, it says the same. @returns null for one that is no trap */
  find(url: URL): TrapFinding | null {
    for (const [trap, rule] of RULES) {
      if (this.isOff(trap)) continue;
      const detail = rule(url, this.#options, this.#memory);
      if (detail !== null) return { trap, detail };
    }
    return null;
  }

  /** Asked of every sitemap that is to be read, whatever rules are off. */
  admitsSitemap(url: URL): boolean {
    return this.#memory.admits(`sitemaps ${url.origin}`, url.href.split('#', 1)[0] ?? '', MOST_SITEMAPS);
  }

  /**
   * Asked of every page that was fetched: whether its links are not to be followed. The same bytes with relative links lead elsewhere
   * from elsewhere, so it is a trap only where they lead to the same, or where the paths are made of the same words again and again.
   *
   * @param digest of the body
   * @param links absolute URLs
   */
  findDuplicate(url: URL, digest: string, links: readonly string[]): TrapFinding | null {
    this.#learnSession(url, digest);
    const { mostDuplicates } = this.#options;
    if (this.isOff('duplicate')) return null;
    const body = `duplicate ${url.host} ${digest}`;
    const page = url.href.split('#', 1)[0] ?? '';
    if (this.#isFirst(body, page)) return null;
    const words = [...new Set(segmentsOf(url))].sort().join('/');
    const isFew = (alike: string): boolean =>
      this.#memory.admits(`${body} ${alike}`, page, mostDuplicates - 1);
    if (!isFew(`links ${links.join(' ')}`))
      return { trap: 'duplicate', detail: `the same content under more than ${mostDuplicates} URLs` };
    if (!isFew(`words ${words}`))
      return {
        trap: 'duplicate',
        detail: `the same content under more than ${mostDuplicates} paths of the same words`,
      };
    return null;
  }

  /** Most bodies come once: of the first page with one nothing is written. */
  #isFirst(body: string, page: string): boolean {
    if (this.#bodies.has(body)) return this.#bodies.has(`${body} ${page}`);
    this.#bodies.add(body);
    this.#bodies.add(`${body} ${page}`);
    return true;
  }

  /** What has one body under several tokens is one page, and the token a session id. */
  #learnSession(url: URL, digest: string): void {
    const session = this.isOff('session') ? null : findSessionId(url);
    if (session === null || session.isCertain) return;
    const { name, value, rest } = session;
    if (!this.#memory.admits(`session body ${rest} ${digest}`, value, SAME_BODIES - 1))
      this.#memory.admits(sessionGroup(url, name), name, 1);
  }
}

/** A token that comes on many URLs is the visitor's; one that comes on a few may well name what they are about. */
function findSession(url: URL, { mostShared, mostTokens }: TrapOptions, memory: TrapMemory): string | null {
  const session = findSessionId(url);
  if (session === null) return null;
  const { name, value, rest, isCertain } = session;
  const known = sessionGroup(url, name);
  const isSession =
    isCertain ||
    memory.count(known) > 0 ||
    (!memory.admits(`session token ${url.origin} ${value}`, rest, mostShared) &&
      memory.admits(known, name, 1));
  if (memory.admits(`session ${rest}`, value, isSession ? 1 : mostTokens)) return null;
  return isSession
    ? `session id ${name}: met under another one before`
    : `more than ${mostTokens} tokens ${name}`;
}

/** Has a member where a plain name turned out to be that of a session id. */
function sessionGroup({ origin }: URL, name: string): string {
  return `session name ${origin} ${name.toLowerCase()}`;
}

function findCalendar(url: URL, { mostDates, mostFarDates }: TrapOptions, memory: TrapMemory): string | null {
  const found = findDate(url);
  if (found === null) return null;
  const { template, date, years } = found;
  const last = clock.date().getUTCFullYear() + 1;
  if (years.every((year) => year >= FIRST_YEAR && year <= last))
    return memory.admits(`calendar ${template}`, date, mostDates)
      ? null
      : `more than ${mostDates} dates of ${template}`;
  return memory.admits(`calendar far ${template}`, date, mostFarDates)
    ? null
    : `more than ${mostFarDates} dates before ${FIRST_YEAR} or after ${last} of ${template}`;
}
