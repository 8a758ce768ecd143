// Callbacks that are told of something: what Event, Semaphore and their like have in common (gevent._abstract_linkable).

import { handleError } from './handle-error.js';
import type { Line } from './line.js';
import { mainScope } from './scope.js';

/** A callback that gets what it was linked to. It runs outside any greenlet and must not wait. */
export type Link<Source> = (source: Source) => void;

/** @throws TypeError when the callback is no function */
export function checkLink(callback: unknown): void {
  if (typeof callback !== 'function') throw new TypeError('a link is a function');
}

/** Calls a link outside any greenlet; what it throws is reported, and stops nobody. */
export function callLink<Source extends object>(link: Link<Source>, source: Source): void {
  try {
    mainScope.run(link, source);
  } catch (error) {
    handleError(error, source);
  }
}

/** Calls all links of a line in their order, each once however often it stands there; each has left before it is called. */
export function callLinks<Source extends object>(line: Line<Link<Source>>, source: Source): void {
  const called = new Set<Link<Source>>();
  for (let link = line.shift(); link !== undefined; link = line.shift()) {
    if (called.has(link)) continue;
    called.add(link);
    callLink(link, source);
  }
}
