import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeaderOption } from '../../src/http/options.js';
import {
  basicAuthorization,
  isSensitive,
  requestHeaders,
  takeCredentials,
} from '../../src/http/request-headers.js';
import type { Credentials } from '../../src/model/job.js';

const HERE = new URL('http://host/a');
const CREDENTIALS: Credentials = { user: 'user', password: 'password' };

/** The fields of a request as pairs, names in lower case. */
function fieldsFor(
  url: URL,
  header: readonly HeaderOption[] = [],
  credentials: Credentials | null = null,
): [string, string][] {
  const list = requestHeaders(url, { header, userAgent: 'fetchall/1', credentials, origin: 'http://host' });
  expect(list.length % 2).toBe(0);
  return list.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), list[index + 1] ?? ''] as [string, string]] : [],
  );
}

function taken(url: string): Credentials | null {
  return takeCredentials(new URL(url));
}

describe('requestHeaders', () => {
  it('asks for bodies as they are stored', () => {
    expect(fieldsFor(HERE)).toEqual([
      ['user-agent', 'fetchall/1'],
      ['accept', '*/*'],
      ['accept-encoding', 'identity'],
    ]);
  });

  it("puts the user's own fields in the place of ours, whatever their case, and keeps their order and number", () => {
    const header: HeaderOption[] = [
      ['USER-Agent', 'mine'],
      ['X-Two', '1'],
      ['x-two', '2'],
      ['Accept-Encoding', 'gzip'],
    ];
    expect(fieldsFor(HERE, header)).toEqual([
      ['accept', '*/*'],
      ['user-agent', 'mine'],
      ['x-two', '1'],
      ['x-two', '2'],
      ['accept-encoding', 'gzip'],
    ]);
  });

  it('sends nothing for an empty one, and takes ours out', () => {
    const header: HeaderOption[] = [
      ['Accept', ''],
      ['user-agent', ''],
      ['X-None', ''],
      ['Authorization', ''],
    ];
    expect(fieldsFor(HERE, header, CREDENTIALS)).toEqual([['accept-encoding', 'identity']]);
  });

  it('sends credentials as Basic, unless the user gives an Authorization', () => {
    expect(fieldsFor(HERE, [], CREDENTIALS)).toContainEqual(['authorization', 'Basic dXNlcjpwYXNzd29yZA==']);
    const own = fieldsFor(HERE, [['authorization', 'Bearer x']], CREDENTIALS);
    expect(own.filter(([name]) => name === 'authorization')).toEqual([['authorization', 'Bearer x']]);
  });

  it.each(['http://host:81/a', 'https://host/a', 'http://other/a', 'http://sub.host/a', 'http://host./a'])(
    'keeps secrets and Host from %s',
    (url) => {
      const header: HeaderOption[] = [
        ['Authorization', 'Bearer x'],
        ['Cookie', 'a=b'],
        ['X-Api-Key', 'x'],
        ['Host', 'virtual'],
        ['Referer', 'http://host/'],
      ];
      const names = fieldsFor(new URL(url), header).map(([name]) => name);
      expect(names).toEqual(['user-agent', 'accept', 'accept-encoding', 'referer']);
      expect(fieldsFor(HERE, header).map(([name]) => name)).toContain('x-api-key');
    },
  );

  it("sends a Location's own credentials although the user's Authorization stays at home", () => {
    const there = new URL('http://other/a');
    const header: HeaderOption[] = [['Authorization', 'Bearer x']];
    expect(fieldsFor(there, header, CREDENTIALS)).toContainEqual([
      'authorization',
      basicAuthorization(CREDENTIALS),
    ]);
    // Taken out on purpose is taken out everywhere.
    const names = fieldsFor(there, [['Authorization', '']], CREDENTIALS).map(([name]) => name);
    expect(names).not.toContain('authorization');
  });
});

describe('isSensitive', () => {
  it.each([
    'Authorization',
    'Proxy-Authorization',
    'authentication',
    'Cookie',
    'COOKIE2',
    'X-Auth-Token',
    'X-Auth',
    'X-API-Key',
    'apikey',
    'Api_Key',
    'Private-Token',
    'X-Amz-Security-Token',
    'X-Session',
    'X-Signature',
    'Client-Secret',
    'X-Password',
    'X-Credentials',
  ])('%s carries a secret', (name) => {
    expect(isSensitive(name)).toBe(true);
  });

  it.each([
    'Accept',
    'User-Agent',
    'X-Author',
    'Referer',
    'X-Keyword',
    'Monkey',
    'Cache-Control',
    'Authority',
  ])('%s does not', (name) => {
    expect(isSensitive(name)).toBe(false);
  });
});

describe('takeCredentials', () => {
  it('takes them out of the URL', () => {
    const url = new URL('http://user:password@host/a?b');
    expect(takeCredentials(url)).toEqual(CREDENTIALS);
    expect(url.href).toBe('http://host/a?b');
    expect(takeCredentials(url)).toBeNull();
  });

  it.each([
    ['http://user@host/', 'user', ''],
    ['http://:password@host/', '', 'password'],
    ['http://user%40work:a%3Ab%2Fc@host/', 'user@work', 'a:b/c'],
    ['http://caf%C3%A9:%E2%82%AC@host/', 'café', '€'],
    ['http://café:€@host/', 'café', '€'],
    ['http://us%er:100%@host/', 'us%er', '100%'],
    ['http://%ff:%C3%28@host/', '%ff', '%C3%28'],
    ['http://a:b:c@host/', 'a', 'b:c'],
    ['http://a@b:c@host/', 'a@b', 'c'],
    ['http://a%20b:+@host/', 'a b', '+'],
  ])('%s', (url, user, password) => {
    expect(taken(url)).toEqual({ user, password });
  });

  it.each(['http://host/', 'http://@host/', 'http://:@host/', 'http://host/a@b'])(
    'finds none in %s',
    (url) => {
      expect(taken(url)).toBeNull();
    },
  );

  it('sends what was meant, as UTF-8', () => {
    const credentials = taken('http://caf%C3%A9:%E2%82%AC@host/') ?? CREDENTIALS;
    expect(basicAuthorization(credentials)).toBe(`Basic ${Buffer.from('café:€').toString('base64')}`);
  });

  it('gives back whatever was encoded', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, text, (user, password) => {
        const url = `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@host/`;
        expect(taken(url)).toEqual({ user, password });
      }),
    );
  });
});
