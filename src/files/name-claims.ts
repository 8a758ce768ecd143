// Which file names are taken, and by which URL. A run claims its names in list order, so that the same list gives the
// same names whatever the timing. Fingerprints stand for names and URLs: 12 bytes a slot, whatever their length.

import { createHash } from 'node:crypto';
import { ClaimFile } from './claim-file.js';
import { ClaimTable } from './claim-table.js';
import { type Fingerprint, fingerprint } from './fingerprint.js';
import { withSuffix } from './safe-name.js';

export interface Claim {
  /** The name to use: the wanted one, or one with a suffix. */
  readonly name: string;
  /** The same URL has claimed this name before (perhaps in other letter case): there is nothing to fetch. */
  readonly duplicate: boolean;
}

type Outcome = 'taken' | 'own' | 'held';

/** Names in memory, 2.4 MB, at which they go into a file. */
const MOST_IN_MEMORY = 131_072;

/** Folded as `fold` does it. */
const PART = '.PART';
const SHORTEST_DIGITS = 8;
const ALL_DIGITS = 64;

/**
 * The names of one out folder. Names are compared on their case-folded NFC form; NAME also holds NAME.part. Nothing is
 * ever given back. A million names take 4 MB, ten million 18 MB, and ten times that in a file among the system's temporary
 * ones. Two names share a fingerprint once in 10^14 pairs, which costs a suffix.
 */
export class NameClaims {
  readonly #table = new ClaimTable();
  /** What was claimed before all that is in the table. */
  #file: ClaimFile | null = null;
  #mostInMemory: number;
  #size = 0;
  /** Whether a claimed name ends in `.part`: without one, no name can be the part of another. */
  #holdsPart = false;

  constructor(mostInMemory = MOST_IN_MEMORY) {
    this.#mostInMemory = mostInMemory;
  }

  /** Names claimed. */
  get size(): number {
    return this.#size;
  }

  /** To be called when no claim counts any more. */
  close(): void {
    this.#file?.close();
    this.#file = null;
    this.#mostInMemory = Number.POSITIVE_INFINITY;
  }

  /**
   * Claims the wanted name for a URL, or, where another URL holds it, the first free one of its suffixed names.
   *
   * @param wanted a safe name
   * @param url normalised, without fragment: its text is the claimant's identity
   * @throws FetchallError ERR_DISK when the names of before cannot be read
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
    const holder = this.#holder(print);
    if (holder !== null) return holder.low === claimant.low && holder.high === claimant.high ? 'own' : 'held';
    const isPart = folded.endsWith(PART);
    if (isPart && this.#holds(folded.slice(0, -PART.length))) return 'held';
    if (this.#holdsPart && this.#holds(folded + PART)) return 'held';
    this.#holdsPart ||= isPart;
    this.#table.add(print, claimant);
    this.#size++;
    if (this.#table.size >= this.#mostInMemory) this.#putAside();
    return 'taken';
  }

  #holds(folded: string): boolean {
    return this.#holder(fingerprint(folded)) !== null;
  }

  #holder(name: Fingerprint): Fingerprint | null {
    return this.#table.claimant(name) ?? this.#file?.claimant(name) ?? null;
  }

  #putAside(): void {
    try {
      this.#file ??= new ClaimFile();
      this.#file.keep(this.#table);
      this.#table.clear();
    } catch {
      // No room for temporary files is no reason to end: there is memory.
      this.#mostInMemory = Number.POSITIVE_INFINITY;
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
