import { expect, it } from 'vitest';
import { refreshPlace } from '../../src/crawl/meta-refresh.js';

// After the tests of the standard: https://github.com/web-platform-tests/wpt/tree/master/html/semantics/document-metadata/the-meta-element/pragma-directives/attr-meta-http-equiv-refresh
it.each<[string, string | null]>([
  ['0', null],
  ['5 ', null],
  ['', null],
  ['0; url=x', 'x'],
  ['0;url=x', 'x'],
  ['0,url=x', 'x'],
  ['0 url=x', 'x'],
  ['0;URL = x', 'x'],
  ['0; x', 'x'],
  ['0 x', 'x'],
  ["0; url='x'y", 'x'],
  ['0; url="x', 'x'],
  ["0; 'x'", 'x'],
  ['0; url=', ''],
  ['0; urlx', 'urlx'],
  ['1.5; url=x', 'x'],
  ['.5; url=x', 'x'],
  ['0.; url=x', 'x'],
  [' \t0 ; url=x', 'x'],
  ['; url=x', null],
  ['url=x', null],
  ['-1; url=x', null],
  ['+1; url=x', null],
  ['0x; url=x', null],
  ['0; url=url=x', 'url=x'],
  ['0;url=x y ', 'x y '],
  ['0;', null],
])('%j leads to %j', (content, url) => {
  const place = refreshPlace(content);
  expect(place?.url ?? null).toBe(url);
  if (place !== null) expect(content.slice(place.start, place.end)).toBe(place.url);
});
