// Bytes that wait for the disk, in the pieces in which they came. A server can send a body byte by byte, and a view of one byte takes
// a hundred times its size: small neighbours are copied together, so that what is in hand is about what it counts for.

/** From so many bytes on, a piece is kept as it came. */
const LARGE = 512;
const BLOCK = 16_384;

export class Pieces {
  #pieces: Uint8Array[] = [];
  #endsSmall = false;
  /** Where small ones are copied to, and how much of it is used; it follows `#pieces`. */
  #block: Uint8Array | null = null;
  #used = 0;

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  push(bytes: Uint8Array): void {
    const isSmall = bytes.length < LARGE;
    // One small piece among large ones, or a small body, is not worth a copy.
    if (isSmall && this.#endsSmall) this.#copy(bytes);
    else {
      this.#endBlock();
      this.#pieces.push(bytes);
    }
    this.#endsSmall = isSmall;
  }

  /** Gives them all away. */
  take(): Uint8Array[] {
    this.#endBlock();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#endsSmall = false;
    return pieces;
  }

  #copy(bytes: Uint8Array): void {
    if (this.#used + bytes.length > BLOCK) this.#endBlock();
    this.#block ??= new Uint8Array(BLOCK);
    this.#block.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #endBlock(): void {
    if (this.#block === null) return;
    this.#pieces.push(this.#block.subarray(0, this.#used));
    this.#block = null;
    this.#used = 0;
  }
}
