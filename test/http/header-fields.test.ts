import { expect, it } from 'vitest';
import { asUtf8, bodyLength, fieldValue } from '../../src/http/header-fields.js';

it('reads a field, the first of several', () => {
  const headers = { one: '1', two: ['a', 'b'], none: [], empty: '' };
  expect(['one', 'two', 'none', 'empty', 'absent'].map((name) => fieldValue(headers, name))).toEqual([
    '1',
    'a',
    null,
    '',
    null,
  ]);
});

it.each([
  ['0', 0],
  [' 12 ', 12],
  ['007', 7],
  ['9007199254740991', 9_007_199_254_740_991],
  ['9007199254740992', null],
  ['1'.repeat(400), null],
  ['', null],
  ['-1', null],
  ['+1', null],
  ['1.0', null],
  ['0x10', null],
  ['5, 5', null],
  ['1e3', null],
])('Content-Length %j is %s', (value, length) => {
  expect(bodyLength(200, { 'content-length': value })).toBe(length);
});

it('expects no body with 204 and 304, and does not know the length where nothing is said', () => {
  expect(bodyLength(304, { 'content-length': '5' })).toBe(0);
  expect(bodyLength(204, {})).toBe(0);
  expect(bodyLength(200, {})).toBeNull();
});

it('reads UTF-8 out of latin1 where it is valid', () => {
  expect(asUtf8('caf\xc3\xa9')).toBe('café');
  expect(asUtf8('caf\xe9')).toBe('café');
  expect(asUtf8('plain')).toBe('plain');
  expect(asUtf8('€')).toBe('€');
  expect(asUtf8('\xef\xbb\xbfx')).toBe('\ufeffx');
});
