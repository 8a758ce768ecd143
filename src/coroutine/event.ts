// A flag that many can wait for (gevent.event.Event).

import { Line } from './line.js';
import { callLinks, checkLink, type Link } from './link.js';
import { type WaitOptions, waitWithin } from './timeout.js';
import { standIn, Waiter } from './waiter.js';

export class Event {
  #set = false;
  readonly #waiting = new Line<Waiter<boolean>>();
  readonly #links = new Line<Link<this>>();
  /** Links that have their call coming, whatever becomes of the flag. */
  readonly #due = new Line<Link<this>>();

  isSet(): boolean {
    return this.#set;
  }

  ready(): boolean {
    return this.#set;
  }

  /** Wakes all that wait, in the order in which they came; they are woken even if it is cleared again at once. */
  set(): void {
    this.#set = true;
    while (this.#waiting.first?.switch(true));
    for (let link = this.#links.shift(); link !== undefined; link = this.#links.shift()) this.#callSoon(link);
  }

  clear(): void {
    this.#set = false;
  }

  /** Waits until it is set. @returns false when the timeout was first */
  wait(options: WaitOptions = {}): Promise<boolean> {
    if (this.#set) return Promise.resolve(true);
    if (options.block === false) return Promise.resolve(false);
    const waiter = new Waiter<boolean>();
    standIn(this.#waiting, waiter);
    return waitWithin(waiter, options.timeout, () => false, options.signal);
  }

  /**
   * Calls back once, soon after it is set, or soon when it is set already: never at once, and outside any greenlet.
   * The callback must not wait.
   */
  rawlink(callback: Link<this>): void {
    checkLink(callback);
    if (this.#set) this.#callSoon(callback);
    else this.#links.push(callback);
  }

  /** Takes one registration of the callback back; none is fine. */
  unlink(callback: Link<this>): void {
    if (!this.#links.removeWhere((link) => link === callback)) {
      this.#due.removeWhere((link) => link === callback);
    }
  }

  #callSoon(link: Link<this>): void {
    if (this.#due.size === 0) void Promise.resolve().then(() => callLinks(this.#due, this));
    this.#due.push(link);
  }
}
