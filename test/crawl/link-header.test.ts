import { describe, expect, it } from 'vitest';
import { headerLinks, parseLinkHeader } from '../../src/crawl/link-header.js';

describe('parseLinkHeader', () => {
  it.each<[string, [string, Record<string, string>][]]>([
    ['', []],
    ['<x>', [['x', {}]]],
    // RFC 8288 3.5
    [
      '<http://example.com/TheBook/chapter2>; rel="previous"; title="previous chapter"',
      [['http://example.com/TheBook/chapter2', { rel: 'previous', title: 'previous chapter' }]],
    ],
    [
      '</TheBook/chapter2>; rel="previous"; title*=UTF-8\'de\'letztes%20Kapitel, </TheBook/chapter4>; rel="next"',
      [
        ['/TheBook/chapter2', { rel: 'previous', 'title*': "UTF-8'de'letztes%20Kapitel" }],
        ['/TheBook/chapter4', { rel: 'next' }],
      ],
    ],
    [
      '<a,b;c>;rel=next,<d>;REL=prev',
      [
        ['a,b;c', { rel: 'next' }],
        ['d', { rel: 'prev' }],
      ],
    ],
    ['<a> ; rel = next ; rel=prev ; x', [['a', { rel: 'next', x: '' }]]],
    ['<a>; title="b, <c>; \\"d\\""; rel=next', [['a', { title: 'b, <c>; "d"', rel: 'next' }]]],
    ['<a>;; rel=next;', [['a', { rel: 'next' }]]],
    [
      ', ,<a>, ,<b>,',
      [
        ['a', {}],
        ['b', {}],
      ],
    ],
    ['<a>; title="b', [['a', { title: 'b' }]]],
    ['a, <b>', []],
    ['<a', []],
  ])('%s', (value, links) => {
    expect(
      parseLinkHeader(value).map(({ target, parameters }) => [target, Object.fromEntries(parameters)]),
    ).toEqual(links);
  });
});

describe('headerLinks', () => {
  it.each<[string, string[]]>([
    ['<x>; rel=next', ['page https://host/dir/x']],
    ['</s.css>; rel=preload; as=style', ['requisite https://host/s.css']],
    ['<x>; rel="nofollow next"', ['page https://host/dir/x nofollow']],
    ['<//cdn>; rel=preconnect', []],
    ['<mailto:a@b>; rel=author', []],
    ['<x>; rel=next; anchor="/other"', []],
    ['<x>; rel=next; anchor=""', ['page https://host/dir/x']],
    ['<x>', ['page https://host/dir/x']],
  ])('%s', (value, links) => {
    const found = headerLinks([value], 'https://host/dir/page');
    expect(found.map(({ kind, url, nofollow }) => `${kind} ${url}${nofollow ? ' nofollow' : ''}`)).toEqual(
      links,
    );
  });
});
