// A generator driven from yield to yield.

import { AsyncResource } from 'node:async_hooks';
import { clock } from './clock.js';
import { currentScope, type Scope, type Sleeper } from './scope.js';
import { sleep } from './sleep.js';
import { isThenable } from './thenable.js';

/** It belongs to the scope in which it is made, and is that scope's flow while it stands at a `yield`. */
export class GeneratorRun implements Sleeper {
  readonly #generator: Generator<unknown, unknown, unknown>;
  readonly #succeed: (value: unknown) => void;
  readonly #fail: (error: unknown) => void;
  readonly #scope: Scope = currentScope();
  /** A kill comes from elsewhere: here it goes on where it belongs. */
  readonly #context = new AsyncResource('GeneratorRun');
  /** Counts the steps: what comes for an older one comes too late. */
  #step = 0;

  constructor(
    generator: Generator<unknown, unknown, unknown>,
    succeed: (value: unknown) => void,
    fail: (error: unknown) => void,
  ) {
    this.#generator = generator;
    this.#succeed = succeed;
    this.#fail = fail;
  }

  start(): void {
    this.#resume('next', undefined);
  }

  /**
   * An interruption that found nothing of ours parked. What was handed over to us may still be on its way as a settled
   * promise, and must not be lost: so it comes in at the `yield` only if the promise keeps us waiting for a turn.
   */
  throw(error: unknown): void {
    const step = this.#step;
    clock.soon(() => {
      if (step !== this.#step || !this.#scope.take(error)) return;
      this.#context.runInAsyncScope(() => this.#resume('throw', error));
    });
  }

  #resume(how: 'next' | 'throw', value: unknown): void {
    this.#step++;
    this.#scope.flow = null;
    let result: IteratorResult<unknown, unknown>;
    try {
      result = how === 'next' ? this.#generator.next(value) : this.#generator.throw(value);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (!result.done) this.#waitFor(result.value);
    else if (isThenable(result.value)) result.value.then(this.#succeed, this.#fail);
    else this.#succeed(result.value);
  }

  #waitFor(yielded: unknown): void {
    const step = this.#step;
    this.#scope.flow = this;
    const promise = isThenable(yielded) ? Promise.resolve(yielded) : sleep(0);
    promise.then(
      (value) => {
        if (step === this.#step) this.#resume('next', value);
      },
      (error: unknown) => {
        if (step !== this.#step) return;
        // A foreign promise that ends by the greenlet's own signal brings the error that is still to be delivered.
        this.#scope.take(error);
        this.#resume('throw', error);
      },
    );
    const { pending } = this.#scope;
    if (pending !== null) this.throw(pending.error);
  }
}

export function isGenerator(value: unknown): value is Generator<unknown, unknown, unknown> {
  return isStepped(value) && Symbol.iterator in value;
}

export function isAsyncGenerator(value: unknown): boolean {
  return isStepped(value) && Symbol.asyncIterator in value;
}

function isStepped(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'next' in value && 'throw' in value;
}
