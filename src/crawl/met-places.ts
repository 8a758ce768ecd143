// The URLs that were met lately, and where: most links of a page lead to what is known, and meeting it again in no better a place
// changes nothing. A table of fixed size, asked before the state is.

import { type Fingerprint, fingerprint } from '../files/fingerprint.js';
import type { FrontierPlace } from '../state/frontier-row.js';

/** Three words of four bytes each. */
const SLOTS = 2 ** 18;
const WORDS = 3;
const KINDS = ['page', 'requisite', 'sitemap'] as const;
/** What of a place has room in a word. */
const DEEPEST = 0xffff;
const MOST = 0x3f;
/** Met, but not judged: only refused for what the page says. */
const UNJUDGED = 0;

export class MetPlaces {
  readonly #table = new Uint32Array(SLOTS * WORDS);

  /** @param place null: whether it is known at all */
  covers(url: string, place: FrontierPlace | null): boolean {
    const print = fingerprint(url);
    const at = this.#slotOf(print);
    if (this.#table[at] !== print.low || this.#table[at + 1] !== print.high) return false;
    if (place === null) return true;
    const packed = this.#table[at + 2] ?? UNJUDGED;
    return packed !== UNJUDGED && isNoBetter(packed, place);
  }

  /** @param place null for what was not judged */
  put(url: string, place: FrontierPlace | null): void {
    const print = fingerprint(url);
    const at = this.#slotOf(print);
    this.#table[at] = print.low;
    this.#table[at + 1] = print.high;
    this.#table[at + 2] = place === null ? UNJUDGED : pack(place);
  }

  clear(): void {
    this.#table.fill(0);
  }

  #slotOf({ low }: Fingerprint): number {
    return (low % SLOTS) * WORDS;
  }
}

/** Depth, then kind from 1, requisite depth, redirects, guarded; UNJUDGED for what has no room. */
function pack({ depth, kind, requisiteDepth, redirects, guarded }: FrontierPlace): number {
  if (depth > DEEPEST || requisiteDepth > MOST || redirects > MOST) return UNJUDGED;
  const where = (depth << 16) | ((KINDS.indexOf(kind) + 1) << 13) | (requisiteDepth << 7) | (redirects << 1);
  return (where | Number(guarded)) >>> 0;
}

/** A link of another kind may be judged otherwise. */
function isNoBetter(packed: number, place: FrontierPlace): boolean {
  return (
    KINDS[((packed >>> 13) & 3) - 1] === place.kind &&
    packed >>> 16 <= place.depth &&
    ((packed >>> 7) & MOST) <= place.requisiteDepth &&
    ((packed >>> 1) & MOST) <= place.redirects &&
    ((packed & 1) === 0 || place.guarded)
  );
}
