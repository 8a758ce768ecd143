// The one primitive on which all blocking is built (gevent.hub.Waiter).

import type { Line } from './line.js';
import { currentScope, type Scope, type Sleeper } from './scope.js';

type State = 'fresh' | 'parked' | 'switched' | 'thrown';

/**
 * A promise of one value that is handed over by `switch` or `throw`, whichever comes first; later calls do nothing.
 * While it is awaited it is registered with the running greenlet: a kill or a Timeout wakes it.
 */
export class Waiter<T> implements Sleeper {
  #state: State = 'fresh';
  #value: T | undefined;
  #error: unknown;
  #promise: Promise<T> | null = null;
  #resolve: ((value: T) => void) | null = null;
  #reject: ((error: unknown) => void) | null = null;
  #scope: Scope | null = null;
  #onWake: (() => void) | null = null;

  /** True once it was woken, by whatever. */
  get ready(): boolean {
    return this.#state === 'switched' || this.#state === 'thrown';
  }

  /** Wakes the caller of `get` with a value, which is kept if nobody waits yet. @returns false when it was awake already */
  switch(value: T): boolean {
    if (this.ready) return false;
    this.#value = value;
    this.#wake('switched');
    this.#resolve?.(value);
    return true;
  }

  /** Wakes the caller of `get` with an error, which is kept if nobody waits yet. @returns false when it was awake already */
  throw(error: unknown): boolean {
    if (this.ready) return false;
    this.#error = error;
    this.#wake('thrown');
    if (this.#reject !== null) {
      // The greenlet may be killed between making this promise and awaiting it: no reason to end the process.
      this.#promise?.catch(ignore);
      this.#reject(error);
    }
    return true;
  }

  /**
   * Parks the caller until `switch` or `throw`.
   *
   * @throws what was thrown in: by `throw`, by a kill of the greenlet, by a Timeout of it
   * @throws Error when another caller is parked here already
   */
  get(): Promise<T> {
    if (this.#state === 'switched') return Promise.resolve(this.#value as T);
    if (this.#state === 'thrown') return Promise.reject(this.#error);
    if (this.#state === 'parked') return Promise.reject(new Error('a Waiter serves one caller at a time'));
    const promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#promise = promise;
    this.#state = 'parked';
    this.#scope = currentScope();
    this.#scope.enter(this);
    return promise;
  }

  /** Adds a function to call, synchronously, when the waiter is woken: to give up a place, to cancel a timer. */
  onWake(callback: () => void): void {
    const others = this.#onWake;
    if (this.ready) callback();
    else if (others === null) this.#onWake = callback;
    else {
      this.#onWake = () => {
        others();
        callback();
      };
    }
  }

  #wake(state: State): void {
    const parked = this.#state === 'parked';
    this.#state = state;
    if (parked) this.#scope?.leave(this);
    const onWake = this.#onWake;
    this.#onWake = null;
    onWake?.();
  }
}

/** Gives a waiter a place in a line, which it leaves when it is woken by whatever: who stands in a line is asleep. */
export function standIn<T>(line: Line<Waiter<T>>, waiter: Waiter<T>): void {
  const place = line.push(waiter);
  waiter.onWake(() => line.remove(place));
}

/**
 * For a promise made from that of a waiter: as there, the greenlet may be killed before it awaits it, which is no reason
 * to end the process.
 */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(ignore);
  return promise;
}

function ignore(): void {}
