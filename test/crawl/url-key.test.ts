import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { urlKey } from '../../src/crawl/url-key.js';

describe('urlKey', () => {
  it.each([
    ['http://EXAMPLE.org', 'http://example.org/'],
    ['HTTP://example.org:80/', 'http://example.org/'],
    ['https://example.org:443/a', 'https://example.org/a'],
    ['http://example.org:443/a', 'http://example.org:443/a'],
    ['http://example.org/a#b', 'http://example.org/a'],
    ['http://example.org/a#', 'http://example.org/a'],
    ['http://example.org/a?#b', 'http://example.org/a?'],
    ['http://example.org/%e3%83%84?q=%2f', 'http://example.org/%E3%83%84?q=%2F'],
    ['http://example.org/ツ', 'http://example.org/%E3%83%84'],
    ['http://example.org/a/./b/../c', 'http://example.org/a/c'],
    ['http://example.org/a/%2e%2e/c', 'http://example.org/c'],
    ['http://bücher.example/', 'http://xn--bcher-kva.example/'],
    ['http://0x7f.1/', 'http://127.0.0.1/'],
    ['  http://example.org/a\tb\n ', 'http://example.org/ab'],
    ['http://example.org\\a', 'http://example.org/a'],
  ])('%j is known as %s', (url, key) => {
    expect(urlKey(url)).toBe(key);
  });

  it.each([
    ['http://example.org/a', 'http://example.org/a/'],
    ['http://example.org/a', 'http://example.org/A'],
    ['http://example.org/a', 'http://example.org/a?'],
    ['http://example.org/a', 'http://example.org/%61'],
    ['http://example.org/a', 'http://example.org//a'],
    ['http://example.org/a', 'http://www.example.org/a'],
    ['http://example.org/a', 'https://example.org/a'],
    ['http://example.org/?a=1&b=2', 'http://example.org/?b=2&a=1'],
    ['http://example.org/?a=%20+', 'http://example.org/?a=++'],
    ['http://example.org/?utm_source=x', 'http://example.org/'],
    ['http://example.org/%2F', 'http://example.org//'],
    ['http://example.org/', 'http://example.org./'],
  ])('%s and %s are two', (one, other) => {
    expect(urlKey(one)).not.toBe(urlKey(other));
  });

  it.each(['', 'a', '/a', 'ftp://example.org/', 'mailto:a@b.c', 'http://', 'http://a b/', 'data:,x'])(
    '%j has none',
    (url) => {
      expect(urlKey(url)).toBeNull();
    },
  );

  it('is its own key, and asks for the same as the URL', () => {
    const rest = fc.string({ unit: fc.constantFrom(...'/.?#%&=+;:@!$*(),[]{}|^`<>"\'\\ \tabAB09fé') });
    fc.assert(
      fc.property(rest, (text) => {
        const url = `http://example.org/${text}`;
        const key = urlKey(url) ?? '';
        expect(urlKey(key)).toBe(key);
        const [one, other] = [new URL(url), new URL(key)];
        expect(other.pathname.toLowerCase()).toBe(one.pathname.toLowerCase());
        expect(other.search.toLowerCase()).toBe(one.search.toLowerCase());
        expect(decoded(other)).toBe(decoded(one));
        expect(key).not.toContain('#');
      }),
    );
  });

  it('leaves the URL object that it is given alone', () => {
    const url = new URL('http://example.org/a#b');
    expect(urlKey(url)).toBe('http://example.org/a');
    expect(url.hash).toBe('#b');
  });
});

/** Escapes as bytes: what a server reads. */
function decoded({ pathname, search }: URL): string {
  return (pathname + search).replace(/%([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
