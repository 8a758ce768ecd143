// Entries one by one, made from batches: a promise a block of the list costs half of what a generator's yield a line does.

import type { Entry } from '../model/source.js';

/** Entries in the order of their lists, understood when they are asked for, to be read once. */
export class EntrySequence implements AsyncIterable<Entry, void, void> {
  readonly #batches: AsyncGenerator<Iterable<Entry>, void, void>;
  readonly #closeLists: () => Promise<void>;
  #batch: Iterator<Entry, unknown, void> = [].values();
  #pulling: Promise<void> | null = null;
  /** Ends the wait for a pull that may never come to its end. */
  #letGo: () => void = () => {};
  #closed = false;

  constructor(batches: AsyncGenerator<Iterable<Entry>, void, void>, closeLists: () => Promise<void>) {
    this.#batches = batches;
    this.#closeLists = closeLists;
  }

  [Symbol.asyncIterator](): AsyncIterator<Entry, void, void> {
    return {
      next: () => this.#next(),
      return: async () => {
        const isWaiting = this.#pulling !== null;
        await this.#leave();
        // A caller's iterable that is waited for hears of its end when it speaks again, and that may be never.
        if (isWaiting) this.#abandon();
        else await this.#batches.return();
        return { done: true, value: undefined };
      },
    };
  }

  /**
   * Closes all lists, and lets go of who waits for an entry. A caller's iterable is told, and not waited for. Safe to call
   * again.
   */
  async close(): Promise<void> {
    await this.#leave();
    this.#abandon();
  }

  async #next(): Promise<IteratorResult<Entry, void>> {
    for (;;) {
      if (this.#closed) return { done: true, value: undefined };
      const next = this.#batch.next();
      if (next.done !== true) return next;
      // One pull for all who wait: a second batch would push out the first.
      this.#pulling ??= this.#startPull();
      await this.#pulling;
    }
  }

  #startPull(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#letGo = resolve;
      this.#pull()
        .finally(() => {
          this.#pulling = null;
        })
        .then(resolve, reject);
    });
  }

  /** Gets the next batch, or closes the sequence at its end. */
  async #pull(): Promise<void> {
    try {
      const next = await this.#batches.next();
      if (next.done === true) await this.#end();
      else this.#batch = next.value[Symbol.iterator]();
    } catch (error) {
      // What a destroyed stream complains of is of no interest once the reader has gone.
      if (this.#closed) return;
      await this.#end();
      throw error;
    }
  }

  #leave(): Promise<void> {
    const ended = this.#end();
    this.#letGo();
    return ended;
  }

  #abandon(): void {
    this.#batches.return().catch(() => {});
  }

  async #end(): Promise<void> {
    this.#closed = true;
    await this.#closeLists();
  }
}
