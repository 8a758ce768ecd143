// How far a list is read ahead of its answers.

import { Event } from '../coroutine/index.js';

/** Tasks that are read on at a time while slots are free: the answers that come meanwhile are not kept waiting. */
const STRETCH = 2000;

export class LookAhead {
  readonly #usual: number;
  readonly #most: number;
  #allowed: number;
  /** Tasks that are here and have not ended. */
  #unended = 0;
  #closed = false;
  readonly #room = new Event();

  /**
   * @param usual tasks that have not ended, those in slots included
   * @param most the same while slots are free, and none of these may go: others that may can be further down the list
   */
  constructor(usual: number, most: number) {
    this.#usual = usual;
    this.#allowed = usual;
    this.#most = most;
    this.#signal();
  }

  get unended(): number {
    return this.#unended;
  }

  get hasRoom(): boolean {
    return this.#unended < this.#allowed;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Whether all has been read, and has ended. */
  get isOver(): boolean {
    return this.#closed && this.#unended === 0;
  }

  /** Whether no other host can be found by reading on. */
  get isAllThereIs(): boolean {
    return this.#closed || this.#unended >= this.#most;
  }

  /** No more will come. */
  close(): void {
    this.#closed = true;
  }

  /** Waits for room; another who waited for it too may be first. */
  room(): Promise<boolean> {
    return this.#room.wait();
  }

  /** A few more, once those that were allowed are here. */
  stretch(): void {
    if (!this.hasRoom) this.#allowed = Math.min(this.#most, this.#unended + STRETCH);
    this.#signal();
  }

  /** One more is here: what was allowed is granted once, whether or not the slots were filled on the way. */
  took(): void {
    this.#unended++;
    if (!this.hasRoom) this.#allowed = this.#usual;
    this.#signal();
  }

  /** So many have ended. */
  ended(count = 1): void {
    this.#unended -= count;
    this.#signal();
  }

  #signal(): void {
    if (this.hasRoom) this.#room.set();
    else this.#room.clear();
  }
}
