// Errors on their way between threads: a copy that is made by itself loses the class and the code.

import { FetchallError, LimitError, messageOf, StatusError } from '../model/errors.js';

/** Causes can go in a circle. */
const DEEPEST = 8;

/** An error as plain data. */
export interface CopiedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Ours where `isOurs`, else the operating system's or Node's own. */
  readonly code: string | undefined;
  readonly isOurs: boolean;
  readonly status: number | null;
  readonly retryAfter: number | null;
  readonly cause: CopiedError | null;
}

export function copyError(thrown: unknown, depth = 0): CopiedError {
  const error = thrown instanceof Error ? thrown : new Error(messageOf(thrown));
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    stack,
    code: 'code' in error && typeof error.code === 'string' ? error.code : undefined,
    isOurs: error instanceof FetchallError,
    status: error instanceof StatusError ? error.status : null,
    retryAfter: error instanceof StatusError ? error.retryAfter : null,
    cause: cause === undefined || depth === DEEPEST ? null : copyError(cause, depth + 1),
  };
}

/** @returns an error that the rest of the program cannot tell from the one that was thrown */
export function originalError(copy: CopiedError): Error {
  const { name, message, stack, code, isOurs, status, retryAfter } = copy;
  const options = copy.cause === null ? undefined : { cause: originalError(copy.cause) };
  if (!isOurs) {
    const error = Object.assign(new Error(message, options), code !== undefined && { code });
    return withStack(Object.defineProperty(error, 'name', { value: name, configurable: true }), stack);
  }
  if (status !== null) return withStack(new StatusError(status, message, retryAfter), stack);
  if (name === 'LimitError') return withStack(new LimitError(message), stack);
  return withStack(new FetchallError(code as FetchallError['code'], message, options), stack);
}

function withStack(error: Error, stack: string | undefined): Error {
  if (stack !== undefined) error.stack = stack;
  return error;
}
