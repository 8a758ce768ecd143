import { expect, test } from 'vitest';
import { base32, digestOf } from '../../src/archive/digest.js';
import { mimeOf, responseHead } from '../../src/archive/http-head.js';
import { blockOf, presentFields, recordHead, warcDate } from '../../src/archive/warc-record.js';

test('a record is its version, its fields in order, its length and an empty line', () => {
  const record = {
    fields: [
      ['WARC-Type', 'resource'],
      ['WARC-Target-URI', 'http://example.org/'],
    ],
    block: blockOf(Buffer.from('ab'), Buffer.from('c')),
  } as const;
  expect(recordHead(record).toString()).toBe(
    'WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: http://example.org/\r\nContent-Length: 3\r\n\r\n',
  );
});

test.each(['a\r\nWARC-Type: x', 'a\nb', 'a\0'])('a value cannot make another field: %j', (value) => {
  expect(() => recordHead({ fields: [['WARC-Target-URI', value]], block: blockOf() })).toThrow(RangeError);
});

test('fields without a value are left out', () => {
  expect(
    presentFields([
      ['a', null],
      ['b', ''],
      ['c', undefined],
    ]),
  ).toEqual([['b', '']]);
});

test('dates are to the second', () => {
  expect(warcDate(new Date('2026-01-02T03:04:05.678Z'))).toBe('2026-01-02T03:04:05Z');
});

// RFC 4648 section 10, without padding.
test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base32 of %j', (text, encoded) => {
  expect(base32(Buffer.from(text))).toBe(encoded);
});

test('the digest of nothing is the one that every archive knows', () => {
  expect(digestOf(new Uint8Array())).toBe('sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ');
});

test('a head is kept as it was received; a transfer coding that is undone is told under another name', () => {
  const rawHeaders = ['Content-TYPE', 'a/b; x="\xe9"', 'transfer-encoding', 'chunked', 'X', 'a\r\n b'];
  const bytes = rawHeaders.map((text) => Buffer.from(text, 'latin1'));
  const head = responseHead({ status: 200, reason: 'Fine', rawHeaders: bytes });
  expect(head.toString('latin1')).toBe(
    'HTTP/1.1 200 Fine\r\nContent-TYPE: a/b; x="\xe9"\r\nX-Archive-Orig-transfer-encoding: chunked\r\nX: a  b\r\n\r\n',
  );
});

test.each([
  ['text/HTML; charset=utf-8', 'text/html'],
  ['', null],
  [null, null],
  ['a b', null],
])('media type of %j', (field, mime) => {
  expect(mimeOf(field)).toBe(mime);
});
