// Who fetches which stretch of a file. Each byte that is missing is somebody's, or waits for somebody; nobody's twice.

import { type ByteRange, missingFrom } from '../model/byte-range.js';

/** What is left to one request: it fetches from `position` up to, not including, `end`. */
export interface Stretch {
  position: number;
  end: number;
}

export interface Cuts {
  /** A stretch is cut only where two of at least so many bytes come of it. */
  readonly least: number;
  /** Cuts are multiples of it, so that chunks stay whole. */
  readonly align: number;
}

export class Allotment {
  readonly #cuts: Cuts;
  /** What nobody has, in order. */
  #free: ByteRange[];
  readonly #taken = new Set<Stretch>();

  constructor(total: number, done: readonly ByteRange[], cuts: Cuts) {
    this.#free = missingFrom(done, total);
    this.#cuts = cuts;
  }

  /** Whether nothing is missing any more. */
  get isComplete(): boolean {
    return this.#free.length === 0 && [...this.#taken].every(({ position, end }) => position >= end);
  }

  /** Whether there is anything to be had. */
  get hasWork(): boolean {
    return this.#free.length > 0 || this.#cut() !== null;
  }

  /** The next free stretch; where there is none, half of the largest that another has. null when there is nothing to be had. */
  take(): Stretch | null {
    const free = this.#free.shift();
    const stretch = free === undefined ? this.#half() : { position: free.start, end: free.end };
    if (stretch !== null) this.#taken.add(stretch);
    return stretch;
  }

  /** The stretch is given up: what is left of it is free for others. */
  release(stretch: Stretch): void {
    if (!this.#taken.delete(stretch) || stretch.position >= stretch.end) return;
    this.#free.push({ start: stretch.position, end: stretch.end });
    this.#free.sort((a, b) => a.start - b.start);
  }

  /** Goes on into what is free right behind the stretch. @returns whether there was any */
  extend(stretch: Stretch): boolean {
    const at = this.#free.findIndex(({ start }) => start === stretch.end);
    const [next] = at < 0 ? [] : this.#free.splice(at, 1);
    if (next !== undefined) stretch.end = next.end;
    return next !== undefined;
  }

  /** Goes on into the stretch right behind, which is nobody's other any more. */
  join(stretch: Stretch, next: Stretch): void {
    this.#taken.delete(next);
    stretch.end = next.end;
  }

  #half(): Stretch | null {
    const cut = this.#cut();
    if (cut === null) return null;
    const { stretch, at } = cut;
    const half = { position: at, end: stretch.end };
    stretch.end = at;
    return half;
  }

  /** Where the largest stretch would be cut in two. */
  #cut(): { stretch: Stretch; at: number } | null {
    const { least, align } = this.#cuts;
    let stretch: Stretch | null = null;
    for (const each of this.#taken) if (stretch === null || leftOf(each) > leftOf(stretch)) stretch = each;
    if (stretch === null) return null;
    const { position, end } = stretch;
    const at = Math.ceil((position + (end - position) / 2) / align) * align;
    return at - position < least || end - at < least ? null : { stretch, at };
  }
}

function leftOf({ position, end }: Stretch): number {
  return end - position;
}
