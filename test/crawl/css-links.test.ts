import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CssPlace, CssReader, cssPlaces } from '../../src/crawl/css-links.js';
import { replacePlaces } from '../../src/crawl/place.js';

const urls = (css: string): string[] => cssPlaces(css).map(({ url }) => url);

describe('cssPlaces', () => {
  it.each<[string, string[]]>([
    ['a{b:url(x)}', ['x']],
    ['a{b:url( \n x\t)}', ['x']],
    ['a{b:url("x y")}', ['x y']],
    ["a{b:URL( 'x)' )}", ['x)']],
    ['a{b:url(x) url(y),url(z)}', ['x', 'y', 'z']],
    ['a{b:u\\72l(x)}', ['x']],
    ['a{b:\\000075rl(x)}', ['x']],
    ['a{b:myurl(x)}', []],
    ['a{b:url (x)}', []],
    ['a{b:url(x\\)y)}', ['x)y']],
    ['a{b:url(\\78\\79 z)}', ['xyz']],
    ['a{b:url("\\78 y")}', ['xy']],
    ['a{b:url("x\\\ny")}', ['xy']],
    ['a{b:url("\\0")}', ['\ufffd']],
    ['a{b:url()}', []],
    ['a{b:url("")}', []],
    ['a{b:url(x y)} c{d:url(z)}', ['z']],
    ['a{b:url(x"y)} c{d:url(z)}', ['z']],
    ['a{b:url(x(y)} c{d:url(z)}', ['z']],
    ['a{b:url(x', ['x']],
    ['a{b:url("x', ['x']],
    ['a{b:"x\n url(y)}', ['y']],
    ['a{b:"url(x)"}', []],
    ['/* url(x) */ a{b:url(y)}', ['y']],
    ['a{b:url(/* x */)}', []],
    ['a{b:url(/*x*/)}', ['/*x*/']],
    ['a{b:/* url(x)', []],
    ['a{b:src("x")}', ['x']],
    ['a{b:url("x" foo(y))}', ['x']],
    ['@import "x";', ['x']],
    ['@IMPORT url(x) print;', ['x']],
    ["@import'x'layer(a) supports(b: url(y)) screen;", ['x']],
    ['@import url("x")', ['x']],
    ['@im\\port "x"', ['x']],
    ['@import/**/"x"', ['x']],
    ['@import "x" "y"; @import "z"', ['x', 'z']],
    ['@namespace url(x); @namespace a "y"; b{c:url(z)}', ['z']],
    ['@charset "utf-8"; @font-face{src:url(x)format("woff"),local("y")}', ['x']],
    ['@media "x"{a{b:url(y)}}', ['y']],
    ['a{b:image-set("x" 1x, url(y) 2x, "z" type("image/avif") 3x)}', ['x', 'y', 'z']],
    ['a{b:-webkit-image-set(url(x) 1x)}', ['x']],
    ['a{b:cross-fade(url(x), url("y"))}', ['x', 'y']],
    ['a{b:attr(c "d")}', []],
    ['a{b:image-set("x" 1x} c{d:"y"}', ['x']],
    ['a::after{content:"x"}', []],
    ['<!-- a{b:url(x)} -->', ['x']],
    ['b:url(x);c:url(y)', ['x', 'y']],
  ])('%j', (css, expected) => {
    expect(urls(css)).toEqual(expected);
  });

  it('says where each stands', () => {
    const css = '@import "a"; b{c:url( d )}/*e*/ f{g:url("h\\69")}';
    const edits = cssPlaces(css).map(({ start, end, url }) => ({ start, end, text: url.toUpperCase() }));
    expect(replacePlaces(css, edits)).toBe('@import "A"; b{c:url( D )}/*e*/ f{g:url("HI")}');
  });

  it('reads any text to its end, in order and without overlap', () => {
    const piece = fc.constantFrom(
      ...'url( src( @import image-set( " \' ) ( { } ; \\ \\a /* */ \n x y [ ] , : @ - é'.split(' '),
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const css = pieces.join('');
        let at = 0;
        for (const { start, end } of cssPlaces(css)) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(at).toBeLessThanOrEqual(css.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the same however the text is cut', () => {
    const piece = fc.constantFrom(
      ...'url( src( @import image-set( " \' ) ( { } ; \\ \\a /* */ / * \n x y [ ] , : @ - é u\\72l( abcdefghijkl'.split(
        ' ',
      ),
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.array(fc.nat(12)), (pieces, cuts) => {
        const css = pieces.join('');
        const places: CssPlace[] = [];
        const reader = new CssReader((place) => places.push(place));
        let at = 0;
        for (const cut of cuts) {
          reader.write(css.slice(at, at + cut));
          at += cut;
        }
        reader.write(css.slice(at));
        reader.end();
        expect(places).toEqual(cssPlaces(css));
      }),
      { numRuns: 3000 },
    );
  });

  describe('of tokens of megabytes', () => {
    const long = 'A'.repeat(16_000_000);
    const before = 'a{b:url(x)} ';
    const after = ' c{d:url(z)}';

    it.each([
      ['a bare URL', `e{f:url(data:x,${long})}`],
      ['an escaped URL', `e{f:url(${'\\41'.repeat(3_000_000)})}`],
      ['a bad URL', `e{f:url(${long}"${long})}`],
      ['a string', `e{f:url("data:x,${long}")}`],
      ['an escaped string', `e{f:"${'\\"'.repeat(6_000_000)}"}`],
      ['a comment', `/*${long}*/`],
      ['stars', `/*${'*'.repeat(9_000_000)}*/`],
      ['a name', `${long}{}`],
      ['spaces', `e{f:url(${' '.repeat(9_000_000)}"y")}`],
      ['brackets', `${'('.repeat(3_000_000)}}`],
    ])('reads on behind %s, whole or in pieces', (_, css) => {
      const whole = cssPlaces(before + css + after);
      expect(whole.at(0)?.url).toBe('x');
      expect(whole.at(-1)?.url).toBe('z');
      const places: CssPlace[] = [];
      const reader = new CssReader((place) => places.push(place));
      const text = before + css + after;
      for (let at = 0; at < text.length; at += 1021) reader.write(text.slice(at, at + 1021));
      reader.end();
      expect(places).toEqual(whole);
    });
  });

  it('gives back every URL that is written in', () => {
    const url = fc.string({ minLength: 1, unit: fc.constantFrom(...'ab/.?=&%()"\'\\ é') });
    fc.assert(
      fc.property(fc.array(url), (written) => {
        const css = written
          .map((text, n) => `.c${n}{a:url("${text.replace(/["\\]/g, '\\$&')}")}`)
          .join('/*url(x)*/');
        expect(urls(css)).toEqual(written);
      }),
    );
  });
});
