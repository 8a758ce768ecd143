// A limit in time that is thrown into the greenlet which started it (gevent.timeout.Timeout).

import { wakeOnAbort } from './abort.js';
import { clock, type Scheduled } from './clock.js';
import { type Duration, readDuration } from './duration.js';
import { currentScope, type Scope } from './scope.js';
import { handled, type Waiter } from './waiter.js';

/** What every blocking call takes as `timeout`: a length, a Timeout whose error is thrown, or null for no limit. */
export type TimeLimit = Duration | Timeout | null | undefined;

/** What can end a wait before its time. */
export interface WaitLimits {
  /** Longest wait. @default null, no limit */
  readonly timeout?: TimeLimit;
  /** The wait throws its reason when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

export interface WaitOptions extends WaitLimits {
  /** @default true; false never waits */
  readonly block?: boolean | undefined;
}

export interface TimeoutOptions {
  /** What to throw instead of the Timeout: an error or a class of errors. A string is a message; `false`: be silent. */
  readonly exception?: Error | (new () => Error) | string | false | null | undefined;
}

/**
 * Not a FetchallError, so that code which handles those lets it pass. Who catches a Timeout that is not his own instance
 * must throw it on.
 */
export class Timeout extends Error {
  override readonly name = 'Timeout';
  /** Length in ms; null never fires. */
  readonly milliseconds: number | null;
  readonly exception: TimeoutOptions['exception'];
  #error: Error | null = null;
  #timer: Scheduled | null = null;
  #scope: Scope | null = null;
  #closed = false;

  /** @throws RangeError when the duration is negative, or none */
  constructor(duration: Duration | null = null, { exception }: TimeoutOptions = {}) {
    const milliseconds = duration === null ? null : readLimit(duration);
    super(describe(milliseconds, exception));
    this.milliseconds = milliseconds;
    this.exception = exception;
  }

  /** Makes and starts one; a Timeout is started if it is not pending, and returned as it is. */
  static startNew(limit: Duration | Timeout | null = null, options: TimeoutOptions = {}): Timeout {
    const timeout = limit instanceof Timeout ? limit : new Timeout(limit, options);
    return timeout.pending ? timeout : timeout.start();
  }

  /** What is thrown: the same object each time. */
  get error(): Error {
    if (this.#error === null) {
      const { exception } = this;
      if (exception instanceof Error) this.#error = exception;
      else this.#error = typeof exception === 'function' ? new exception() : this;
    }
    return this.#error;
  }

  /** True from `start` until it has fired or was cancelled. */
  get pending(): boolean {
    return this.#timer !== null;
  }

  /**
   * From now on the running greenlet is interrupted when the time is over: in all its waits, or in its next one.
   * Outside any greenlet it interrupts everything that waits outside any greenlet; `withTimeout` is more precise.
   *
   * @throws Error when it is pending or closed
   */
  start(): this {
    return this.startIn(currentScope());
  }

  /** The kernel's own: starts it for a scope. */
  startIn(scope: Scope): this {
    if (this.pending) throw new Error('the Timeout has been started already');
    if (this.#closed) throw new Error('the Timeout has been closed');
    this.#scope = scope;
    this.#timer = clock.schedule(this.milliseconds ?? Number.POSITIVE_INFINITY, () => {
      this.#timer = null;
      scope.throw(this.error);
    });
    return this;
  }

  /** Stops it; it may be started again. Idempotent. */
  cancel(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#scope?.withdraw(this.error);
    this.#scope = null;
  }

  /** Stops it for good. Idempotent. */
  close(): void {
    this.cancel();
    this.#closed = true;
  }

  /** `using timeout = Timeout.startNew(1000)`: closed at the end of the block. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Waits in a waiter, at most as long as the limit says.
 *
 * @param expired gives the value, or throws the error, that a wait which took too long ends with
 * @param signal throws its reason in when it aborts
 */
export function waitWithin<T>(
  waiter: Waiter<T>,
  limit: TimeLimit,
  expired: () => T,
  signal?: AbortSignal | undefined,
): Promise<T> {
  wakeOnAbort(waiter, signal);
  if (limit === undefined || limit === null) return waiter.get();
  if (limit instanceof Timeout && limit.pending) {
    const inTime = waiter.get().catch((error: unknown) => {
      if (error !== limit.error) throw error;
      return expired();
    });
    return handled(inTime);
  }
  try {
    const milliseconds = limit instanceof Timeout ? limit.milliseconds : readLimit(limit);
    if (milliseconds !== null && !waiter.ready) arm(waiter, milliseconds, expired);
  } catch (error) {
    // Into the waiter, so that it gives up the places it has taken.
    waiter.throw(error);
  }
  return waiter.get();
}

function arm<T>(waiter: Waiter<T>, milliseconds: number, expired: () => T): void {
  const timer = clock.schedule(milliseconds, () => {
    try {
      waiter.switch(expired());
    } catch (error) {
      waiter.throw(error);
    }
  });
  waiter.onWake(() => timer.cancel());
}

/** What a wait with this limit throws when the limit is over. */
export function expiryOf(limit: TimeLimit): Error {
  return limit instanceof Timeout ? limit.error : new Timeout(limit ?? null);
}

/** @throws RangeError for a negative length */
export function readLimit(duration: Duration): number {
  const milliseconds = readDuration(duration);
  if (milliseconds < 0) throw new RangeError(`${duration} is negative: a time limit lies ahead`);
  return milliseconds;
}

function describe(milliseconds: number | null, exception: TimeoutOptions['exception']): string {
  const length =
    milliseconds === null ? '' : `${milliseconds / 1000} second${milliseconds === 1000 ? '' : 's'}`;
  if (exception === false) return `${length} (silent)`.trim();
  if (exception === undefined || exception === null) return length;
  return `${length}: ${typeof exception === 'function' ? exception.name : String(exception)}`;
}
