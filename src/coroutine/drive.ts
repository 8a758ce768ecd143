// A function's way to its result, whatever kind of function it is.

/** What a greenlet runs. */
export type Run<Args extends unknown[], T> = (...args: Args) => T | PromiseLike<T>;

/** Calls a function and reports its end to one of two callbacks. A generator's steps would be driven from here. */
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
  } catch (error) {
    fail(error);
    return;
  }
  succeed(result);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
