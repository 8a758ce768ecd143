// What the shell is told. A script that calls fetchall can tell from it what kind of thing went wrong.

import { isDiskFull } from '../files/disk-errors.js';
import { type ErrorCode, type FetchallError, StatusError } from '../model/errors.js';

export const EXIT = {
  ok: 0,
  /** A fault of fetchall itself. */
  fault: 1,
  usage: 2,
  file: 3,
  network: 4,
  tls: 5,
  authentication: 6,
  protocol: 7,
  status: 8,
  checksum: 9,
  input: 10,
  diskFull: 11,
  deadline: 13,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

const BY_CODE: Readonly<Record<ErrorCode, number>> = {
  ERR_INPUT: EXIT.input,
  ERR_DNS: EXIT.network,
  ERR_CONNECT: EXIT.network,
  ERR_TLS: EXIT.tls,
  ERR_TIMEOUT: EXIT.network,
  ERR_STATUS: EXIT.status,
  ERR_PROTOCOL: EXIT.protocol,
  ERR_TRUNCATED: EXIT.network,
  ERR_TOO_LARGE: EXIT.protocol,
  ERR_REDIRECT: EXIT.protocol,
  ERR_CHECKSUM: EXIT.checksum,
  ERR_DISK: EXIT.file,
  ERR_EXISTS: EXIT.file,
  ERR_BLOCKED: EXIT.protocol,
  ERR_LOCKED: EXIT.file,
  // Only a signal cancels a run of the command line, and a signal names the exit itself.
  ERR_CANCELLED: EXIT.SIGINT,
  ERR_DEADLINE: EXIT.deadline,
};

/** When URLs failed in several ways, the one that comes first names the exit. */
const GRAVEST_FIRST: readonly number[] = [
  EXIT.diskFull,
  EXIT.file,
  EXIT.deadline,
  EXIT.checksum,
  EXIT.tls,
  EXIT.authentication,
  EXIT.network,
  EXIT.protocol,
  EXIT.status,
  EXIT.input,
];

export function exitCodeOf(error: FetchallError): number {
  if (error instanceof StatusError && (error.status === 401 || error.status === 407))
    return EXIT.authentication;
  return isDiskFull(error) ? EXIT.diskFull : BY_CODE[error.code];
}

/** The graver of two exit codes. */
export function graver(one: number, other: number): number {
  return rank(one) <= rank(other) ? one : other;
}

function rank(code: number): number {
  const place = GRAVEST_FIRST.indexOf(code);
  if (place >= 0) return place;
  return code === EXIT.ok ? Number.POSITIVE_INFINITY : -1;
}
