// What robots.txt of each origin says: kept in the state for a day, and of those in use in memory, parsed.

import { clock } from '../coroutine/clock.js';
import type { Store } from '../state/store.js';
import { parseRobots, type Robots } from './robots.js';

/** RFC 9309 2.4: no longer than a day. */
const FRESH = 24 * 60 * 60 * 1000;
/** Sites that ask for more are asked as often as this, in ms; that is said. */
export const LONGEST_CRAWL_DELAY = 60_000;
/** Origins whose rules are in memory at a time. */
const MOST_KNOWN = 1000;
const FINE = new Set(['ok', 'none']);

interface Known {
  readonly robots: Robots;
  /** Why all is disallowed; null where the rules decide. */
  readonly failure: string | null;
  readonly asked: number;
}

export interface RobotsBookOptions {
  readonly userAgent: string;
  /** Least ms between two requests where a site asks for nothing, and even where it does. */
  readonly delay: number;
  readonly delayAtLeast: number;
  /** Hears of a delay that is longer than we wait. */
  note(text: string): void;
}

export class RobotsBook {
  readonly #store: Store;
  readonly #options: RobotsBookOptions;
  /** In the order in which they were looked up; null where nothing is on record. */
  readonly #known = new Map<string, Known | null>();

  constructor(store: Store, options: RobotsBookOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Whether nothing is known, or what is known is older than a day. */
  mustAsk(origin: string): boolean {
    return this.#find(origin) === null;
  }

  /** @returns why a URL of a known origin is not to be fetched; null where it may be */
  refusal(url: URL): string | null {
    const known = this.#find(url.origin);
    if (known === null) return null;
    if (known.failure !== null) return `robots.txt could not be had, so nothing is allowed: ${known.failure}`;
    const rule = known.robots.ruleFor(url, this.#options.userAgent);
    return rule === null || rule.allow ? null : `robots.txt line ${rule.line}: Disallow: ${rule.path}`;
  }

  /** RFC 9309 2.3.1: what is there counts; where the server has none, all is allowed; where it cannot tell, nothing. */
  note(origin: string, text: string | null, status: string): void {
    const asked = clock.date().getTime();
    this.#store.write(() => this.#store.crawl.putRobots(origin, { robots: text, status, asked }));
    const known = this.#parse(origin, { robots: text, status, asked });
    const delay = known.robots.crawlDelay(this.#options.userAgent);
    if (delay !== null && delay > LONGEST_CRAWL_DELAY)
      this.#options.note(
        `fetchall: ${origin} asks for ${delay / 1000} s between requests; it gets ${LONGEST_CRAWL_DELAY / 1000} s`,
      );
  }

  sitemaps(origin: string): readonly string[] {
    return this.#find(origin)?.robots.sitemaps ?? [];
  }

  /** Least ms between two requests to a host. */
  delayOf(host: string): number {
    const { userAgent, delay, delayAtLeast } = this.#options;
    const asked = [`http://${host}`, `https://${host}`].flatMap(
      (origin) => this.#find(origin)?.robots.crawlDelay(userAgent) ?? [],
    );
    if (asked.length === 0) return delay;
    return Math.max(Math.min(Math.max(...asked), LONGEST_CRAWL_DELAY), delayAtLeast);
  }

  #find(origin: string): Known | null {
    const known = this.#known.get(origin);
    if (known === null || (known !== undefined && isFresh(known.asked))) return known;
    const record = this.#store.crawl.robots(origin);
    if (record !== null && isFresh(record.asked)) return this.#parse(origin, record);
    this.#keep(origin, null);
    return null;
  }

  #parse(origin: string, record: { robots: string | null; status: string; asked: number }): Known {
    const failure = FINE.has(record.status) ? null : record.status;
    const known = { robots: parseRobots(record.robots ?? ''), failure, asked: record.asked };
    this.#keep(origin, known);
    return known;
  }

  #keep(origin: string, known: Known | null): void {
    this.#known.delete(origin);
    this.#known.set(origin, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }
}

function isFresh(asked: number): boolean {
  return clock.date().getTime() - asked < FRESH;
}
