// A flag that many can wait for (gevent.event.Event).

import { Line } from './line.js';
import { type TimeLimit, waitWithin } from './timeout.js';
import { standIn, Waiter } from './waiter.js';

export class Event {
  #set = false;
  readonly #waiting = new Line<Waiter<boolean>>();

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
  }

  clear(): void {
    this.#set = false;
  }

  /** Waits until it is set. @returns false when the timeout was first */
  wait({ timeout }: { readonly timeout?: TimeLimit } = {}): Promise<boolean> {
    if (this.#set) return Promise.resolve(true);
    const waiter = new Waiter<boolean>();
    standIn(this.#waiting, waiter);
    return waitWithin(waiter, timeout, () => false);
  }
}
