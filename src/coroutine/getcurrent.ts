// Who am I?

import { Greenlet } from './greenlet.js';
import { currentScope } from './scope.js';

/** The greenlet that runs this code; null outside any (gevent.getcurrent). */
export function getcurrent(): Greenlet | null {
  const { owner } = currentScope();
  return owner instanceof Greenlet ? owner : null;
}
