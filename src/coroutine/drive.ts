// A function's way to its result, whatever kind of function it is.

import { GeneratorRun, isAsyncGenerator, isGenerator } from './generator-run.js';
import { isThenable } from './thenable.js';

/**
 * What a greenlet runs: a plain function, an async one, or a generator function. A generator waits where it yields a
 * promise (anything with a `then`), and gets its value there or has its error thrown in; whatever else it yields lets all
 * that is ready go first, as `sleep(0)` does. A kill comes in at the `yield`, also when the promise is a foreign one.
 */
export type Run<Args extends unknown[], T> = (
  ...args: Args
) => T | PromiseLike<T> | Generator<unknown, T | PromiseLike<T>, never>;

/** Calls a function and reports its end to one of two callbacks. */
export function drive<Args extends unknown[]>(
  run: Run<Args, unknown>,
  args: Args,
  succeed: (value: unknown) => void,
  fail: (error: unknown) => void,
): void {
  let result: unknown;
  try {
    result = run(...args);
    if (isThenable(result)) {
      result.then(succeed, fail);
      return;
    }
    if (isAsyncGenerator(result)) {
      throw new TypeError('an async generator runs in no greenlet: nobody would take what it yields');
    }
  } catch (error) {
    fail(error);
    return;
  }
  if (isGenerator(result)) new GeneratorRun(result, succeed, fail).start();
  else succeed(result);
}

/** Calls a function where we are, in no greenlet of its own. */
export function settle<Args extends unknown[], T>(run: Run<Args, T>, ...args: Args): Promise<T> {
  return new Promise((resolve, reject) => drive(run, args, (value) => resolve(value as T), reject));
}
