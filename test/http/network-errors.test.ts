import { describe, expect, it } from 'vitest';
import { NETWORK_ERRORS, networkError } from '../../src/http/network-errors.js';
import { ERROR_CODES, FetchallError } from '../../src/model/errors.js';

function coded(code: string, message = 'foreign'): Error {
  return Object.assign(new Error(message), { code });
}

function named(name: string): Error {
  return Object.assign(new Error('foreign'), { name });
}

const codeOf = (thrown: unknown, phase: 'head' | 'body' = 'head') => networkError(thrown, phase, 'host').code;

describe('networkError', () => {
  it.each(Object.entries(NETWORK_ERRORS))('%s', (key, [code, says]) => {
    expect(ERROR_CODES).toContain(code);
    expect(says).toMatch(/^[\x20-\x7e]+$/);
    const cause = coded(key);
    const error = networkError(cause, 'head', 'host:81');
    expect([error.code, error.message, error.cause]).toEqual([code, `host:81: ${says} (${key})`, cause]);
    expect(error.systemCode).toBe(key);
  });

  it.each([
    ['HPE_INVALID_CONSTANT', 'ERR_PROTOCOL'],
    ['ERR_TLS_ANYTHING', 'ERR_TLS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_TLS'],
    ['CERT_CHAIN_TOO_LONG', 'ERR_TLS'],
    ['UNABLE_TO_GET_CRL', 'ERR_TLS'],
    ['INVALID_CA', 'ERR_TLS'],
    ['INVALID_PURPOSE', 'ERR_TLS'],
    ['PATH_LENGTH_EXCEEDED', 'ERR_TLS'],
    ['HOSTNAME_MISMATCH', 'ERR_TLS'],
    ['ERR_HTTP2_ANYTHING', 'ERR_PROTOCOL'],
    ['ESOMETHING_NEW', 'ERR_CONNECT'],
  ])('%s is of a family: %s', (key, code) => {
    expect(codeOf(coded(key))).toBe(code);
  });

  // https://nodejs.org/api/tls.html#x509-certificate-error-codes, and what Node says of all others.
  it.each([
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_CRL',
    'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
    'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
    'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
    'CERT_SIGNATURE_FAILURE',
    'CRL_SIGNATURE_FAILURE',
    'CERT_NOT_YET_VALID',
    'CERT_HAS_EXPIRED',
    'CRL_NOT_YET_VALID',
    'CRL_HAS_EXPIRED',
    'ERROR_IN_CERT_NOT_BEFORE_FIELD',
    'ERROR_IN_CERT_NOT_AFTER_FIELD',
    'ERROR_IN_CRL_LAST_UPDATE_FIELD',
    'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_CHAIN_TOO_LONG',
    'CERT_REVOKED',
    'INVALID_CA',
    'PATH_LENGTH_EXCEEDED',
    'INVALID_PURPOSE',
    'CERT_UNTRUSTED',
    'CERT_REJECTED',
    'HOSTNAME_MISMATCH',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNSPECIFIED',
  ])('%s is of the certificate: --insecure accepts it', (key) => {
    const error = networkError(coded(key), 'head', 'host');
    expect(error.code).toBe('ERR_TLS');
    expect(error.message).toContain('--insecure');
  });

  it('goes by the name where there is no code', () => {
    expect(codeOf(named('HTTPParserError'))).toBe('ERR_PROTOCOL');
    expect(codeOf(new DOMException('x', 'TimeoutError'))).toBe('ERR_TIMEOUT');
    expect(codeOf(new DOMException('x', 'AbortError'))).toBe('ERR_CANCELLED');
    expect(codeOf(named('SomethingElse'))).toBe('ERR_CONNECT');
  });

  it('looks into what wraps the cause', () => {
    const wrapped = new TypeError('fetch failed', { cause: coded('ECONNREFUSED') });
    expect(networkError(wrapped, 'head', 'host')).toMatchObject({
      code: 'ERR_CONNECT',
      systemCode: 'ECONNREFUSED',
    });
    const several = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')], 'all failed');
    expect(networkError(several, 'head', 'host').systemCode).toBe('ECONNREFUSED');
    expect(codeOf(new TypeError('x', { cause: new AggregateError([coded('ENOTFOUND')]) }))).toBe('ERR_DNS');
    expect(codeOf(new AggregateError([]))).toBe('ERR_CONNECT');
    // A known error is not left for its own cause.
    const known = Object.assign(new Error('x', { cause: new Error('y') }), {
      code: 'UND_ERR_CONNECT_TIMEOUT',
    });
    expect(codeOf(known)).toBe('ERR_TIMEOUT');
    const circle = new Error('round');
    circle.cause = circle;
    expect(codeOf(circle)).toBe('ERR_CONNECT');
  });

  it.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ETIMEDOUT', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'])(
    '%s within a body cuts it short',
    (key) => {
      expect(codeOf(coded(key), 'head')).not.toBe('ERR_TRUNCATED');
      expect(codeOf(coded(key), 'body')).toBe('ERR_TRUNCATED');
      expect(codeOf(new TypeError('terminated', { cause: coded(key) }), 'body')).toBe('ERR_TRUNCATED');
    },
  );

  it('lets our own errors pass, and takes whatever else is thrown', () => {
    const ours = new FetchallError('ERR_DISK', 'full');
    expect(networkError(ours, 'body', 'host')).toBe(ours);
    for (const thrown of ['text', null, undefined, 7, { code: 'ENOTFOUND' }]) {
      expect(networkError(thrown, 'head', 'host').code).toBe('ERR_CONNECT');
    }
    expect(networkError(new Error(''), 'head', 'host').message).toBe('host: the request failed');
  });
});
