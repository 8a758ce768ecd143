// A value or an error that comes later, and that many can wait for (gevent.event.AsyncResult).

import { checkLink, type Link } from './link.js';
import { Outcome } from './outcome.js';
import type { WaitOptions } from './timeout.js';
import { handled } from './waiter.js';

/** What has ended, well or not: a Greenlet, another AsyncResult. */
interface Ended<T> {
  successful(): boolean;
  readonly value: T | undefined;
  readonly exception: unknown;
}

/** Meant to be set once. A second `set` overwrites the first; where there is both a value and an error, the value counts. */
export class AsyncResult<T = unknown> {
  readonly #outcome = new Outcome<T, this>(this);
  #exception: unknown = null;

  /** What was set; undefined before. */
  get value(): T | undefined {
    return this.#outcome.value;
  }

  /** The error that was set; null when there was none. */
  get exception(): unknown {
    return this.#exception;
  }

  /** True when there is a value or an error. */
  ready(): boolean {
    return this.#outcome.ready;
  }

  /** True when there is a value. */
  successful(): boolean {
    return this.#outcome.successful;
  }

  /** Gives the value to all that wait, in the order in which they came. */
  set(value: T): void {
    this.#outcome.succeed(value);
    this.#outcome.announceSoon();
  }

  /** Throws the error into all that `get`, in the order in which they came. */
  setException(error: unknown): void {
    this.#exception = error;
    if (!this.successful()) this.#outcome.fail(error);
    this.#outcome.announceSoon();
  }

  /**
   * Takes over value or error of what has ended. Bound to this object, so that it can be a link as it stands:
   * `greenlet.link(result.adopt)`. gevent calls the AsyncResult itself.
   */
  readonly adopt = (source: Ended<T>): void => {
    if (source.successful()) this.set(source.value as T);
    else this.setException(source.exception);
  };

  /**
   * Waits for the value, or throws the error: the same object each time.
   *
   * @throws Timeout when there was neither in time, or at once with `block: false`
   */
  get(options: WaitOptions = {}): Promise<T> {
    return this.#outcome.get(options);
  }

  /** The value. @throws the error, or a Timeout when there is neither */
  getNowait(): T {
    return this.#outcome.getNowait();
  }

  /** Waits until it is ready. @returns the value; undefined when it has none: because of an error, or the timeout */
  wait(options: WaitOptions = {}): Promise<T | undefined> {
    if (this.ready() || options.block === false) return Promise.resolve(this.value);
    return handled(this.#outcome.join(options).then(() => this.value));
  }

  /** Calls back when it is ready, never at once, outside any greenlet. The callback must not wait. */
  rawlink(callback: Link<this>): void {
    checkLink(callback);
    this.#outcome.link(callback, callback);
  }

  /** Takes one registration of the callback back; none is fine. */
  unlink(callback: Link<this>): void {
    this.#outcome.unlink(callback);
  }
}
