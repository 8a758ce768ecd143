// Where a flow of control is parked, so that a kill or a timeout can wake it. Every greenlet has one scope; a
// `withTimeout` opens one inside it; what runs outside any greenlet shares the main scope, as in gevent's main greenlet.

import { AsyncLocalStorage } from 'node:async_hooks';

/** A waiter, or a scope inside this one. */
export interface Sleeper {
  throw(error: unknown): void;
}

export class Scope implements Sleeper {
  /** The greenlet; null for the main scope. */
  readonly owner: object | null;
  /** Called when an interruption comes and nothing of ours is parked: the flow awaits a promise that we cannot wake. */
  readonly #cut: ((error: unknown) => void) | null;
  /** What is parked here: nearly always one at a time. */
  #sleeper: Sleeper | null = null;
  /** Those beside it. Made when first needed: a Set for everyone would be a quarter of what a greenlet takes. */
  #others: Set<Sleeper> | null = null;
  /** Interruptions that found nobody parked; each is thrown into one wait to come. */
  #pending: unknown[] | null = null;
  /** The flow itself, where it can be interrupted though it awaits what is not ours: a generator at its `yield`. */
  flow: Sleeper | null = null;

  constructor(owner: object | null, cut: ((error: unknown) => void) | null = null) {
    this.owner = owner;
    this.#cut = cut;
  }

  /** Notes a sleeper, or throws into it at once what could not be delivered before. */
  enter(sleeper: Sleeper): void {
    if (this.#pending !== null && this.#pending.length > 0) {
      sleeper.throw(this.#pending.shift());
      return;
    }
    if (this.#sleeper === null) this.#sleeper = sleeper;
    else {
      this.#others ??= new Set();
      this.#others.add(sleeper);
    }
  }

  leave(sleeper: Sleeper): void {
    if (this.#sleeper === sleeper) this.#sleeper = null;
    else this.#others?.delete(sleeper);
  }

  /** Wakes everything that is parked here with the error; when nothing is, the next wait gets it. */
  throw(error: unknown): void {
    const sleepers = [...(this.#sleeper === null ? [] : [this.#sleeper]), ...(this.#others ?? [])];
    if (sleepers.length > 0) {
      for (const sleeper of sleepers) sleeper.throw(error);
      return;
    }
    this.#pending ??= [];
    this.#pending.push(error);
    this.#cut?.(error);
    this.flow?.throw(error);
  }

  /** The interruption that the next wait will get. */
  get pending(): { readonly error: unknown } | null {
    return this.#pending === null || this.#pending.length === 0 ? null : { error: this.#pending[0] };
  }

  /** Takes an interruption out that was not delivered yet. @returns false when it is not there */
  take(error: unknown): boolean {
    const index = this.#pending?.indexOf(error) ?? -1;
    if (index >= 0) this.#pending?.splice(index, 1);
    return index >= 0;
  }

  /** Forgets an interruption that was not delivered yet, unless a flow was left behind: that one shall not go on. */
  withdraw(error: unknown): void {
    if (this.#cut === null) this.take(error);
  }

  /** Runs a function, and all that it goes on to await, in this scope. */
  run<Args extends unknown[], T>(run: (...args: Args) => T, ...args: Args): T {
    return storage.run(this, run, ...args);
  }
}

const storage = new AsyncLocalStorage<Scope>();

export const mainScope = new Scope(null);

export function currentScope(): Scope {
  return storage.getStore() ?? mainScope;
}
