import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertLinks } from '../../src/crawl/convert-links.js';
import { extractLinks } from '../../src/crawl/link-extractor.js';

const PAGE = 'https://host/dir/page.html';
const FETCHED: Readonly<Record<string, string>> = {
  'https://host/x': '../x.html',
  'https://host/i.png': "../a%26b'.png",
  'https://host/dir/page.html': 'page.html',
  'https://host/?q=%EF': 'q.html',
};
const local = (url: string): string | null => FETCHED[url] ?? null;
const convert = (html: string, type: 'html' | 'xml' | 'css' = 'html'): string =>
  Buffer.from(convertLinks(Buffer.from(html), { baseUrl: PAGE, type }, local)).toString();

describe('a page', () => {
  it.each([
    ['<a href="/x">é</a>', '<a href="../x.html">é</a>'],
    ["<a  HREF = '/x'  >", "<a  HREF = '../x.html'  >"],
    ['<a href=/x>', '<a href="../x.html">'],
    ['<a href="/x#f">', '<a href="../x.html#f">'],
    ['<a href="/y?a&amp;b">', '<a href="https://host/y?a&amp;b">'],
    ['<a href="https://host/y?a&b">', '<a href="https://host/y?a&b">'],
    ['<a href="#f">', '<a href="#f">'],
    ['<a href="">', '<a href="">'],
    ['<a href="page.html">', '<a href="page.html">'],
    ['<a href="javascript:x">', '<a href="javascript:x">'],
    [
      '<base href="/"><a href="x"><a href="#f">',
      '<base href=""><a href="../x.html"><a href="https://host/#f">',
    ],
    [
      '<a href="x"><base target=a><base href=/ ><base href=y>',
      '<a href="../x.html"><base target=a><base href="" ><base href="">',
    ],
    [
      '<img src=/i.png srcset="/x 1x, /y 2x">',
      '<img src="../a%26b&#39;.png" srcset="../x.html 1x, https://host/y 2x">',
    ],
    [
      '<meta http-equiv=refresh content="0; url=\'/i.png\'">',
      '<meta http-equiv=refresh content="0; url=&#39;../a%26b%27.png&#39;">',
    ],
    ['<p style="a: url(/x)">', '<p style="a: url(../x.html)">'],
    ['<p style=\'a: url("/i.png")\'>', "<p style='a: url(&quot;../a%26b\\&#39;.png&quot;)'>"],
    ['<style>/* url(/x) */ a{b: url(/x)}</style>', '<style>/* url(/x) */ a{b: url(../x.html)}</style>'],
    ['<iframe srcdoc="<a href=/x>">', '<iframe srcdoc="&lt;a href=&quot;../x.html&quot;>">'],
    [
      '<script>"<a href=/x>"</script><!-- <a href=/x> -->',
      '<script>"<a href=/x>"</script><!-- <a href=/x> -->',
    ],
    ['\ufeff<a href=/x>', '\ufeff<a href="../x.html">'],
    [
      '<a title="&eacute;"   href=/x\n>&eacute;<a href="/x',
      '<a title="&eacute;"   href="../x.html"\n>&eacute;<a href="/x',
    ],
  ])('%s', (html, expected) => {
    expect(convert(html)).toBe(expected);
  });
});

it.each([
  ['@import "/x"; a{b:url( /i.png )}', '@import "../x.html"; a{b:url( ../a%26b\\\'.png )}'],
  ["a{b:url('/i.png')/*/x*/ url(/y)}", "a{b:url('../a%26b\\'.png')/*/x*/ url(https://host/y)}"],
  ['a{b:url(data:x)}', 'a{b:url(data:x)}'],
])('a style sheet: %s', (css, expected) => {
  expect(convert(css, 'css')).toBe(expected);
});

it.each([
  ['<script src="/x"/><a href="/x"/>', '<script src="../x.html"/><a href="../x.html"/>'],
  ['<style>a{b:url(/y?c&amp;d)}</style>', '<style>a{b:url(https://host/y?c\\26 d)}</style>'],
  [
    '<style><![CDATA[@import "/y?c&d";]]></style>',
    '<style><![CDATA[@import "https://host/y?c&d";]]></style>',
  ],
])('XHTML: %s', (xml, expected) => {
  expect(convert(xml, 'xml')).toBe(expected);
});

describe('bytes', () => {
  const check = (html: Uint8Array, contentType: string | null, expected: Uint8Array): void => {
    const converted = convertLinks(html, { baseUrl: PAGE, contentType }, local);
    expect(Buffer.from(converted).toString('latin1')).toBe(Buffer.from(expected).toString('latin1'));
  };
  const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

  it.each<[string, Uint8Array, string, Uint8Array]>([
    [
      'windows-1251',
      latin1('\xef<a href="/?q=\xef">\x98'),
      'windows-1251',
      latin1('\xef<a href="q.html">\x98'),
    ],
    [
      'Shift_JIS',
      latin1('\x83\x5c<a href="/x">\x83\x5c<a href=/x>'),
      'shift_jis',
      latin1('\x83\x5c<a href="../x.html">\x83\x5c<a href="../x.html">'),
    ],
    [
      'GB18030',
      latin1('\x81\x30\x81\x30<a href="/x">'),
      'gb18030',
      latin1('\x81\x30\x81\x30<a href="../x.html">'),
    ],
    [
      'EUC-JP',
      latin1('\xa4\xa2\x8f\xa2\xaf<a href="/x">'),
      'euc-jp',
      latin1('\xa4\xa2\x8f\xa2\xaf<a href="../x.html">'),
    ],
    [
      'broken UTF-8',
      latin1('\xff\xc3\xc3\xa9\xf0\x9f<a href="/x">\xe2\x82'),
      'utf-8',
      latin1('\xff\xc3\xc3\xa9\xf0\x9f<a href="../x.html">\xe2\x82'),
    ],
    [
      'broken Shift_JIS',
      latin1('<p title=\x81><a href="/x">\x83\x5c\x81'),
      'shift_jis',
      latin1('<p title=\x81><a href="../x.html">\x83\x5c\x81'),
    ],
    [
      'UTF-16',
      Buffer.from('\ufeff€😀<a href="/x">', 'utf16le'),
      'utf-8',
      Buffer.from('\ufeff€😀<a href="../x.html">', 'utf16le'),
    ],
    [
      'UTF-16BE',
      Buffer.from('\ufeff€<a href="/x">', 'utf16le').swap16(),
      'utf-8',
      Buffer.from('\ufeff€<a href="../x.html">', 'utf16le').swap16(),
    ],
  ])('of %s stay', (_, html, charset, expected) => {
    check(html, `text/html; charset=${charset}`, expected);
  });

  it('of a page without links are the same', () => {
    const html = latin1('<p>\xe9');
    expect(convertLinks(html, { baseUrl: PAGE }, local)).toBe(html);
  });
});

function withoutEmptyFragment(url: string): string {
  return new URL(url).hash === '' ? url.replace(/#$/, '') : url;
}

describe('whatever the page', () => {
  const value = fc
    .string({ unit: fc.constantFrom(..."abc/.?=&%#()'\\,;: é<>"), maxLength: 8 })
    .map((text) => text.replaceAll("'", '&#39;'));
  const piece = fc.oneof(
    value.map((text) => `<a href='${text}'>`),
    value.map((text) => `<img src='${text}' srcset='/${text} 1x, /b 2x'>`),
    value.map((text) => `<p style='a:url("${text.replaceAll('\\', '/')}")'>`),
    fc.constantFrom(
      '<base href=/b/>',
      '<style>@import "a";b{c:url(d)}</style>',
      '<a href=x/y>',
      'text é €',
      '<!-- <a href=z> -->',
      '<br/>',
      '😀',
    ),
  );
  const pages = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('\n'));
  const local = (url: string): string | null =>
    url.length % 2 === 0
      ? null
      : `../${encodeURIComponent(url).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)}`;

  it('its links lead to what they led to', () => {
    fc.assert(
      fc.property(pages, (html) => {
        const converted = convertLinks(Buffer.from(html), { baseUrl: PAGE }, local);
        const here = 'https://local/folder/page.html';
        const back = extractLinks(converted, { baseUrl: here }).map(({ url, tag, attribute }) => {
          const { origin, pathname, hash } = new URL(url);
          const isPage = url.startsWith(here);
          const original =
            origin === 'https://local'
              ? decodeURIComponent(pathname.slice(1)) + hash
              : withoutEmptyFragment(url);
          return `${tag} ${attribute} ${isPage ? PAGE + hash : original}`;
        });
        const given = extractLinks(Buffer.from(html), { baseUrl: PAGE });
        expect(back).toEqual(
          given.map(({ url, tag, attribute }) => `${tag} ${attribute} ${withoutEmptyFragment(url)}`),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('stays as it is when converted once more', () => {
    fc.assert(
      fc.property(pages, (html) => {
        const once = convertLinks(Buffer.from(html), { baseUrl: PAGE }, () => null);
        const twice = convertLinks(once, { baseUrl: PAGE }, () => null);
        expect(Buffer.from(twice).toString()).toBe(Buffer.from(once).toString());
      }),
    );
  });

  it('of any bytes in any encoding all but the links stays', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc
        .constantFrom(
          '<a href="/x">',
          '<img src=/x>',
          '<style>a{b:url(/x)}</style>',
          '<p>',
          '"',
          "'",
          '\ufeff',
        )
        .map((text) => Buffer.from(text)),
    );
    const charset = fc.constantFrom(
      'utf-8',
      'windows-1252',
      'shift_jis',
      'gb18030',
      'big5',
      'euc-kr',
      'euc-jp',
      'koi8-r',
    );
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 12 }), charset, (pieces, name) => {
        const page = Buffer.concat(pieces);
        const options = { baseUrl: PAGE, contentType: `text/html; charset=${name}` };
        // Each link becomes one mark: with the marks and the links taken out, the bytes are the same.
        const converted = Buffer.from(
          convertLinks(page, options, (url) => (url === 'https://host/x' ? '/x' : null)),
        );
        const plain = (text: Buffer): string => text.toString('latin1').replaceAll('src="/x"', 'src=/x');
        const links = extractLinks(page, options);
        fc.pre(links.every(({ url }) => url === 'https://host/x'));
        expect(plain(converted)).toBe(plain(page));
      }),
      { numRuns: 2000 },
    );
  });
});
