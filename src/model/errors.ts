// Every error that crosses a room's border. One root; the class says nothing about policy, `code` says what happened.
//
//   FetchallError            code, cause
//   ├── UsageError           ERR_INPUT: a wrong option or argument; `option` names it
//   ├── StatusError          ERR_STATUS: the server answered, and not with 2xx; `status`, `retryAfter`
//   └── LimitError           ERR_TIMEOUT: longer than the user likes, of a server that may be well

/** The stable codes. A code never changes its meaning. */
export const ERROR_CODES = [
  'ERR_INPUT',
  'ERR_DNS',
  'ERR_CONNECT',
  'ERR_TLS',
  'ERR_TIMEOUT',
  'ERR_STATUS',
  'ERR_PROTOCOL',
  'ERR_TRUNCATED',
  'ERR_TOO_LARGE',
  'ERR_REDIRECT',
  'ERR_CHECKSUM',
  'ERR_DISK',
  'ERR_EXISTS',
  'ERR_BLOCKED',
  'ERR_LOCKED',
  'ERR_CANCELLED',
  'ERR_DEADLINE',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export class FetchallError extends Error {
  override readonly name: string = 'FetchallError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** The operating system's or Node's own code for the cause (`ENOSPC`, `ECONNREFUSED`), where there is one. */
  get systemCode(): string | undefined {
    const { cause } = this;
    return typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string'
      ? cause.code
      : undefined;
  }
}

/** A wrong option or argument: nothing was begun. */
export class UsageError extends FetchallError {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    /** The option as it was spelled, or null for an argument. */
    readonly option: string | null = null,
  ) {
    super('ERR_INPUT', message);
  }
}

export class StatusError extends FetchallError {
  override readonly name = 'StatusError';

  constructor(
    readonly status: number,
    message: string,
    /** What the server asked for in Retry-After, in ms from now (RFC 9110 10.2.3), or null. */
    readonly retryAfter: number | null = null,
  ) {
    super('ERR_STATUS', message);
  }
}

/** `--max-time` or `--min-speed`: what was asked for is out of patience, which says nothing about how much the server can bear. */
export class LimitError extends FetchallError {
  override readonly name = 'LimitError';

  constructor(message: string) {
    super('ERR_TIMEOUT', message);
  }
}

/** Whether the system has no descriptor left, for a file or a socket: no fault of the URL, and it passes. */
export function isOutOfDescriptors({ systemCode }: FetchallError): boolean {
  return systemCode === 'EMFILE' || systemCode === 'ENFILE';
}

/** The foreign error's message, whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
