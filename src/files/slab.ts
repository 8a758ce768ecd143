// Blocks of memory that go round between the transfers. What a socket hands over is copied into one at once: buffers that
// wait for the disk outlive young collections, and then every 64 MB cost a collection of the whole heap (twice the CPU time on
// files of 512 MB).

const SIZE = 262_144;
/** Blocks kept for the next who needs one. */
const MOST_SPARE = 32;

const spare: Uint8Array[] = [];

export class Slab {
  readonly #memory: Uint8Array;
  #length = 0;

  constructor() {
    this.#memory = spare.pop() ?? Buffer.allocUnsafeSlow(SIZE);
  }

  /** @returns how many of the bytes fitted in */
  fill(bytes: Uint8Array): number {
    const fitting = Math.min(bytes.length, SIZE - this.#length);
    this.#memory.set(fitting === bytes.length ? bytes : bytes.subarray(0, fitting), this.#length);
    this.#length += fitting;
    return fitting;
  }

  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  /** Gives the memory to the next: nobody may read this one's bytes any more. */
  free(): void {
    if (spare.length < MOST_SPARE) spare.push(this.#memory);
  }
}

/** Copies bytes to the end of `slabs`, adding as many as it takes. */
export function gather(slabs: Slab[], bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length > 0) {
    const fitted = slabs.at(-1)?.fill(rest) ?? 0;
    if (fitted === 0) slabs.push(new Slab());
    else rest = rest.subarray(fitted);
  }
}
