// Whom to tell that a greenlet has ended (gevent.greenlet: link, rawlink).

import { handleError } from './handle-error.js';
import { Line } from './line.js';
import { mainScope } from './scope.js';

interface Link<Source> {
  /** What the user gave, by which it is found again. */
  readonly callback: unknown;
  call(source: Source): void;
}

export class Links<Source extends object> {
  readonly #line = new Line<Link<Source>>();

  get size(): number {
    return this.#line.size;
  }

  add(callback: unknown, call: (source: Source) => void): void {
    this.#line.push({ callback, call });
  }

  remove(callback: unknown): void {
    this.#line.removeWhere((link) => link.callback === callback);
  }

  /** Calls all in the order in which they were added, outside any greenlet; a call may add and remove others. */
  notify(source: Source): void {
    mainScope.run(callAll, this.#line, source);
  }
}

function callAll<Source extends object>(line: Line<Link<Source>>, source: Source): void {
  for (let link = line.shift(); link !== undefined; link = line.shift()) {
    try {
      link.call(source);
    } catch (error) {
      handleError(error, source);
    }
  }
}
