// A counter of permits (gevent.lock.Semaphore).

import { hold, use } from './hold.js';
import { Line } from './line.js';
import { callLink, checkLink, type Link } from './link.js';
import { type WaitOptions, waitWithin } from './timeout.js';
import { handled, Waiter } from './waiter.js';

interface Turn {
  /** Who stands here: a callback stands for one turn, however often it was given. */
  readonly who: unknown;
  take(): void;
}

/**
 * Who waits is served first come, first served, a moment after a release. Whoever calls `acquire` in that moment, or at
 * any other while a permit is free, takes it before them; they keep their places. A permit belongs to no greenlet: any
 * may release it.
 */
export class Semaphore {
  #counter: number;
  readonly #turns = new Line<Turn>();
  #serving = false;

  /** @throws RangeError for a negative value */
  constructor(value = 1) {
    if (!(value >= 0)) throw new RangeError('a semaphore begins with 0 permits or more');
    this.#counter = value;
  }

  /** Permits that are free. */
  get counter(): number {
    return this.#counter;
  }

  locked(): boolean {
    return this.#counter <= 0;
  }

  ready(): boolean {
    return this.#counter > 0;
  }

  /** Takes a permit. @returns false when there was none in time, or at once with `block: false` */
  acquire(options: WaitOptions = {}): Promise<boolean> {
    if (this.#counter > 0) {
      this.#counter--;
      return Promise.resolve(true);
    }
    if (options.block === false) return Promise.resolve(false);
    const waiter = new Waiter<boolean>();
    this.#queue(waiter, () => {
      this.#counter--;
      waiter.switch(true);
    });
    return waitWithin(waiter, options.timeout, () => false, options.signal);
  }

  /** Gives a permit, also one that was never taken. @returns the permits that are free now */
  release(): number {
    this.#counter++;
    this.#serveSoon();
    return this.#counter;
  }

  /** Waits until a permit is free, and takes none. @returns the free permits: others may be faster, so perhaps 0 */
  wait(options: WaitOptions = {}): Promise<number> {
    if (this.#counter > 0 || options.block === false) return Promise.resolve(this.#counter);
    const waiter = new Waiter<void>();
    this.#queue(waiter, () => void waiter.switch());
    return handled(waitWithin(waiter, options.timeout, () => {}, options.signal).then(() => this.#counter));
  }

  /** Takes a permit for a block of code: `using permit = await semaphore.hold()`. @throws Timeout */
  hold(options: WaitOptions = {}): Promise<Disposable> {
    return hold(this, options);
  }

  /** Runs a function with a permit of its own. */
  use<T>(run: () => T | PromiseLike<T>): Promise<T> {
    return use(this, run);
  }

  /** Calls back once when a permit is free and its turn has come, never at once, outside any greenlet; it takes none. */
  rawlink(callback: Link<this>): void {
    checkLink(callback);
    this.#turns.push({ who: callback, take: () => callLink(callback, this) });
    this.#serveSoon();
  }

  /** Takes one registration of the callback back; none is fine. */
  unlink(callback: Link<this>): void {
    this.#turns.removeWhere((turn) => turn.who === callback);
  }

  #queue<T>(waiter: Waiter<T>, take: () => void): void {
    const place = this.#turns.push({ who: waiter, take });
    waiter.onWake(() => this.#turns.remove(place));
  }

  #serveSoon(): void {
    if (this.#serving || this.#counter <= 0 || this.#turns.size === 0) return;
    this.#serving = true;
    void Promise.resolve().then(() => this.#serve());
  }

  #serve(): void {
    const served = new Set<unknown>();
    // Who comes meanwhile has his turn in the next round.
    for (let left = this.#turns.size; left > 0 && this.#counter > 0; left--) {
      const turn = this.#turns.shift();
      if (turn === undefined) break;
      if (!served.has(turn.who)) turn.take();
      served.add(turn.who);
    }
    this.#serving = false;
    this.#serveSoon();
  }
}
