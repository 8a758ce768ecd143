import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { srcsetPlaces } from '../../src/crawl/srcset.js';

describe('srcsetPlaces', () => {
  it.each<[string, string[]]>([
    ['', []],
    [' , ,', []],
    ['a', ['a']],
    [' a ', ['a']],
    ['a,', ['a']],
    ['a, b', ['a', 'b']],
    ['a 1x, b 2x', ['a', 'b']],
    ['a 1x,b 2x', ['a', 'b']],
    ['a,b 2x', ['a,b']],
    ['a,, b', ['a', 'b']],
    ['data:,a 1x, b', ['data:,a', 'b']],
    ['a 100w, b 200w 50h', ['a', 'b']],
    ['a 1.5x', ['a']],
    ['a 1e3x', ['a']],
    ['a .5x', ['a']],
    ['a 0x', ['a']],
    ['a -1x, b', ['b']],
    ['a 0w, b', ['b']],
    ['a 1.5w, b', ['b']],
    ['a +1w, b', ['b']],
    ['a 50h, b', ['b']],
    ['a 1w 1x, b', ['b']],
    ['a 1x 1x, b', ['b']],
    ['a foo, b', ['b']],
    ['a foo(1, 2), b', ['b']],
    ['a (, b', []],
    ['a\n1x,\n\tb\n2x', ['a', 'b']],
    ['a\u00a01x', ['a\u00a01x']],
  ])('%j', (value, urls) => {
    expect(srcsetPlaces(value).map(({ url }) => url)).toEqual(urls);
  });

  it('gives back what is written in, and where', () => {
    const url = fc.stringMatching(/^[a-z/:?,=]*[a-z]$/).filter((text) => !text.startsWith(','));
    fc.assert(
      fc.property(fc.array(fc.tuple(url, fc.constantFrom('1x', '2.5x', '300w'))), (written) => {
        const value = written.map((pair) => pair.join(' ')).join(', ');
        const places = srcsetPlaces(value);
        expect(places.map((place) => place.url)).toEqual(written.map(([text]) => text));
        for (const place of places) expect(value.slice(place.start, place.end)).toBe(place.url);
      }),
    );
  });
});
