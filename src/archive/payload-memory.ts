// Which payloads the archive holds, so that the same one again is only referred to.

/** The record that a payload stands in. */
export interface Original {
  readonly url: string;
  /** As in WARC-Date. */
  readonly date: string;
  /** Its WARC-Record-ID; null where only the index tells of it. */
  readonly id: string | null;
}

/** Payloads remembered, those seen last: about 30 MB. What has been forgotten is written once more. */
const MOST = 100_000;

export class PayloadMemory {
  readonly #originals = new Map<string, Original>();
  readonly #most: number;

  constructor(most = MOST) {
    this.#most = most;
  }

  find(digest: string): Original | null {
    const original = this.#originals.get(digest);
    if (original === undefined) return null;
    this.#originals.delete(digest);
    this.#originals.set(digest, original);
    return original;
  }

  note(digest: string, original: Original): void {
    this.#originals.delete(digest);
    this.#originals.set(digest, original);
    if (this.#originals.size <= this.#most) return;
    for (const oldest of this.#originals.keys()) {
      this.#originals.delete(oldest);
      break;
    }
  }
}
