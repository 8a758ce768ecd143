// A function over items, in greenlets of a group; the results come as an iteration (gevent's IMap and IMapUnordered).

import { Greenlet } from './greenlet.js';
import { handleError } from './handle-error.js';
import { type Items, open } from './items.js';
import { killall } from './killall.js';
import { Line } from './line.js';
import { Semaphore } from './semaphore.js';
import { sleep } from './sleep.js';
import { standIn, Waiter } from './waiter.js';

export interface ImapOptions {
  /**
   * Most items that are under way, or finished and not read yet; the source is never read further ahead. null: no limit.
   *
   * @default twice the slots of a Pool; no limit in a Group, or in a Pool without limit
   */
  readonly maxsize?: number | null | undefined;
}

interface Mapping<Item, T> {
  readonly items: Items<Item>;
  spawn(item: Item): Promise<Greenlet<T>>;
  /** Results in the order of the items; else as they come. */
  readonly isOrdered: boolean;
  readonly maxsize: number | null;
}

/**
 * Begins with the first `next()`. An item's error is thrown from its `next()`, and the iteration goes on after it; an
 * error of the source ends the iteration, after the results of all items before it.
 *
 * Nothing outlives its reader: `return()`, and with it `break` in a `for await`, ends the source, kills what is still under
 * way and waits for its end; so does whatever is thrown into a waiting `next()`, a kill or a Timeout. But a `for await`
 * that an item's error leaves tells nobody: there, `await using results = pool.imap(...)` does.
 */
export class Imap<Item, T> implements AsyncIterableIterator<T> {
  readonly #mapping: Mapping<Item, T>;
  readonly #room: Semaphore;
  readonly #running = new Set<Greenlet<T>>();
  /** By the place at which they are read. */
  readonly #finished = new Map<number, Greenlet<T>>();
  /** null stands for the end. */
  readonly #reading = new Line<Waiter<Greenlet<T> | null>>();
  #stage: 'open' | 'fed' | 'closed' = 'open';
  #feeder: Greenlet | null = null;
  #source: AsyncIterator<Item> | null = null;
  #sourceError: { readonly error: unknown } | null = null;
  /** True while the source is asked for an item, which may take for ever. */
  #isPulling = false;
  #begun = 0;
  #ended = 0;
  #read = 0;

  /** @throws RangeError unless the maxsize is 1 or more */
  constructor(mapping: Mapping<Item, T>) {
    const { maxsize } = mapping;
    if (maxsize !== null && !(maxsize >= 1))
      throw new RangeError(`a maxsize is 1 or more, and not ${maxsize}`);
    this.#mapping = mapping;
    this.#room = new Semaphore(maxsize ?? Number.POSITIVE_INFINITY);
  }

  /** The next result. @throws what the function threw for this item, or the source's error */
  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#stage === 'open') this.#feeder ??= Greenlet.spawn(() => this.#feed());
    const greenlet = await this.#nextFinished();
    if (greenlet === null) {
      const failure = this.#sourceError;
      this.#sourceError = null;
      if (failure !== null) throw failure.error;
      return { done: true, value: undefined };
    }
    if (!greenlet.successful()) throw greenlet.exception;
    return { done: false, value: greenlet.value as T };
  }

  /** Ends the iteration, and what is under way for it. */
  async return(): Promise<IteratorResult<T, undefined>> {
    const wasOpen = this.#stage === 'open';
    this.#stage = 'closed';
    this.#finished.clear();
    this.#sourceError = null;
    this.#deliver();
    if (wasOpen && this.#feeder !== null) await this.#stop(this.#feeder);
    await killall(this.#running);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #nextFinished(): Promise<Greenlet<T> | null> {
    const waiter = new Waiter<Greenlet<T> | null>();
    standIn(this.#reading, waiter);
    this.#deliver();
    try {
      return await waiter.get();
    } catch (error) {
      // A `for await` takes the iteration for ended now, and calls no `return`.
      await this.return();
      throw error;
    }
  }

  async #feed(): Promise<void> {
    try {
      for (;;) {
        await this.#room.acquire();
        const step = await this.#pull();
        if (step.done) break;
        // What was asked for before the end came after it.
        if (this.#stage === 'closed') return;
        await this.#launch(step.value);
      }
    } catch (error) {
      if (this.#stage === 'open') this.#sourceError = { error };
    } finally {
      await this.#endSource();
      if (this.#stage === 'open') this.#stage = 'fed';
      this.#deliver();
    }
  }

  async #pull(): Promise<IteratorResult<Item>> {
    this.#source ??= open(this.#mapping.items);
    const source = this.#source;
    this.#isPulling = true;
    // One that throws, or is through, is not to be ended.
    let isThrough = true;
    try {
      const step = await source.next();
      isThrough = step.done === true;
      return step;
    } finally {
      this.#isPulling = false;
      if (isThrough) this.#source = null;
    }
  }

  async #launch(item: Item): Promise<void> {
    const place = this.#begun++;
    const greenlet = await this.#mapping.spawn(item);
    this.#running.add(greenlet);
    greenlet.rawlink(() => {
      this.#running.delete(greenlet);
      if (this.#stage === 'closed') return;
      this.#finished.set(this.#mapping.isOrdered ? place : this.#ended++, greenlet);
      this.#deliver();
    });
  }

  /** Serves those who wait with what there is. */
  #deliver(): void {
    while (this.#reading.size > 0) {
      const greenlet = this.#finished.get(this.#read);
      const isOver = this.#stage === 'closed' || (this.#stage === 'fed' && this.#running.size === 0);
      if (greenlet === undefined && !isOver) return;
      if (greenlet !== undefined) {
        this.#finished.delete(this.#read++);
        this.#room.release();
      }
      this.#reading.first?.switch(greenlet ?? null);
    }
  }

  async #stop(feeder: Greenlet): Promise<void> {
    void feeder.kill(undefined, { block: false });
    // Some sources let go of a pending `next` when they are ended; nobody can wait for one that does not.
    if (this.#isPulling) await Promise.race([this.#endSource(), sleep(0)]);
    else await feeder.join();
  }

  async #endSource(): Promise<void> {
    const source = this.#source;
    this.#source = null;
    try {
      await source?.return?.();
    } catch (error) {
      handleError(error, this);
    }
  }
}
