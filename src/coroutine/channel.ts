// A queue without room: who puts waits until someone takes (gevent.queue.Channel).

import { Line } from './line.js';
import { Empty, Full } from './queue-errors.js';
import { type WaitOptions, waitWithin } from './timeout.js';
import { standIn, Waiter } from './waiter.js';

interface Offer<T> {
  readonly item: T;
  readonly waiter: Waiter<void>;
}

/** Who waits is served first come, first served, on both sides. Iteration never ends by itself. */
export class Channel<T> implements AsyncIterable<T> {
  readonly #getting = new Line<Waiter<T>>();
  readonly #putting = new Line<Offer<T>>();

  /** Those that wait to put, less those that wait to get. */
  get balance(): number {
    return this.#putting.size - this.#getting.size;
  }

  /** Nothing is ever held. */
  get size(): number {
    return 0;
  }

  empty(): boolean {
    return true;
  }

  full(): boolean {
    return true;
  }

  /** Waits until someone has taken the item. @throws Full when nobody did in time, or waits now with `block: false` */
  put(item: T, options: WaitOptions = {}): Promise<void> {
    if (this.#getting.first?.switch(item)) return Promise.resolve();
    if (options.block === false) return Promise.reject(new Full('nobody waits for an item'));
    const waiter = new Waiter<void>();
    const place = this.#putting.push({ item, waiter });
    waiter.onWake(() => this.#putting.remove(place));
    const expired = () => {
      throw new Full('nobody has taken the item');
    };
    return waitWithin(waiter, options.timeout, expired, options.signal);
  }

  /** @throws Full when nobody waits for an item */
  putNowait(item: T): void {
    if (!this.#getting.first?.switch(item)) throw new Full('nobody waits for an item');
  }

  /** Waits until someone puts an item. @throws Empty when nobody did in time, or waits now with `block: false` */
  get(options: WaitOptions = {}): Promise<T> {
    if (this.#putting.size > 0) return Promise.resolve(this.getNowait());
    if (options.block === false) return Promise.reject(new Empty('nobody offers an item'));
    const waiter = new Waiter<T>();
    standIn(this.#getting, waiter);
    const expired = () => {
      throw new Empty('nobody has offered an item');
    };
    return waitWithin(waiter, options.timeout, expired, options.signal);
  }

  /** @throws Empty when nobody waits to put one */
  getNowait(): T {
    const offer = this.#putting.first;
    if (offer === undefined) throw new Empty('nobody offers an item');
    offer.waiter.switch();
    return offer.item;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, never, void> {
    for (;;) yield await this.get();
  }
}
