// An error that belongs to no URL, as standard error tells of it.

import { FetchallError, messageOf } from '../model/errors.js';
import { explain } from '../report/diagnostics.js';

/** One line; with its stack and causes below when they are wanted. The last line break is left to the writer. */
export function complaint(error: unknown, verbose: boolean): string {
  const message = messageOf(error);
  const said =
    error instanceof FetchallError ? message : `a fault in fetchall itself: ${message}; -v shows where`;
  return `fetchall: ${said}${verbose ? `\n${explain(error).trimEnd()}` : ''}`;
}
