// What became of something, and whom to tell: value or error, links, waiting callers (gevent._abstract_linkable).

import { handleError } from './handle-error.js';
import { Line, type Place } from './line.js';
import { mainScope } from './scope.js';
import { expiryOf, type WaitLimits, type WaitOptions, waitWithin } from './timeout.js';
import { Waiter } from './waiter.js';

interface Link<Source> {
  /** What the user gave, by which it is found again. */
  readonly callback: unknown;
  call(source: Source): void;
}

export class Outcome<T, Source extends object> {
  /** Whose outcome it is: links are called with it. */
  readonly #source: Source;
  #state: 'open' | 'successful' | 'failed' = 'open';
  #value: T | undefined = undefined;
  #error: unknown = null;
  /** Made when first needed. */
  #links: Line<Link<Source>> | null = null;

  constructor(source: Source) {
    this.#source = source;
  }

  get value(): T | undefined {
    return this.#value;
  }

  get error(): unknown {
    return this.#error;
  }

  get ready(): boolean {
    return this.#state !== 'open';
  }

  get successful(): boolean {
    return this.#state === 'successful';
  }

  succeed(value: T): void {
    this.#state = 'successful';
    this.#value = value;
  }

  fail(error: unknown): void {
    this.#state = 'failed';
    this.#error = error;
  }

  /** Calls all links in the order of their registration, outside any greenlet; a call may add and remove others. */
  announce(): void {
    if (this.#links !== null) mainScope.run(callAll, this.#links, this.#source);
  }

  /** As `announce`, but never inside the call that brought the outcome about. */
  announceSoon(): void {
    if (this.#links !== null) void Promise.resolve().then(() => this.announce());
  }

  link(callback: unknown, call: (source: Source) => void): Place<Link<Source>> {
    this.#links ??= new Line();
    const place = this.#links.push({ callback, call });
    if (this.ready) this.announceSoon();
    return place;
  }

  /** Links and waiting callers. */
  get links(): number {
    return this.#links?.size ?? 0;
  }

  /** Takes the first link with this callback back, if there is one. */
  unlink(callback: unknown): void {
    this.#links?.removeWhere((link) => link.callback === callback);
  }

  /** Takes all links back; callers who wait go on waiting. */
  unlinkAll(): void {
    this.#links?.removeAll((link) => !(link.callback instanceof Waiter));
  }

  /** Waits for the value, or throws the error: the same object each time. @throws Timeout */
  get({ block = true, timeout, signal }: WaitOptions): Promise<T> {
    if (this.#state === 'successful') return Promise.resolve(this.#value as T);
    if (this.#state === 'failed') return Promise.reject(this.#error);
    if (!block) return Promise.reject(expiryOf(null));
    const waiter = new Waiter<T>();
    const wake = () => {
      if (this.#state === 'failed') waiter.throw(this.#error);
      else waiter.switch(this.#value as T);
    };
    return this.#park(waiter, wake, { timeout, signal }, () => {
      throw expiryOf(timeout);
    });
  }

  /** The value, at once. @throws the error; a Timeout when there is neither */
  getNowait(): T {
    if (this.#state === 'open') throw expiryOf(null);
    if (this.#state === 'failed') throw this.#error;
    return this.#value as T;
  }

  /** Waits until there is an outcome, whatever it is, or the time is over. */
  join(limits: WaitLimits): Promise<void> {
    if (this.ready) return Promise.resolve();
    const waiter = new Waiter<void>();
    return this.#park(
      waiter,
      () => void waiter.switch(),
      limits,
      () => {},
    );
  }

  #park<Result>(
    waiter: Waiter<Result>,
    wake: () => void,
    { timeout, signal }: WaitLimits,
    expired: () => Result,
  ): Promise<Result> {
    const place = this.link(waiter, wake);
    waiter.onWake(() => this.#links?.remove(place));
    return waitWithin(waiter, timeout, expired, signal);
  }
}

function callAll<Source extends object>(links: Line<Link<Source>>, source: Source): void {
  for (let link = links.shift(); link !== undefined; link = links.shift()) {
    try {
      link.call(source);
    } catch (error) {
      handleError(error, source);
    }
  }
}
