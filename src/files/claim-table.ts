// Which names are taken, by whom: both by fingerprint, 12 bytes a slot. Open addressing, linear probing.

import type { Fingerprint } from './fingerprint.js';

/** Words of a slot: 48 bits for the name, 48 for who claims it. */
export const WORDS = 3;
const FIRST_CAPACITY = 1024;
/** Part of the slots in use at which the table grows, and how much: less than twice, because the old one stays meanwhile. */
const MOST_LOAD = 0.75;
const GROWTH = 1.5;

export class ClaimTable {
  #slots = new Uint32Array(FIRST_CAPACITY * WORDS);
  #capacity = FIRST_CAPACITY;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** All slots, for who keeps them elsewhere; a free one begins with 0. */
  get slots(): Uint32Array {
    return this.#slots;
  }

  /** @returns who has claimed a name, null for nobody */
  claimant(name: Fingerprint): Fingerprint | null {
    const slot = this.#find(name);
    return this.#slots[slot] === 0 ? null : claimantAt(this.#slots, slot);
  }

  /** @param name claimed by nobody so far */
  add(name: Fingerprint, claimant: Fingerprint): void {
    if (this.#size + 1 > this.#capacity * MOST_LOAD) this.#grow();
    const slot = this.#find(name);
    this.#slots[slot] = name.low;
    this.#slots[slot + 1] = ((name.high << 16) | claimant.high) >>> 0;
    this.#slots[slot + 2] = claimant.low;
    this.#size++;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#size = 0;
  }

  /** The slot of a name, or the free one where it would go. */
  #find(name: Fingerprint): number {
    const slots = this.#slots;
    let place = placeOf(name, this.#capacity);
    while (slots[place * WORDS] !== 0 && !isAt(slots, place * WORDS, name))
      place = place + 1 === this.#capacity ? 0 : place + 1;
    return place * WORDS;
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity = Math.ceil(this.#capacity * GROWTH);
    this.#slots = new Uint32Array(this.#capacity * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      const [low = 0, middle = 0, last = 0] = [old[at], old[at + 1], old[at + 2]];
      if (low !== 0) this.#slots.set([low, middle, last], this.#find({ low, high: middle >>> 16 }));
    }
  }
}

/** Where a name is looked for first. */
export function placeOf({ low }: Fingerprint, capacity: number): number {
  return Math.floor((low / 2 ** 32) * capacity);
}

/** Whether the slot at this index of its words is a name's. */
export function isAt(slots: Uint32Array, slot: number, { low, high }: Fingerprint): boolean {
  return slots[slot] === low && (slots[slot + 1] ?? 0) >>> 16 === high;
}

export function claimantAt(slots: Uint32Array, slot: number): Fingerprint {
  return { low: slots[slot + 2] ?? 0, high: (slots[slot + 1] ?? 0) & 0xffff };
}
