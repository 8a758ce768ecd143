import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RedirectPolicy, redirectTarget } from '../../src/http/redirect.js';
import type { HeaderFields, ResponseHead } from '../../src/http/transport.js';
import { FetchallError } from '../../src/model/errors.js';
import { thrownBy } from './recorder.js';

const POLICY: RedirectPolicy = { maxRedirects: 20, allowDowngrade: false };
const BASE = 'http://host:8080/dir/page?old=1';

function head(location: string | readonly string[] | null, url = BASE, status = 302): ResponseHead {
  const headers: HeaderFields = location === null ? {} : { location };
  return { url: new URL(url), status, headers, rawHeaders: [], length: 0 };
}

function leads(location: string, url = BASE, policy = POLICY): string | undefined {
  return redirectTarget(head(location, url), [url], policy)?.href;
}

function refused(location: string | null, url = BASE, policy = POLICY): FetchallError {
  return thrownBy(() => redirectTarget(head(location, url), [url], policy));
}

describe('redirectTarget', () => {
  it.each([301, 302, 303, 307, 308])('follows %i', (status) => {
    expect(redirectTarget(head('/b', BASE, status), [BASE], POLICY)?.href).toBe('http://host:8080/b');
  });

  it.each([200, 201, 204, 300, 304, 305, 306, 399, 404, 500])('lets %i pass, Location or not', (status) => {
    expect(redirectTarget(head('/b', BASE, status), [BASE], POLICY)).toBeNull();
    expect(redirectTarget(head(null, BASE, status), [BASE], POLICY)).toBeNull();
  });

  it.each([
    ['/b', 'http://host:8080/b'],
    ['b', 'http://host:8080/dir/b'],
    ['../b', 'http://host:8080/b'],
    ['../../../../b', 'http://host:8080/b'],
    ['./', 'http://host:8080/dir/'],
    ['//other/x', 'http://other/x'],
    ['//other', 'http://other/'],
    ['?q', 'http://host:8080/dir/page?q'],
    ['?', 'http://host:8080/dir/page?'],
    ['https://other/x', 'https://other/x'],
    ['HTTP://OTHER:80/X', 'http://other/X'],
    ['  /spaces\t', 'http://host:8080/spaces'],
    ['/with space', 'http://host:8080/with%20space'],
    ['http:b', 'http://host:8080/dir/b'],
    ['/b#fragment', 'http://host:8080/b'],
    ['\\\\other\\x', 'http://other/x'],
    ['/a\\b', 'http://host:8080/a/b'],
    ['http:\\\\other\\x', 'http://other/x'],
    ['//other:8080/a//b', 'http://other:8080/a//b'],
    ['/%', 'http://host:8080/%'],
    ['/%ff%00', 'http://host:8080/%ff%00'],
    ['http://[::1]:9/x', 'http://[::1]:9/x'],
    ['http://0x7f.1/x', 'http://127.0.0.1/x'],
    ['http://bücher.example/'.replace('ü', 'Ã¼'), 'http://xn--bcher-kva.example/'],
    // UTF-8 bytes, read as latin1 as a transport hands them on; then latin1 itself, which is no UTF-8.
    ['/caf\xc3\xa9', 'http://host:8080/caf%C3%A9'],
    ['/caf\xe9', 'http://host:8080/caf%C3%A9'],
    ['/\xe2\x82\xac?q=\xc3\xa9', 'http://host:8080/%E2%82%AC?q=%C3%A9'],
    ['/\xff\xfe', 'http://host:8080/%C3%BF%C3%BE'],
  ])('understands %j', (location, target) => {
    expect(leads(location)).toBe(target);
  });

  it.each([
    'ftp://host/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:,x',
    'mailto:a@b',
    'x:y',
    'ws://h/',
  ])('refuses %s', (location) => {
    const error = refused(location);
    expect(error.code).toBe('ERR_REDIRECT');
    expect(error.message).toContain(location.slice(0, location.indexOf(':') + 1));
  });

  it.each([
    'http://',
    'https://',
    'http://host:99999/',
    'http://[::1/',
    'http://a b/',
    '//',
    'http://%00/',
    '///',
  ])('refuses %j, which is no URL', (location) => {
    expect(refused(location)).toMatchObject({
      code: 'ERR_REDIRECT',
      message: expect.stringMatching(/no URL/),
    });
  });

  it('refuses a redirect without Location; of several it takes the first', () => {
    expect(refused(null)).toMatchObject({
      code: 'ERR_REDIRECT',
      message: expect.stringMatching(/302.*Location/),
    });
    expect(redirectTarget(head(['/one', '/two']), [BASE], POLICY)?.pathname).toBe('/one');
    expect(thrownBy(() => redirectTarget(head([]), [BASE], POLICY)).code).toBe('ERR_REDIRECT');
  });

  it.each([
    '',
    '   ',
    '#fragment',
    BASE,
    '/dir/page?old=1',
    `${BASE}#again`,
    'http://user:password@host:8080/dir/page?old=1',
  ])('sees that %j leads back to itself', (location) => {
    const error = refused(location);
    expect(error).toMatchObject({ code: 'ERR_REDIRECT', message: expect.stringMatching(/circle/) });
    expect(error.message).not.toContain('password');
  });

  it('sees a circle of several, but not the same path of another origin or with another query', () => {
    const visited = ['http://host/a', 'http://host/b', 'http://host/c'];
    const at = (location: string) => redirectTarget(head(location, 'http://host/c'), visited, POLICY);
    for (const location of ['/a', 'b', '/c']) expect(thrownBy(() => at(location)).message).toMatch(/circle/);
    for (const location of ['/A', '/a?', '/a/', 'http://host:81/a', '//other/a'])
      expect(at(location)).not.toBeNull();
  });

  it.each([0, 1, 2, 20])('follows exactly %i', (maxRedirects) => {
    const visited = Array.from({ length: maxRedirects + 1 }, (_, index) => `http://host/${index}`);
    const policy = { ...POLICY, maxRedirects };
    const at = (asked: readonly string[]) => redirectTarget(head('/next', asked.at(-1)), asked, policy);
    for (let asked = 1; asked <= maxRedirects; asked++) expect(at(visited.slice(0, asked))).not.toBeNull();
    expect(thrownBy(() => at(visited))).toMatchObject({
      code: 'ERR_REDIRECT',
      message: expect.stringContaining(`more than ${maxRedirects} redirects; --max-redirects`),
    });
  });

  it('goes from https to http only when it is allowed', () => {
    const error = refused('http://user:password@host/x', 'https://host/x');
    expect(error).toMatchObject({
      code: 'ERR_BLOCKED',
      message: expect.stringMatching(/http:\/\/host\/x.*--allow-downgrade/),
    });
    expect(error.message).not.toContain('password');
    expect(leads('http://host/x', 'https://host/x', { ...POLICY, allowDowngrade: true })).toBe(
      'http://host/x',
    );
    expect(leads('https://host/x', 'http://host/x')).toBe('https://host/x');
    expect(leads('//other/x', 'https://host/x')).toBe('https://other/x');
  });

  it('keeps user and password in what it returns, for the request, and in no message', () => {
    expect(leads('http://user:password@other/x')).toBe('http://user:password@other/x');
    for (const location of [
      'http://user:password@host:99999/',
      '//user:password@[bad/',
      'http:\\\\user:password@a b/',
    ]) {
      expect(refused(location).message).not.toContain('password');
    }
    expect(refused('ftp://user:password@host/').message).not.toContain('password');
  });

  it('either leads to http(s) without fragment, or throws one of our errors', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl({ withFragments: true })), (location) => {
        try {
          const target = redirectTarget(head(location), [BASE], POLICY);
          expect(target?.protocol).toMatch(/^https?:$/);
          expect(target?.hash).toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(FetchallError);
        }
      }),
    );
  });
});
