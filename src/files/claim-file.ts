// Names that were claimed longer ago, in a file: of each, one byte stays in memory. A list of ten million names would
// otherwise take 200 MB.

import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClaimTable, claimantAt, isAt, placeOf, WORDS } from './claim-table.js';
import { diskError } from './disk-errors.js';
import type { Fingerprint } from './fingerprint.js';

const SLOT = WORDS * Uint32Array.BYTES_PER_ELEMENT;

/** A table as it lay in memory once. */
interface Layer {
  /** Of the file, in bytes. */
  readonly offset: number;
  /** A byte of each slot's name, never 0; 0 for a free one. So a name that is not there costs no reading, but for one in 100. */
  readonly tags: Uint8Array;
}

/** A file without a name, where the system knows such things: it is gone with the process, however that ends. */
export class ClaimFile {
  readonly #folder: string;
  readonly #file: number;
  readonly #layers: Layer[] = [];
  readonly #slot = new Uint32Array(WORDS);
  #length = 0;

  /** @throws the system's error */
  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'fetchall-'));
    try {
      this.#file = openSync(join(this.#folder, 'names'), 'wx+', 0o600);
    } finally {
      this.#removeName();
    }
  }

  /**
   * Keeps all of a table; it can be emptied then.
   *
   * @throws the system's error; nothing has been kept
   */
  keep(table: ClaimTable): void {
    const { slots, capacity } = table;
    const bytes = new Uint8Array(slots.buffer, slots.byteOffset, slots.byteLength);
    const offset = this.#length;
    try {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#file, bytes, done, bytes.length - done, offset + done);
    } catch (error) {
      // Others need the room that is left.
      ftruncateSync(this.#file, offset);
      throw error;
    }
    const tags = new Uint8Array(capacity);
    for (let place = 0; place < capacity; place++) tags[place] = tagAt(slots, place * WORDS);
    this.#layers.push({ offset, tags });
    this.#length += bytes.length;
  }

  /**
   * @returns who has claimed a name, null for nobody
   * @throws FetchallError ERR_DISK
   */
  claimant(name: Fingerprint): Fingerprint | null {
    for (const layer of this.#layers) {
      if (this.#find(name, layer)) return claimantAt(this.#slot, 0);
    }
    return null;
  }

  close(): void {
    closeSync(this.#file);
    this.#removeName();
  }

  /** Some systems let nobody remove the name of an open file: there it is done at the end. */
  #removeName(): void {
    try {
      rmSync(this.#folder, { recursive: true, force: true });
    } catch {}
  }

  /** Looks along the slots as the table itself would, and reads those whose byte is right. */
  #find(name: Fingerprint, { offset, tags }: Layer): boolean {
    const tag = tagOf(name.high);
    let place = placeOf(name, tags.length);
    for (; tags[place] !== 0; place = place + 1 === tags.length ? 0 : place + 1) {
      if (tags[place] !== tag) continue;
      this.#read(offset + place * SLOT);
      if (isAt(this.#slot, 0, name)) return true;
    }
    return false;
  }

  #read(position: number): void {
    let count = 0;
    try {
      count = readSync(this.#file, this.#slot, 0, SLOT, position);
    } catch (error) {
      throw diskError(error, 'cannot read which file names are taken');
    }
    if (count !== SLOT) throw diskError(new Error('it was cut'), 'cannot read which file names are taken');
  }
}

function tagAt(slots: Uint32Array, slot: number): number {
  return slots[slot] === 0 ? 0 : tagOf((slots[slot + 1] ?? 0) >>> 16);
}

function tagOf(high: number): number {
  return (high % 255) + 1;
}
