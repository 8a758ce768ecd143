// How a greenlet is asked to end.

/** Thrown into a killed greenlet. Let through, it is no failure: the greenlet is successful and this is its value. */
export class GreenletExit extends Error {
  override readonly name = 'GreenletExit';
}

/** An error to throw, or a class of which one is made for each greenlet. */
export type KillError = Error | (new () => Error);

/** @returns an error in any case: what is none is wrapped, so that a caller's slip still ends the greenlet */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  if (typeof thrown === 'function' && thrown.prototype instanceof Error)
    return made(thrown as new () => unknown);
  return new Error(`killed with ${String(thrown)}, which is no error`, { cause: thrown });
}

/** A class whose constructor throws has made an error too. */
function made(errorClass: new () => unknown): Error {
  try {
    return new errorClass() as Error;
  } catch (error) {
    return toError(error);
  }
}
