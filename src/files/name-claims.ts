// Which file names are taken, and by which URL. A run claims its names in list order, so that the same list gives the
// same names whatever the timing. Fingerprints stand for names and URLs: 12 bytes a slot, whatever their length.

import { createHash } from 'node:crypto';
import { type Fingerprint, fingerprint } from './fingerprint.js';
import { withSuffix } from './safe-name.js';

export interface Claim {
  /** The name to use: the wanted one, or one with a suffix. */
  readonly name: string;
  /** The same URL has claimed this name before (perhaps in other letter case): there is nothing to fetch. */
  readonly duplicate: boolean;
}

type Outcome = 'taken' | 'own' | 'held';

/** Words of a slot: 48 bits for the folded name, 48 for the URL. */
const WORDS = 3;
const FIRST_CAPACITY = 1024;
/** Part of the slots in use at which the table grows, and how much: less than twice, because the old one stays meanwhile. */
const MOST_LOAD = 0.75;
const GROWTH = 1.5;
/** Folded as `fold` does it. */
const PART = '.PART';
const SHORTEST_DIGITS = 8;
const ALL_DIGITS = 64;

/**
 * The names of one out folder. Names are compared on their case-folded NFC form; NAME also holds NAME.part. Nothing is
 * ever given back. A million names take 18 MB. Two names share a fingerprint once in 10^14 pairs, which costs a suffix.
 */
export class NameClaims {
  #slots = new Uint32Array(FIRST_CAPACITY * WORDS);
  #capacity = FIRST_CAPACITY;
  #size = 0;
  /** Whether a claimed name ends in `.part`: without one, no name can be the part of another. */
  #holdsPart = false;

  /** Names claimed. */
  get size(): number {
    return this.#size;
  }

  /**
   * Claims the wanted name for a URL, or, where another URL holds it, the first free one of its suffixed names.
   *
   * @param wanted a safe name
   * @param url normalised, without fragment: its text is the claimant's identity
   */
  claim(wanted: string, url: string): Claim {
    const claimant = fingerprint(url);
    const outcome = this.#try(wanted, claimant);
    if (outcome !== 'held') return { name: wanted, duplicate: outcome === 'own' };
    for (const name of suffixedNames(wanted, url)) {
      const next = this.#try(name, claimant);
      if (next !== 'held') return { name, duplicate: next === 'own' };
    }
    throw new RangeError('unreachable: suffixed names have no end');
  }

  /**
   * Claims exactly this name; for a caller who must avoid a name that is occupied on disk, and tries others in turn.
   *
   * @returns false when it is held, by this URL or another
   */
  take(name: string, url: string): boolean {
    return this.#try(name, fingerprint(url)) === 'taken';
  }

  /** Claims exactly this name. @returns whether it is this URL's, newly or from before */
  hold(name: string, url: string): boolean {
    return this.#try(name, fingerprint(url)) !== 'held';
  }

  #try(name: string, claimant: Fingerprint): Outcome {
    const folded = fold(name);
    const print = fingerprint(folded);
    const slot = this.#find(print);
    if (!this.#isFree(slot)) {
      const middle = packed(print, claimant);
      return this.#slots[slot + 1] === middle && this.#slots[slot + 2] === claimant.low ? 'own' : 'held';
    }
    const isPart = folded.endsWith(PART);
    if (isPart && this.#holds(folded.slice(0, -PART.length))) return 'held';
    if (this.#holdsPart && this.#holds(folded + PART)) return 'held';
    this.#holdsPart ||= isPart;
    this.#put(slot, print.low, packed(print, claimant), claimant.low);
    this.#size++;
    if (this.#size > this.#capacity * MOST_LOAD) this.#grow();
    return 'taken';
  }

  #holds(folded: string): boolean {
    return !this.#isFree(this.#find(fingerprint(folded)));
  }

  /** The slot of a name, or the free one where it would go: open addressing, linear probing. */
  #find({ low, high }: Fingerprint): number {
    const slots = this.#slots;
    let place = Math.floor((low / 2 ** 32) * this.#capacity);
    while (!this.#isFree(place * WORDS)) {
      const slot = place * WORDS;
      if (slots[slot] === low && (slots[slot + 1] ?? 0) >>> 16 === high) break;
      place = place + 1 === this.#capacity ? 0 : place + 1;
    }
    return place * WORDS;
  }

  /** No name has a fingerprint whose first word is 0. */
  #isFree(slot: number): boolean {
    return this.#slots[slot] === 0;
  }

  #put(slot: number, low: number, middle: number, claimantLow: number): void {
    this.#slots[slot] = low;
    this.#slots[slot + 1] = middle;
    this.#slots[slot + 2] = claimantLow;
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity = Math.ceil(this.#capacity * GROWTH);
    this.#slots = new Uint32Array(this.#capacity * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      const low = old[at] ?? 0;
      const middle = old[at + 1] ?? 0;
      if (low !== 0) this.#put(this.#find({ low, high: middle >>> 16 }), low, middle, old[at + 2] ?? 0);
    }
  }
}

/**
 * What a name that is taken becomes, in order of preference, without end: `-` and 8 hex digits of the URL's SHA-256 before
 * the extension, then 16, 24 ... 64, then all 64 and a number.
 */
export function* suffixedNames(wanted: string, url: string): Generator<string, void, void> {
  const hex = createHash('sha256').update(url).digest('hex');
  for (let digits = SHORTEST_DIGITS; digits <= ALL_DIGITS; digits += SHORTEST_DIGITS) {
    yield withSuffix(wanted, hex.slice(0, digits));
  }
  for (let number = 2; ; number++) yield withSuffix(wanted, `${hex}-${number}`);
}

/** `a-1.bin`, `a-2.bin` ... */
export function* numberedNames(wanted: string): Generator<string, void, void> {
  for (let number = 1; ; number++) yield withSuffix(wanted, String(number));
}

/**
 * One form for all names that a file system may take for the same. Lower, then upper case: the other way round leaves
 * U+1E9E apart from `ss`, and makes a sigma depend on what follows it, so that NAME and NAME.part would fold apart.
 */
function fold(name: string): string {
  return name.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC');
}

/** The upper 16 bits of both fingerprints in one word. */
function packed(name: Fingerprint, claimant: Fingerprint): number {
  return ((name.high << 16) | claimant.high) >>> 0;
}
