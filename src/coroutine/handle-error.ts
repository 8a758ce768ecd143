// Where the errors go that nobody has asked for yet: gevent's Hub.handle_error.

/** Gets each error once. `source` is the Greenlet that failed, or the Greenlet whose link threw. */
export type ErrorHandler = (error: unknown, source: object) => void;

let handler: ErrorHandler = writeLine;

/** Puts another handler in the place of the default, one line on stderr. @returns a function that puts the one before back */
export function useErrorHandler(next: ErrorHandler): () => void {
  const before = handler;
  handler = next;
  return () => {
    handler = before;
  };
}

/** Never throws. */
export function handleError(error: unknown, source: object): void {
  try {
    handler(error, source);
  } catch (second) {
    writeLine(error, source);
    writeLine(second, handler);
  }
}

function writeLine(error: unknown, source: object): void {
  const says = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const name = typeof source === 'function' ? 'the error handler' : String(source);
  // A message may quote what a server sent: no control character of it reaches a terminal.
  process.stderr.write(`${`${name} failed with ${says}`.replace(/\p{Cc}+/gu, ' ')}\n`);
}
