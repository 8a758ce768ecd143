import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOCAL_PATHS, LocalPaths, relativeReference, wantedPath } from '../../src/crawl/local-path.js';
import { safeName } from '../../src/files/safe-name.js';

const HTML = 'text/html; charset=utf-8';

describe('wantedPath', () => {
  it.each<[string, string | null, string]>([
    ['http://host', HTML, 'host/index.html'],
    ['http://host/', HTML, 'host/index.html'],
    ['http://host:8080/', HTML, 'host_8080/index.html'],
    ['https://host:443/', HTML, 'host/index.html'],
    ['http://[::1]:81/', HTML, '[__1]_81/index.html'],
    ['http://host/a/b', HTML, 'host/a/b.html'],
    ['http://host/a/b/', HTML, 'host/a/b/index.html'],
    ['http://host/a.html', HTML, 'host/a.html'],
    ['http://host/a.HTM', HTML, 'host/a.HTM'],
    ['http://host/a.php', HTML, 'host/a.php.html'],
    ['http://host/a.png', HTML, 'host/a.png.html'],
    ['http://host/v1.2', HTML, 'host/v1.2.html'],
    ['http://host/a?x=1&y=2', HTML, 'host/a@x=1&y=2.html'],
    ['http://host/a.html?x=1', HTML, 'host/a@x=1.html'],
    ['http://host/?x=/b?c', HTML, 'host/index@x=_b_c.html'],
    ['http://host/a?', HTML, 'host/a.html'],
    ['http://host/s.css?v=3', 'text/css', 'host/s@v=3.css'],
    ['http://host/s.php?v=3', 'text/css', 'host/s@v=3.php.css'],
    ['http://host/i.jpg', 'image/jpeg', 'host/i.jpg'],
    ['http://host/i.jpeg', 'image/jpeg', 'host/i.jpeg'],
    ['http://host/i', 'image/jpeg', 'host/i.jpg'],
    ['http://host/i.php', 'image/png', 'host/i.php.png'],
    ['http://host/i.png', 'image/webp', 'host/i.png'],
    ['http://host/a.tar.gz', 'application/gzip', 'host/a.tar.gz'],
    ['http://host/a.zip', 'text/plain', 'host/a.zip'],
    ['http://host/README', 'text/plain', 'host/README'],
    ['http://host/x', 'application/x-unknown', 'host/x'],
    ['http://host/x', null, 'host/x'],
    ['http://host/%C3%A9/%2e%2e%2fb', null, 'host/é/.._b'],
    ['http://host/a//b', null, 'host/a/_/b'],
    ['http://host/con/aux.txt', null, 'host/_con/_aux.txt'],
    ['http://host/.fetchall/x', null, 'host/_.fetchall/x'],
    ['http://host/a#b', null, 'host/a'],
  ])('%s (%s): %s', (url, contentType, path) => {
    expect(wantedPath(new URL(url), contentType, LOCAL_PATHS)).toBe(path);
  });

  it('has its options', () => {
    const options = { index: 'default.htm', query: 'hash', extension: 'url' } as const;
    const path = (url: string): string => wantedPath(new URL(url), HTML, options);
    expect(path('http://host/')).toBe('host/default.htm');
    expect(path('http://host/a.php')).toBe('host/a.php');
    expect(path('http://host/a.php?x=1')).toMatch(/^host\/a-[\da-f]{8}\.php$/);
  });

  it('is safe and of bounded length, whatever the URL', () => {
    const rest = fc.array(
      fc.oneof(
        fc.constantFrom(
          '/',
          '.',
          '..',
          '%2F',
          '%',
          '?',
          'con',
          '.fetchall',
          'é',
          '%00',
          '.html',
          '&',
          'a'.repeat(300),
        ),
        fc.string(),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(rest, fc.constantFrom(HTML, 'text/css', 'image/png', null), (pieces, contentType) => {
        const path = wantedPath(new URL(`http://host/${pieces.join('')}`), contentType, LOCAL_PATHS);
        const segments = path.split('/');
        expect(segments.map(safeName)).toEqual(segments);
        expect(segments[0]).toBe('host');
        expect(Buffer.byteLength(path)).toBeLessThanOrEqual(700);
        if (contentType === HTML) expect(path).toMatch(/\.(html|htm|shtml)$/i);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('LocalPaths', () => {
  const claimAll = (...urls: string[]): string[] => {
    const paths = new LocalPaths();
    return urls.map((url) => paths.claim(new URL(url), null));
  };

  it('gives one URL one path', () => {
    expect(claimAll('http://host/a/b', 'http://host/a/b#c')).toEqual(['host/a/b', 'host/a/b']);
  });

  it('keeps files and folders apart', () => {
    const [file, below] = claimAll('http://host/a', 'http://host/a/b');
    expect(file).toBe('host/a');
    expect(below).toMatch(/^host\/a-[\da-f]{8}\/b$/);
    const [inside, asFile] = claimAll('http://host/a/b', 'http://host/a');
    expect(inside).toBe('host/a/b');
    expect(asFile).toMatch(/^host\/a-[\da-f]{8}$/);
  });

  it('keeps apart what a file system may not', () => {
    const [one, other] = claimAll('http://host/A', 'http://host/a');
    expect([one, other?.slice(0, 7)]).toEqual(['host/A', 'host/a-']);
    const [, index] = claimAll('http://host/', 'http://host/index.html');
    expect(index).toMatch(/^host\/index-[\da-f]{8}\.html$/);
    const [, query] = claimAll('http://host/a?b/c', 'http://host/a?b_c');
    expect(query).toMatch(/^host\/a@b_c-[\da-f]{8}$/);
  });

  it('never gives a path twice, nor one below a file', () => {
    const url = fc
      .array(fc.constantFrom('a', 'A', 'b', '/', '?', 'index.html', '.part', '@'), { maxLength: 7 })
      .map((pieces) => `http://host/${pieces.join('')}`);
    fc.assert(
      fc.property(fc.array(url), (urls) => {
        const unique = [...new Set(urls.map((text) => new URL(text).href))];
        const paths = claimAll(...unique).map((path) => path.toLowerCase());
        expect(new Set(paths).size).toBe(unique.length);
        for (const path of paths) expect(paths.some((other) => other.startsWith(`${path}/`))).toBe(false);
        expect(
          claimAll(...unique, ...unique)
            .slice(unique.length)
            .map((path) => path.toLowerCase()),
        ).toEqual(paths);
      }),
    );
  });
});

describe('relativeReference', () => {
  it.each([
    ['host/a.html', 'host/b.html', 'b.html'],
    ['host/a.html', 'host/a.html', 'a.html'],
    ['host/a/b.html', 'host/c.html', '../c.html'],
    ['host/a/b.html', 'host/a/c/d.html', 'c/d.html'],
    ['host/a/b.html', 'other/c.html', '../../other/c.html'],
    ['host/a/a/b.html', 'host/a/b/b.html', '../b/b.html'],
    ['host/a.html', "host/b c?#%&'(é).html", 'b%20c%3F%23%25%26%27%28%C3%A9%29.html'],
    ['host/a.html', 'host/x:y', 'x%3Ay'],
  ])('from %s to %s: %s', (from, to, reference) => {
    expect(relativeReference(from, to)).toBe(reference);
    expect(decodeURIComponent(new URL(reference, `http://x/${from}`).pathname)).toBe(`/${to}`);
  });
});
