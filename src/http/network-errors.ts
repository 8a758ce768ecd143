// Foreign errors become ours at this one border, by one table.

import { type ErrorCode, FetchallError, messageOf } from '../model/errors.js';

/** How far a response had come when the error struck. */
export type Phase = 'head' | 'body';

type Row = readonly [code: ErrorCode, says: string];

/** By the `code` (or, where it has none, the `name`) of what Node, undici or a fetch throws. */
export const NETWORK_ERRORS: Readonly<Record<string, Row>> = {
  ENOTFOUND: ['ERR_DNS', 'no such host'],
  EAI_AGAIN: ['ERR_DNS', 'the name server did not answer'],
  EAI_FAIL: ['ERR_DNS', 'the name server failed'],
  EAI_NODATA: ['ERR_DNS', 'the host has no address'],
  EAI_NONAME: ['ERR_DNS', 'no such host'],
  ENODATA: ['ERR_DNS', 'the host has no address'],
  ESERVFAIL: ['ERR_DNS', 'the name server failed'],

  ECONNREFUSED: ['ERR_CONNECT', 'connection refused: is the server running?'],
  ECONNRESET: ['ERR_CONNECT', 'the connection was reset'],
  ECONNABORTED: ['ERR_CONNECT', 'the connection was aborted'],
  EPIPE: ['ERR_CONNECT', 'the server closed the connection'],
  EHOSTUNREACH: ['ERR_CONNECT', 'the host cannot be reached'],
  EHOSTDOWN: ['ERR_CONNECT', 'the host is down'],
  ENETUNREACH: ['ERR_CONNECT', 'the network cannot be reached'],
  ENETDOWN: ['ERR_CONNECT', 'the network is down'],
  EADDRNOTAVAIL: ['ERR_CONNECT', 'no local address or port is left for the connection'],
  EACCES: ['ERR_CONNECT', 'the system forbids the connection'],
  EPERM: ['ERR_CONNECT', 'the system forbids the connection'],
  EMFILE: ['ERR_CONNECT', 'too many open files; a lower --concurrency or a higher ulimit -n helps'],
  ENFILE: ['ERR_CONNECT', 'the system has too many open files'],
  UND_ERR_SOCKET: ['ERR_CONNECT', 'the server closed the connection'],
  HPE_INVALID_EOF_STATE: ['ERR_CONNECT', 'the server closed the connection'],
  UND_ERR_CLOSED: ['ERR_CONNECT', 'the connection was closed'],
  UND_ERR_DESTROYED: ['ERR_CONNECT', 'the connection was closed'],
  ERR_HTTP2_GOAWAY_SESSION: ['ERR_CONNECT', 'the server closes the connection'],
  ERR_HTTP2_INVALID_SESSION: ['ERR_CONNECT', 'the connection was closed'],
  ERR_HTTP2_SESSION_ERROR: ['ERR_CONNECT', 'the HTTP/2 connection failed'],
  ERR_HTTP2_STREAM_CANCEL: ['ERR_CONNECT', 'the server closed the HTTP/2 stream'],
  ERR_HTTP2_STREAM_ERROR: ['ERR_CONNECT', 'the HTTP/2 stream was reset'],

  ETIMEDOUT: ['ERR_TIMEOUT', 'the connection timed out'],
  ESOCKETTIMEDOUT: ['ERR_TIMEOUT', 'the connection timed out'],
  UND_ERR_CONNECT_TIMEOUT: ['ERR_TIMEOUT', 'connecting took longer than --connect-timeout'],
  UND_ERR_HEADERS_TIMEOUT: ['ERR_TIMEOUT', 'no answer within --headers-timeout'],
  UND_ERR_BODY_TIMEOUT: ['ERR_TIMEOUT', 'silence for longer than --idle-timeout'],
  TimeoutError: ['ERR_TIMEOUT', 'timed out'],

  CERT_HAS_EXPIRED: unverified('the certificate has expired'),
  CERT_NOT_YET_VALID: unverified('the certificate is not valid yet'),
  CERT_REVOKED: unverified('the certificate was revoked'),
  DEPTH_ZERO_SELF_SIGNED_CERT: unverified('the certificate is self-signed'),
  SELF_SIGNED_CERT_IN_CHAIN: unverified('a certificate of the chain is self-signed'),
  UNABLE_TO_GET_ISSUER_CERT: unverified("the certificate's issuer is not known"),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unverified("the certificate's issuer is not known"),
  CERT_SIGNATURE_FAILURE: unverified("the certificate's signature is wrong"),
  CERT_UNTRUSTED: unverified('the certificate is not trusted'),
  INVALID_CA: unverified('the chain of certificates is not valid'),
  INVALID_PURPOSE: unverified('the certificate is for another purpose'),
  PATH_LENGTH_EXCEEDED: unverified('the chain of certificates is too long'),
  HOSTNAME_MISMATCH: unverified('the certificate is for another host'),
  ERR_TLS_CERT_ALTNAME_INVALID: unverified('the certificate is for another host'),
  // All reasons of OpenSSL for which Node has no code.
  UNSPECIFIED: unverified('the certificate cannot be verified'),
  ERR_TLS_HANDSHAKE_TIMEOUT: ['ERR_TLS', 'the TLS handshake timed out'],
  EPROTO: ['ERR_TLS', 'the TLS handshake failed: does this port speak TLS?'],

  HTTPParserError: ['ERR_PROTOCOL', 'the answer is not valid HTTP'],
  // undici's own doubts, for a status below 100.
  ERR_ASSERTION: ['ERR_PROTOCOL', 'the answer is not valid HTTP'],
  UND_ERR_HEADERS_OVERFLOW: ['ERR_PROTOCOL', 'the head of the response is larger than 64 KiB'],
  HPE_HEADER_OVERFLOW: ['ERR_PROTOCOL', 'the head of the response is larger than 64 KiB'],
  UND_ERR_INVALID_ARG: ['ERR_PROTOCOL', 'the request cannot be sent'],
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: ['ERR_PROTOCOL', 'the request cannot be sent'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['ERR_PROTOCOL', 'the head of the response contradicts itself'],

  UND_ERR_ABORTED: ['ERR_CANCELLED', 'cancelled'],
  AbortError: ['ERR_CANCELLED', 'cancelled'],
};

/** Families of codes that are too many to list. */
const FAMILIES: readonly (readonly [prefix: string, row: Row])[] = [
  ['HPE_', ['ERR_PROTOCOL', 'the answer is not valid HTTP']],
  ['ERR_TLS_', ['ERR_TLS', 'the TLS handshake failed']],
  ['ERR_SSL_', ['ERR_TLS', 'the TLS handshake failed: does this port speak TLS?']],
  ['CERT_', unverified('the certificate cannot be verified')],
  ['CRL_', unverified('the list of revoked certificates is not valid')],
  ['ERROR_IN_CERT_', unverified('the certificate is damaged')],
  ['ERROR_IN_CRL_', unverified('the list of revoked certificates is damaged')],
  ['UNABLE_TO_', unverified('the certificate cannot be verified')],
  ['ERR_HTTP2_', ['ERR_PROTOCOL', 'the HTTP/2 session failed']],
];

/** Broken in the middle of a body, these mean that the body is cut short. */
const LOST_CONNECTION = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_CLOSED',
  'HPE_INVALID_EOF_STATE',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ETIMEDOUT',
  'ERR_HTTP2_GOAWAY_SESSION',
  'ERR_HTTP2_SESSION_ERROR',
  'ERR_HTTP2_STREAM_CANCEL',
  'ERR_HTTP2_STREAM_ERROR',
]);

/** The handshake is sound, the certificate is not: the user may take it all the same. */
function unverified(says: string): Row {
  return ['ERR_TLS', `${says}; --insecure accepts it`];
}

/** @param host whom we spoke to, for the message */
export function networkError(thrown: unknown, phase: Phase, host: string): FetchallError {
  if (thrown instanceof FetchallError) return thrown;
  const cause = innermost(thrown);
  const key = keyOf(cause);
  const broken = phase === 'body' && LOST_CONNECTION.has(key);
  const [code, says] = broken
    ? (['ERR_TRUNCATED', 'the connection broke before the body ended'] as const)
    : rowOf(key, cause);
  return new FetchallError(code, `${host}: ${says}${key === '' ? '' : ` (${key})`}`, { cause });
}

function rowOf(key: string, cause: unknown): Row {
  return (
    NETWORK_ERRORS[key] ??
    FAMILIES.find(([prefix]) => key.startsWith(prefix))?.[1] ?? [
      'ERR_CONNECT',
      messageOf(cause) || 'the request failed',
    ]
  );
}

/** fetch wraps the error in a TypeError, several addresses give an AggregateError: what lies inside says more. */
function innermost(thrown: unknown): unknown {
  let error = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error; depth++) {
    if (error instanceof AggregateError && error.errors.length > 0) error = error.errors[0];
    else if (error.cause instanceof Error && !('code' in error && NETWORK_ERRORS[String(error.code)]))
      error = error.cause;
    else break;
  }
  return error;
}

function keyOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code !== '') return code;
  // undici drops its parser's codes. One matters: what the parser choked on is nothing, it met the end of the connection.
  if (error.name === 'HTTPParserError' && 'data' in error && error.data === '')
    return 'HPE_INVALID_EOF_STATE';
  return NETWORK_ERRORS[error.name] === undefined ? '' : error.name;
}
