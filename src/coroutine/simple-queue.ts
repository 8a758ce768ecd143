// Items handed from greenlet to greenlet, oldest first (gevent.queue.SimpleQueue).

import { readDuration } from './duration.js';
import { Line } from './line.js';
import { Empty, Full, ShutDown } from './queue-errors.js';
import { type TimeLimit, Timeout, type WaitOptions, waitWithin } from './timeout.js';
import { handled, Waiter } from './waiter.js';

/** Where items lie, in what order: `shift` takes the `first` one out. */
export interface Stock<T> {
  readonly size: number;
  readonly first: T | undefined;
  push(item: T): unknown;
  shift(): T | undefined;
}

export interface QueueOptions<T> {
  /** What it holds at the beginning, over the limit too. */
  readonly items?: Iterable<T> | undefined;
}

interface Offer<T> {
  readonly item: T;
  readonly waiter: Waiter<void>;
}

/** Waits for an item, and gets a function that gives it when the reader runs. */
interface Reader<T> {
  readonly waiter: Waiter<() => T>;
  /** False for one who only looks. */
  readonly takes: boolean;
}

/** Who waits is served first come, first served, on both sides. Iteration ends when the queue is shut down and empty. */
export class SimpleQueue<T> implements AsyncIterable<T> {
  /** The most items held; Infinity for no limit. */
  readonly maxsize: number;
  readonly #stock: Stock<T>;
  readonly #reading = new Line<Reader<T>>();
  readonly #putting = new Line<Offer<T>>();
  /** Items in stock that belong to readers who are awake, but have not run yet. */
  #promised = 0;
  #isShutDown = false;

  /**
   * @param maxsize null, 0 and less mean no limit
   * @param stock the kernel's own: another order
   */
  constructor(
    maxsize: number | null = null,
    { items = [] }: QueueOptions<T> = {},
    stock: Stock<T> = new Line(),
  ) {
    this.maxsize = maxsize !== null && maxsize > 0 ? maxsize : Number.POSITIVE_INFINITY;
    this.#stock = stock;
    for (const item of items) stock.push(item);
  }

  get size(): number {
    return this.#stock.size - this.#promised;
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
   * @throws ShutDown
   */
  put(item: T, { block = true, timeout, signal }: WaitOptions = {}): Promise<void> {
    if (this.#isShutDown) return Promise.reject(new ShutDown('the queue is shut down'));
    if (!this.full()) {
      if (block && isNegative(timeout)) return Promise.reject(new RangeError(`${timeout} is negative`));
      this.#add(item);
      return Promise.resolve();
    }
    if (!block) return Promise.reject(new Full('the queue is full'));
    const waiter = new Waiter<void>();
    const place = this.#putting.push({ item, waiter });
    waiter.onWake(() => this.#putting.remove(place));
    const expired = () => {
      throw new Full('the queue stayed full');
    };
    return waitWithin(waiter, timeout, expired, signal);
  }

  /** @throws Full, ShutDown */
  putNowait(item: T): void {
    if (this.#isShutDown) throw new ShutDown('the queue is shut down');
    if (this.full()) throw new Full('the queue is full');
    this.#add(item);
  }

  /**
   * Takes an item out; waits while there is none.
   *
   * @throws Empty when there was none in time, or at once with `block: false`
   * @throws ShutDown
   */
  get(options: WaitOptions = {}): Promise<T> {
    if (this.empty()) return this.#read(true, options);
    return Promise.resolve(this.getNowait());
  }

  /** @throws Empty, ShutDown */
  getNowait(): T {
    this.#checkItems();
    const item = this.#stock.shift() as T;
    this.#servePutters();
    return item;
  }

  /** As `get`, but leaves the item where it is. */
  peek(options: WaitOptions = {}): Promise<T> {
    if (this.empty()) return this.#read(false, options);
    return Promise.resolve(this.peekNowait());
  }

  /** @throws Empty, ShutDown */
  peekNowait(): T {
    this.#checkItems();
    return this.#stock.first as T;
  }

  /**
   * Ends it: whoever waits in `put` or `get` is woken with ShutDown. What is in it can still be taken out.
   *
   * @param options.immediate throw away what is in it
   */
  shutdown({ immediate = false }: { readonly immediate?: boolean | undefined } = {}): void {
    this.#isShutDown = true;
    while (immediate && !this.empty()) this.#stock.shift();
    while (this.#reading.first?.waiter.throw(new ShutDown('the queue is shut down')));
    while (this.#putting.first?.waiter.throw(new ShutDown('the queue is shut down')));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      let item: T;
      try {
        item = await this.get();
      } catch (error) {
        if (error instanceof ShutDown) return;
        throw error;
      }
      yield item;
    }
  }

  /** An item comes in. */
  protected insert(item: T): void {
    this.#stock.push(item);
  }

  #add(item: T): void {
    this.insert(item);
    this.#serveReaders();
  }

  #checkItems(): void {
    if (this.empty()) throw this.#absence();
  }

  #read(takes: boolean, options: WaitOptions): Promise<T> {
    if (this.#isShutDown || options.block === false) return Promise.reject(this.#absence());
    const waiter = new Waiter<() => T>();
    const place = this.#reading.push({ waiter, takes });
    waiter.onWake(() => this.#reading.remove(place));
    const expired = () => {
      throw new Empty('the queue stayed empty');
    };
    return handled(waitWithin(waiter, options.timeout, expired, options.signal).then((give) => give()));
  }

  /** A reader who takes chooses when he runs: what is put in the same breath may be before it in the order. */
  #serveReaders(): void {
    for (
      let reader = this.#reading.first;
      reader !== undefined && !this.empty();
      reader = this.#reading.first
    ) {
      const item = this.#stock.first as T;
      if (reader.takes) this.#promised++;
      reader.waiter.switch(reader.takes ? () => this.#give() : () => item);
    }
  }

  #give(): T {
    this.#promised--;
    return this.#stock.shift() as T;
  }

  #servePutters(): void {
    for (let offer = this.#putting.first; offer !== undefined && !this.full(); offer = this.#putting.first) {
      this.insert(offer.item);
      offer.waiter.switch();
    }
  }

  #absence(): Error {
    return this.#isShutDown ? new ShutDown('the queue is shut down') : new Empty('the queue is empty');
  }
}

function isNegative(limit: TimeLimit): boolean {
  return limit !== undefined && limit !== null && !(limit instanceof Timeout) && readDuration(limit) < 0;
}
