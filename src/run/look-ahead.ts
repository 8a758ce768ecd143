// How far a list is read ahead of its answers.

/** Tasks that are read on at a time while slots are free: the answers that come meanwhile are not kept waiting. */
const STRETCH = 2000;

export class LookAhead {
  readonly #usual: number;
  readonly #most: number;
  #allowed: number;

  /**
   * @param usual tasks that have not ended, those in slots included
   * @param most the same while slots are free, and none of these may go: others that may can be further down the list
   */
  constructor(usual: number, most: number) {
    this.#usual = usual;
    this.#allowed = usual;
    this.#most = most;
  }

  hasRoom(unended: number): boolean {
    return unended < this.#allowed;
  }

  isAtItsMost(unended: number): boolean {
    return unended >= this.#most;
  }

  /** A few more, once those that were allowed are here. */
  stretch(unended: number): void {
    if (!this.hasRoom(unended)) this.#allowed = Math.min(this.#most, unended + STRETCH);
  }

  /** One more is here: what was allowed is granted once, whether or not the slots were filled on the way. */
  took(unended: number): void {
    if (!this.hasRoom(unended)) this.#allowed = this.#usual;
  }
}
