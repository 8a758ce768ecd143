// Waiting for many.

import { Greenlet } from './greenlet.js';
import type { Linkable } from './linkable.js';
import { type WaitLimits, waitWithin } from './timeout.js';
import { handled, Waiter } from './waiter.js';

export interface WaitForOptions extends WaitLimits {
  /** Wait for so many only. @default all */
  readonly count?: number | undefined;
}

/** The timeout is for all of them together. */
export interface JoinallOptions extends WaitForOptions {
  /** Throw the first failure at once; the other greenlets go on. @default false */
  readonly raiseError?: boolean | undefined;
}

/**
 * Waits for greenlets to end, or for other things to be ready (gevent.joinall).
 *
 * @returns those that ended, in the order in which they did; fewer when the timeout is over
 * @throws with `raiseError`, the first error come upon
 */
export function joinall<Source extends Linkable>(
  sources: Iterable<Source>,
  options: JoinallOptions = {},
): Promise<Source[]> {
  return handled(untilReady(sources, options));
}

async function untilReady<Source extends Linkable>(
  sources: Iterable<Source>,
  { timeout, signal, raiseError = false, count = Number.POSITIVE_INFINITY }: JoinallOptions,
): Promise<Source[]> {
  const all = new Set(sources);
  const wanted = Math.min(count, all.size);
  const ended = new Set<Source>();
  const enough = new Waiter<void>();
  const take = (source: Source) => {
    if (enough.ready) return;
    ended.add(source);
    if (raiseError && hasFailed(source)) enough.throw(source.exception);
    else if (ended.size >= wanted) enough.switch();
  };
  if (wanted <= 0) return [];
  // No turn is lost on those that have ended, and they come first.
  for (const source of all) if (hasEnded(source)) take(source);
  if (!enough.ready) for (const source of all) if (!ended.has(source)) source.rawlink(take);
  try {
    await waitWithin(enough, timeout, () => {}, signal);
  } finally {
    for (const source of all) source.unlink(take);
  }
  return [...ended];
}

/** Waits for anything that can be linked to (gevent.wait): `joinall` that throws no failure. */
export function wait<Source extends Linkable>(
  sources: Iterable<Source>,
  { timeout, signal, count }: WaitForOptions = {},
): Promise<Source[]> {
  return joinall(sources, { timeout, signal, count });
}

function hasEnded(source: object): boolean {
  return source instanceof Greenlet && source.ready();
}

/** Greenlets and results have an outcome, events and semaphores have none. */
function hasFailed(source: object): source is { readonly exception: unknown } {
  if (source instanceof Greenlet) return source.ready() && !source.successful();
  return 'exception' in source && source.exception !== null && source.exception !== undefined;
}
