// A function under a time limit (gevent.with_timeout).

import { type Run, settle } from './drive.js';
import { currentScope, Scope } from './scope.js';
import { type TimeLimit, Timeout } from './timeout.js';

/**
 * Runs a function and gives its result, unless the time is over before. Then its waits in this kernel are interrupted;
 * where it awaits a foreign promise it is left behind, and interrupted in its next wait.
 *
 * @param options.timeoutValue the result when the time is over; without it, the Timeout is thrown
 * @param options.signal interrupts it too, with its reason
 * @throws whatever the function throws, the Timeouts of others with it
 */
export async function withTimeout<T, Late = never>(
  limit: TimeLimit,
  run: Run<[], T>,
  options: { readonly timeoutValue?: Late; readonly signal?: AbortSignal | undefined } = {},
): Promise<T | Late> {
  const timeout = limit instanceof Timeout ? limit : new Timeout(limit ?? null);
  const around = currentScope();
  let leave: (error: unknown) => void = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = reject;
  });
  let isLeft = false;
  const scope = new Scope(around.owner, (error) => {
    isLeft = true;
    leave(error);
  });
  const { signal } = options;
  const abort = () => scope.throw(signal?.reason);
  // A kill that is still to be delivered comes now, and the function is not begun.
  around.enter(scope);
  try {
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort);
    if (isLeft) return await left;
    if (!timeout.pending) timeout.startIn(scope);
    return await Promise.race([left, scope.run(() => settle(run))]);
  } catch (error) {
    const silenced = 'timeoutValue' in options || timeout.exception === false;
    if (error === timeout && silenced) return options.timeoutValue as Late;
    throw error;
  } finally {
    timeout.close();
    signal?.removeEventListener('abort', abort);
    around.leave(scope);
  }
}
