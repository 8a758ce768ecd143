// Texts that are made to stop whoever reads them: each would take minutes or more where time grows with the square of the length.

import { expect, test } from 'vitest';
import { findDate } from '../../src/crawl/calendar-date.js';
import { cssPlaces } from '../../src/crawl/css-links.js';
import { headerLinks } from '../../src/crawl/link-header.js';
import { refreshPlace } from '../../src/crawl/meta-refresh.js';
import { parseRobots, ROBOTS_LIMIT } from '../../src/crawl/robots.js';
import { headerDirectives } from '../../src/crawl/robots-directives.js';
import { findSessionId } from '../../src/crawl/session-id.js';
import { srcsetPlaces } from '../../src/crawl/srcset.js';

const MANY = ROBOTS_LIMIT - 100;
const of = (text: string): string => text.repeat(Math.floor(MANY / text.length));

test.each<[string, string, boolean]>([
  ['blanks within a rule', `Disallow: /a${of(' ')}b`, true],
  ['blanks before a line separator', `Disallow${of(' ')}\u2028b`, true],
  ['blanks and separators', `Disallow: /a${of(' \u2028')}b`, true],
  ['blanks after a rule', `Disallow: /a${of(' ')}`, false],
  ['blanks alone', of(' \t'), true],
  ['a word', of('a'), true],
  ['stars', `Disallow: /${of('*a')}`, true],
  ['escapes', `Disallow: /${of('%zz')}`, true],
  ['digits of a delay', `Crawl-delay: ${of('1')}x`, true],
  ['names of user agents', `User-agent: Mozilla/${of('(compatible; ')}`, true],
  ['blanks in the name of a user agent', `User-agent: Mozilla/ (compatible;${of(' ')})`, true],
])('robots.txt: %s', (_, line, allowed) => {
  expect(parseRobots(`User-agent: *\n${line}`).allows('http://h/a', 'bot')).toBe(allowed);
});

test.each([
  'url(a b',
  'url(',
  '\\a',
  '/*',
  '/**/',
  '"\n',
  '"\\',
  '@import ',
  'image-set(',
  '(',
  'a',
  'é',
  ' ',
])('a style sheet of many %j', (piece) => {
  expect(cssPlaces(`${of(piece)}`)).toEqual([]);
});

test.each<[string, () => unknown, unknown]>([
  ['digits of a refresh', () => refreshPlace(`${of('1')}x`), null],
  ['blanks of a refresh', () => refreshPlace(`1${of(' ')}x`)?.url, 'x'],
  ['points of a refresh', () => refreshPlace(`${of('1.')}x`), null],
  ['digits of a srcset', () => srcsetPlaces(`a ${of('1')}.x!x`), []],
  ['brackets of a srcset', () => srcsetPlaces(`a ${of('(')}`), []],
  ['commas of a srcset', () => srcsetPlaces(of(', ')), []],
  ['blanks of a Link field', () => headerLinks([`<a>${of(' ')}<b>`], 'http://h/').length, 2],
  ['escapes of a Link field', () => headerLinks([`<a>;a="${'\\a'.repeat(30_000)}`], 'http://h/').length, 1],
  ['a word of X-Robots-Tag', () => headerDirectives([`${of('a')}${of(' ')}`], 'x').nofollow, false],
  ['digits of a query', () => findDate(new URL(`http://h/?day=${of('1')}x`)), null],
  ['words before an equals sign', () => findDate(new URL(`http://h/?${of('cal')}=x`)), null],
  ['separators of a query', () => findSessionId(new URL(`http://h/?${of('&')}x`)), null],
])('%s', (_, read, expected) => {
  expect(read()).toEqual(expected);
});
