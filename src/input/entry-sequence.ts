// Entries one by one, made from batches: a promise a block of the list costs half of what a generator's yield a line does.

import type { Entry } from '../model/source.js';

/** Entries in the order of their lists, understood when they are asked for, to be read once. */
export class EntrySequence implements AsyncIterable<Entry, void, void> {
  readonly #batches: AsyncGenerator<Iterable<Entry>, void, void>;
  readonly #closeLists: () => Promise<void>;
  #batch: Iterator<Entry, unknown, void> = [].values();
  #pulling: Promise<void> | null = null;
  #closed = false;

  constructor(batches: AsyncGenerator<Iterable<Entry>, void, void>, closeLists: () => Promise<void>) {
    this.#batches = batches;
    this.#closeLists = closeLists;
  }

  [Symbol.asyncIterator](): AsyncIterator<Entry, void, void> {
    return {
      next: () => this.#next(),
      return: async () => {
        // First the lists: the generator cannot return while it waits for a block.
        await this.close();
        await this.#batches.return();
        return { done: true, value: undefined };
      },
    };
  }

  /** Closes all lists; called at the end of an iteration, also an early one. Safe to call again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#closeLists();
  }

  async #next(): Promise<IteratorResult<Entry, void>> {
    for (;;) {
      if (this.#closed) return { done: true, value: undefined };
      const next = this.#batch.next();
      if (next.done !== true) return next;
      // One pull for all who wait: a second batch would push out the first.
      this.#pulling ??= this.#pull().finally(() => {
        this.#pulling = null;
      });
      await this.#pulling;
    }
  }

  /** Gets the next batch, or closes the sequence at its end. */
  async #pull(): Promise<void> {
    try {
      const next = await this.#batches.next();
      if (next.done === true) await this.close();
      else this.#batch = next.value[Symbol.iterator]();
    } catch (error) {
      // What a destroyed stream complains of is of no interest once the reader has gone.
      if (this.#closed) return;
      await this.close();
      throw error;
    }
  }
}
