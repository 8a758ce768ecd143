// What is still to be fetched: each URL once, depth by depth, the origins in turn. It lies in the state; here are only the URLs that are
// on their way (leased). A run is given them as the entries of a list that grows while it is read.

import { Event } from '../coroutine/index.js';
import type { Entry } from '../model/source.js';
import type { EntrySource } from '../run/pass.js';
import type { FrontierEnd, FrontierPlace, FrontierRow } from '../state/frontier-row.js';
import type { Store } from '../state/store.js';
import {
  isRefusedStill,
  isSamePlace,
  judgePlace,
  mayChange,
  mergePlaces,
  type PlaceRefusal,
} from './judge-place.js';
import { MetPlaces } from './met-places.js';
import type { RobotsBook } from './robots-book.js';
import type { ScopeOptions } from './scope.js';
import type { TrapDetector } from './traps.js';
import { parseUrl, urlKey } from './url-key.js';

export interface FrontierOptions {
  readonly store: Store;
  readonly scope: ScopeOptions;
  readonly traps: TrapDetector;
  /** null: nobody asks for robots.txt. */
  readonly robots: RobotsBook | null;
  /** URLs of one origin, and of all, on their way at a time. */
  readonly perOrigin: number;
  readonly atOnce: number;
  readonly maxPages: number | null;
  readonly maxBytes: number | null;
}

/** A URL on its way. */
export interface Lease {
  /** Names it, in this run and in those that go on with it. */
  readonly key: string;
  readonly url: string;
  readonly origin: string;
  /** null for robots.txt, which is no URL of the crawl. */
  readonly row: FrontierRow | null;
  /** Only public addresses have led here. */
  readonly guarded: boolean;
  /** Why it is not to be fetched, found when its turn came. */
  readonly refusal: PlaceRefusal | null;
}

export class Frontier implements EntrySource {
  readonly #options: FrontierOptions;
  readonly #leases = new Map<string, Lease>();
  readonly #perOrigin = new Map<string, number>();
  /** Origins whose robots.txt is on its way. */
  readonly #asking = new Set<string>();
  readonly #met = new MetPlaces();
  #homes = 0;
  #ready: Lease[] = [];
  readonly #changed = new Event();
  #isClosed = false;
  /** The depth that is being fetched, and the origin whose turn was last. */
  #level = 0;
  #cursor = '';
  #robotsAsked = 0;
  /** Called when the saved files have come to the size that was asked for: nothing more is to be begun. */
  onFull: (() => void) | null = null;
  #files: number;
  #bytes: number;

  constructor(options: FrontierOptions) {
    this.#options = options;
    const { files, bytes } = options.store.crawl.saved();
    this.#files = files;
    this.#bytes = bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Entry> {
    while (!this.#isClosed) {
      if (this.#ready.length === 0) this.#fill();
      const lease = this.#ready.shift();
      if (lease !== undefined) yield { url: lease.url, name: lease.key };
      else if (this.#leases.size === 0) return;
      else {
        this.#changed.clear();
        await this.#changed.wait();
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#changed.set();
  }

  lease(key: string): Lease {
    const lease = this.#leases.get(key);
    if (lease === undefined) throw new RangeError(`unreachable: nothing is on its way as ${key}`);
    return lease;
  }

  /** A URL has been met. @param refusal why it is not followed, whatever the scope says */
  add(
    written: string,
    place: FrontierPlace,
    parent: number | null,
    refusal: PlaceRefusal | null = null,
  ): void {
    // Most are written as they are known.
    if (this.#isMet(written.split('#', 1)[0] ?? '', place, refusal)) return;
    const key = urlKey(written);
    const url = key === null ? null : parseUrl(key);
    if (url === null) return;
    url.username = '';
    url.password = '';
    const { store, scope, traps } = this.#options;
    const { href, origin } = url;
    store.write(() => {
      const reason = refusal ?? judgePlace(url, place, scope, traps);
      const { depth, kind, requisiteDepth, redirects, guarded } = place;
      const row = { url: href, origin, depth, kind, requisiteDepth, redirects, guarded, parent };
      if (!store.crawl.insert({ ...row, refusal: reason })) this.#meetAgain(url, place, refusal);
    });
    this.#met.put(href, refusal === null ? place : null);
  }

  /** Where the crawl has come to be at home somewhere else, all is judged again. */
  #isMet(url: string, place: FrontierPlace, refusal: PlaceRefusal | null): boolean {
    const { length } = this.#options.scope.seeds;
    if (this.#homes !== length) this.#met.clear();
    this.#homes = length;
    return this.#met.covers(url, refusal === null ? place : null);
  }

  #meetAgain(url: URL, place: FrontierPlace, refusal: PlaceRefusal | null): void {
    if (refusal !== null) return;
    const { store, scope, traps } = this.#options;
    const known = store.crawl.find(url.href);
    if (known === null) return;
    const merged = mergePlaces(known, place);
    if (known.state === 'open' && !isSamePlace(known, merged)) store.crawl.open(known.id, merged);
    if (mayChange(known, place) && judgePlace(url, place, scope, traps) === null)
      store.crawl.open(known.id, place);
  }

  /** The scope is another than in the run before: what did not belong to it is judged again. */
  judgeAgain(): void {
    const { store, scope, traps, robots } = this.#options;
    const isWanted = (row: FrontierRow): boolean =>
      !isRefusedStill(row, robots !== null, traps) &&
      judgePlace(new URL(row.url), row, scope, traps) === null;
    store.write(() => {
      for (const row of store.crawl.all('refused')) if (isWanted(row)) store.crawl.open(row.id, row);
      for (const row of store.crawl.all('skipped'))
        if (row.reason === 'type' || row.reason === 'size') store.crawl.open(row.id, row);
    });
  }

  /** A URL has come to its end. */
  end(lease: Lease, end: FrontierEnd): void {
    const { row } = lease;
    const { store } = this.#options;
    if (row !== null) store.write(() => store.crawl.end(row.id, end));
    if (end.state === 'saved') {
      this.#files++;
      this.#bytes += end.size ?? 0;
      if (this.#isFull) this.onFull?.();
    }
    this.#drop(lease);
  }

  /** It has turned out to be something else: its turn comes again as that, or this is its end. */
  meetAs(lease: Lease, place: FrontierPlace, end: FrontierEnd): void {
    this.end(lease, end);
    this.#options.store.write(() => this.#meetAgain(new URL(lease.url), place, null));
  }

  /** It was not asked for, and is still to be. */
  giveBack(lease: Lease): void {
    const { store } = this.#options;
    const { row } = lease;
    if (row !== null) store.write(() => store.crawl.giveBack(row.id));
    this.#drop(lease);
  }

  #drop({ key, origin, row }: Lease): void {
    this.#leases.delete(key);
    if (row === null) this.#asking.delete(origin);
    else {
      const left = (this.#perOrigin.get(origin) ?? 1) - 1;
      if (left === 0) this.#perOrigin.delete(origin);
      else this.#perOrigin.set(origin, left);
    }
    this.#changed.set();
  }

  /** Takes what may go now: of the least depth, and only when nothing of a lesser one is on its way. */
  #fill(): void {
    const { store, perOrigin, atOnce } = this.#options;
    const level = store.crawl.leastDue();
    if (level === null || (level > this.#level && this.#leases.size > 0)) return;
    this.#level = level;
    const start = this.#cursor;
    for (let isSecondRound = false; this.#ready.length === 0 || this.#ready.length < atOnce / 4; ) {
      const room = Math.min(atOnce - this.#leases.size, this.#budget());
      if (room <= 0) return;
      const origin = store.crawl.nextOrigin(level, this.#cursor);
      if (origin === null || (isSecondRound && origin > start)) {
        if (isSecondRound || start === '') {
          this.#cursor = '';
          return;
        }
        isSecondRound = true;
        this.#cursor = '';
        continue;
      }
      this.#cursor = origin;
      const held = this.#perOrigin.get(origin) ?? 0;
      if (held <= perOrigin / 2) this.#take(origin, level, Math.min(perOrigin - held, room));
    }
  }

  /** Files that may still be saved, those on their way counted. */
  #budget(): number {
    const { maxPages } = this.#options;
    if (this.#isFull) return 0;
    return maxPages === null ? Number.POSITIVE_INFINITY : maxPages - this.#files - this.#leases.size;
  }

  get #isFull(): boolean {
    const { maxBytes } = this.#options;
    return maxBytes !== null && this.#bytes >= maxBytes;
  }

  #take(origin: string, level: number, most: number): void {
    const { store, robots } = this.#options;
    if (this.#asking.has(origin)) return;
    if (robots?.mustAsk(origin)) {
      this.#askForRobots(origin, level);
      return;
    }
    let rows: FrontierRow[] = [];
    store.write(() => {
      rows = store.crawl.lease(origin, level, most);
    });
    for (const row of rows) {
      const forbidden = robots?.refusal(new URL(row.url)) ?? null;
      const refusal = forbidden === null ? null : { reason: 'robots', detail: forbidden };
      this.#hold({ key: String(row.id), url: row.url, origin, row, guarded: row.guarded, refusal });
    }
    this.#perOrigin.set(origin, (this.#perOrigin.get(origin) ?? 0) + rows.length);
  }

  #askForRobots(origin: string, level: number): void {
    const first = this.#options.store.crawl.peek(origin, level);
    this.#asking.add(origin);
    const key = `robots-${++this.#robotsAsked}`;
    const url = `${origin}/robots.txt`;
    this.#hold({ key, url, origin, row: null, guarded: first?.guarded ?? false, refusal: null });
  }

  #hold(lease: Lease): void {
    this.#leases.set(lease.key, lease);
    this.#ready.push(lease);
  }

  /** The depth at which what an origin says of itself counts. */
  get level(): number {
    return this.#level;
  }
}
