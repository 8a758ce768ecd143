// What the rules against traps must remember, in bounded memory.

import { fingerprint } from '../files/fingerprint.js';

/** A crawl that is to go on after a kill can keep this in its state instead. */
export interface TrapMemory {
  /** @returns whether a member is among the first `most` different ones of its group. Asking twice changes nothing. */
  admits(group: string, member: string, most: number): boolean;
  /** @returns whether it was admitted. Changes nothing */
  has(group: string, member: string): boolean;
  /** Members of a group. Changes nothing */
  count(group: string): number;
}

/** Fingerprints that are kept in all: at most 25 MB, when each is a group. */
const MOST_MEMBERS = 100_000;
/** Part of them that stays when they are too many. */
const KEPT = 0.75;

/** Forgets the group that was not asked for longest; its count begins anew. */
export class BoundedTrapMemory implements TrapMemory {
  /** In the order of their last use. */
  readonly #groups = new Map<number, Set<number>>();
  readonly #capacity: number;
  #size = 0;

  constructor(capacity = MOST_MEMBERS) {
    this.#capacity = capacity;
  }

  /** Fingerprints in it. */
  get size(): number {
    return this.#size;
  }

  admits(group: string, member: string, most: number): boolean {
    const key = printOf(group);
    const members = this.#groups.get(key) ?? new Set();
    this.#groups.delete(key);
    this.#groups.set(key, members);
    const print = printOf(member);
    if (members.has(print)) return true;
    if (members.size >= most) return false;
    members.add(print);
    this.#size++;
    this.#forget();
    return true;
  }

  has(group: string, member: string): boolean {
    return this.#groups.get(printOf(group))?.has(printOf(member)) ?? false;
  }

  count(group: string): number {
    return this.#groups.get(printOf(group))?.size ?? 0;
  }

  /** Many at once: a Map whose first entries are gone is slow to begin with. */
  #forget(): void {
    if (this.#size <= this.#capacity) return;
    for (const [key, members] of this.#groups) {
      if (this.#size <= this.#capacity * KEPT) return;
      this.#groups.delete(key);
      this.#size -= members.size;
    }
  }
}

/** 48 bits as a number: a false hit, once in 10^14 pairs, costs a page. */
function printOf(text: string): number {
  const { low, high } = fingerprint(text);
  return high * 2 ** 32 + low;
}
