// Cuts a body into chunks: chunk k is bytes [k x size, (k + 1) x size), whatever the network's cuts.

/** @param bytes a view into what was received, or one joined copy where a chunk straddles two buffers */
export type TakeChunk = (bytes: Uint8Array, index: number, offset: number) => void;

export class Chunker {
  readonly #size: number;
  readonly #take: TakeChunk | null;
  /** The beginning of a chunk whose end has not come; used only when somebody takes the chunks. */
  #rest: Uint8Array[] = [];
  #restLength = 0;
  #index = 0;

  /** @param take without it, chunks are only counted */
  constructor(size: number, take: TakeChunk | null) {
    this.#size = size;
    this.#take = take;
  }

  /** Takes the next bytes of the body. @returns the chunks that were completed by them */
  push(bytes: Uint8Array): number {
    const length = this.#restLength + bytes.length;
    const completed = Math.floor(length / this.#size);
    if (this.#take !== null) this.#cut(bytes, completed);
    this.#index += completed;
    this.#restLength = length - completed * this.#size;
    return completed;
  }

  /** The body is over. @returns 1 when a short last chunk was left, else 0 */
  end(): number {
    if (this.#restLength === 0) return 0;
    this.#take?.(joined(this.#rest), this.#index, this.#index * this.#size);
    this.#rest = [];
    this.#restLength = 0;
    this.#index++;
    return 1;
  }

  #cut(bytes: Uint8Array, completed: number): void {
    let at = 0;
    for (let done = 0; done < completed; done++) {
      const index = this.#index + done;
      const end = at + this.#size - (done === 0 ? this.#restLength : 0);
      const piece = bytes.subarray(at, end);
      this.#take?.(
        done === 0 && this.#restLength > 0 ? joined([...this.#rest, piece]) : piece,
        index,
        index * this.#size,
      );
      at = end;
    }
    if (completed > 0) this.#rest = [];
    if (at < bytes.length) this.#rest.push(bytes.subarray(at));
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
}
