import { describe, expect, it } from 'vitest';
import { MOST_REQUISITE_DEPTH, refuse, refuseType, type ScopeOptions } from '../../src/crawl/scope.js';

const OPTIONS: ScopeOptions = {
  seeds: [new URL('https://www.example.co.uk/dir/page.html')],
  depth: 5,
  span: 'host',
  noParent: false,
  include: [],
  exclude: [],
  accept: [],
  pageRequisites: false,
};

const page = (url: string, depth = 1) =>
  ({ url: new URL(url), depth, kind: 'page', requisiteDepth: 0 }) as const;
const requisite = (url: string, depth = 1, requisiteDepth = 1) =>
  ({ url: new URL(url), depth, kind: 'requisite', requisiteDepth }) as const;

describe('hosts', () => {
  it.each<[ScopeOptions['span'], string, boolean]>([
    ['host', 'https://www.example.co.uk/x', true],
    ['host', 'http://www.example.co.uk/x', true],
    ['host', 'https://www.example.co.uk:8443/x', false],
    ['host', 'https://example.co.uk/x', false],
    ['host', 'https://www.example.co.uk./x', false],
    ['domain', 'https://example.co.uk/x', true],
    ['domain', 'https://a.b.example.co.uk:81/x', true],
    ['domain', 'https://other.co.uk/x', false],
    ['domain', 'https://notexample.co.uk/x', false],
    ['any', 'http://other.org/x', true],
  ])('%s: %s: %s', (span, url, inside) => {
    expect(refuse(page(url), { ...OPTIONS, span }) === null).toBe(inside);
  });

  it.each<[string, string, boolean]>([
    ['https://alice.github.io/', 'https://bob.github.io/', false],
    ['http://127.0.0.1/', 'http://127.0.0.2/', false],
    ['http://127.0.0.1/', 'http://127.0.0.1:8080/', true],
    ['http://localhost/', 'http://localhost:81/', true],
    ['http://[::1]/', 'http://[::2]/', false],
  ])('the domain of %s and %s: %s', (seed, url, inside) => {
    const options = { ...OPTIONS, seeds: [new URL(seed)], span: 'domain' } as const;
    expect(refuse(page(url), options) === null).toBe(inside);
  });
});

describe('the rest of the scope', () => {
  const url = 'https://www.example.co.uk';

  it.each<[string, Partial<ScopeOptions>, string | null]>([
    ['/dir/x', { noParent: true }, null],
    ['/dir/sub/x', { noParent: true }, null],
    ['/dir', { noParent: true }, 'scope'],
    ['/directory/x', { noParent: true }, 'scope'],
    ['/', { noParent: true }, 'scope'],
    ['/x', { include: [/\/x$/] }, null],
    ['/y', { include: [/\/x$/, /\/z$/] }, 'scope'],
    ['/x', { exclude: [/\/x$/] }, 'scope'],
    ['/x', { include: [/x/], exclude: [/x/] }, 'scope'],
    ['/x.png', { accept: ['text/html'] }, null],
    ['/x', { depth: 1 }, null],
    ['/x', { depth: 0 }, 'depth'],
  ])('%s with %j: %s', (path, options, reason) => {
    expect(refuse(page(url + path), { ...OPTIONS, ...options })?.reason ?? null).toBe(reason);
  });

  it('leaves seeds alone', () => {
    expect(refuse(page(`${url}/x`, 0), { ...OPTIONS, exclude: [/./], depth: 0 })).toBeNull();
  });

  it('says what decided', () => {
    expect(refuse(page(`${url}/x`), { ...OPTIONS, exclude: [/y/, /x$/] })?.detail).toBe('--exclude x$');
    expect(refuse(page(`${url}/x`, 6), OPTIONS)?.detail).toBe('depth 6, --depth 5');
    expect(refuse(page('http://other.org/'), OPTIONS)?.detail).toBe('other host: other.org');
  });

  it('asks a pattern with a memory anew', () => {
    const options = { ...OPTIONS, exclude: [/x/g] };
    expect([1, 2, 3].map(() => refuse(page(`${url}/x`), options)?.reason)).toEqual([
      'scope',
      'scope',
      'scope',
    ]);
  });
});

describe('requisites', () => {
  const elsewhere = 'https://cdn.org/x.png';

  it('are like pages unless asked for', () => {
    expect(refuse(requisite(elsewhere), OPTIONS)?.reason).toBe('scope');
  });

  it.each<[string, string, string | null]>([
    ['x.png', 'text/html', 'type'],
    ['x.png', 'IMAGE/*', null],
    ['x.png', '*/*', null],
    ['x.html', 'image/*', null],
    ['x.php', 'image/*', null],
    ['x', 'image/*', null],
  ])('%s under --accept %s: %s', (name, accept, reason) => {
    const found = requisite(`https://www.example.co.uk/${name}`);
    expect(refuse(found, { ...OPTIONS, accept: [accept] })?.reason ?? null).toBe(reason);
  });

  it('are fetched wherever they lie when asked for, but not what is excluded', () => {
    const options = { ...OPTIONS, pageRequisites: true, depth: 1, noParent: true, include: [/html/] };
    expect(refuse(requisite(elsewhere, 2), options)).toBeNull();
    expect(refuse(requisite(elsewhere, 2), { ...options, exclude: [/png/] })?.reason).toBe('scope');
    expect(refuse(page(elsewhere, 2), options)?.reason).toBe('scope');
  });

  it('have an end', () => {
    const options = { ...OPTIONS, pageRequisites: true };
    expect(refuse(requisite(elsewhere, 9, MOST_REQUISITE_DEPTH), options)).toBeNull();
    expect(refuse(requisite(elsewhere, 9, MOST_REQUISITE_DEPTH + 1), options)?.reason).toBe('scope');
  });
});

it.each<[string | null, string[], boolean]>([
  ['text/html; charset=utf-8', ['text/html'], true],
  ['Text/HTML', ['image/*', 'text/html'], true],
  ['text/html', ['image/*'], false],
  ['imagery/png', ['image/*'], false],
  [null, ['image/*'], false],
  [null, [], true],
  [null, ['*/*'], true],
])('%s under --accept %j: %s', (contentType, accept, kept) => {
  expect(refuseType(contentType, accept) === null).toBe(kept);
});
