// Items handed from greenlet to greenlet, oldest first (gevent.queue.Queue).

import { Line } from './line.js';
import { type WaitOptions, waitWithin } from './timeout.js';
import { standIn, Waiter } from './waiter.js';

/** Thrown by a `put` that found no room. */
export class Full extends Error {
  override readonly name: string = 'Full';
}

/** Thrown by a `get` that found no item. */
export class Empty extends Error {
  override readonly name: string = 'Empty';
}

interface Offer<T> {
  readonly item: T;
  readonly waiter: Waiter<void>;
}

/** Who waits is served first come, first served, on both sides. */
export class Queue<T> {
  /** The most items held; Infinity for no limit. */
  readonly maxsize: number;
  readonly #items = new Line<T>();
  readonly #getting = new Line<Waiter<T>>();
  readonly #putting = new Line<Offer<T>>();

  /**
   * @param maxsize null, 0 and less mean no limit
   * @param options.items what it holds at the beginning, over the limit too
   */
  constructor(maxsize: number | null = null, { items = [] }: { readonly items?: Iterable<T> } = {}) {
    this.maxsize = maxsize !== null && maxsize > 0 ? maxsize : Number.POSITIVE_INFINITY;
    for (const item of items) this.insert(item);
  }

  get size(): number {
    return this.#items.size;
  }

  empty(): boolean {
    return this.size === 0;
  }

  full(): boolean {
    return this.size >= this.maxsize;
  }

  /**
   * Adds an item; waits while there is no room.
   *
   * @throws Full when there was no room in time, or at once with `block: false`
   */
  put(item: T, { block = true, timeout }: WaitOptions = {}): Promise<void> {
    if (this.#tryPut(item)) return Promise.resolve();
    if (!block) return Promise.reject(new Full('the queue is full'));
    const waiter = new Waiter<void>();
    const place = this.#putting.push({ item, waiter });
    waiter.onWake(() => this.#putting.remove(place));
    return waitWithin(waiter, timeout, () => {
      throw new Full('the queue stayed full');
    });
  }

  /** @throws Full */
  putNowait(item: T): void {
    if (!this.#tryPut(item)) throw new Full('the queue is full');
  }

  /**
   * Takes an item out; waits while there is none.
   *
   * @throws Empty when there was none in time, or at once with `block: false`
   */
  get({ block = true, timeout }: WaitOptions = {}): Promise<T> {
    if (!this.empty()) return Promise.resolve(this.#take());
    if (!block) return Promise.reject(new Empty('the queue is empty'));
    const waiter = new Waiter<T>();
    standIn(this.#getting, waiter);
    return waitWithin(waiter, timeout, () => {
      throw new Empty('the queue stayed empty');
    });
  }

  /** @throws Empty */
  getNowait(): T {
    if (this.empty()) throw new Empty('the queue is empty');
    return this.#take();
  }

  /** Where an item goes: another order overrides this and `remove`. */
  protected insert(item: T): void {
    this.#items.push(item);
  }

  /** The item whose turn it is; asked only when there is one. */
  protected remove(): T {
    return this.#items.shift() as T;
  }

  #tryPut(item: T): boolean {
    // Somebody can wait for an item only while there is none, so any order hands over this one.
    if (this.#getting.first?.switch(item)) return true;
    if (this.full()) return false;
    this.insert(item);
    return true;
  }

  #take(): T {
    const item = this.remove();
    while (!this.full()) {
      const offer = this.#putting.first;
      if (offer === undefined) break;
      this.insert(offer.item);
      offer.waiter.switch();
    }
    return item;
  }
}
