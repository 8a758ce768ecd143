import { describe, expect, it } from 'vitest';
import { sniffCharset } from '../../src/crawl/charset.js';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('a page', () => {
  it.each<[string, string | null, string]>([
    ['', null, 'utf-8'],
    ['é', null, 'windows-1252'],
    ['\xc3\xa9', null, 'utf-8'],
    ['<meta charset=koi8-r>', 'text/html; charset=utf-8', 'utf-8'],
    ['<meta charset=koi8-r>', 'text/html; charset=nonsense', 'koi8-r'],
    ['\xef\xbb\xbf<meta charset=koi8-r>', 'text/html; charset=koi8-r', 'utf-8'],
    ['\xff\xfea', 'text/html; charset=utf-8', 'utf-16le'],
    ['\xfe\xffa', null, 'utf-16be'],
    ['', 'text/html;charset="Shift_JIS"', 'shift_jis'],
    ['', 'text/html; charset=latin1', 'windows-1252'],
    ['<meta charset="koi8-r">', null, 'koi8-r'],
    ["<META x CHARSET = ' koi8-r '>", null, 'koi8-r'],
    ['<meta charset=koi8-r/>', null, 'utf-8'],
    ['<meta/charset=koi8-r >', null, 'koi8-r'],
    ['<meta http-equiv=Content-Type content="text/html; charset=koi8-r">', null, 'koi8-r'],
    ['<meta content="text/html; charset = \'koi8-r\'" http-equiv="content-type">', null, 'koi8-r'],
    ['<meta content="text/html; charset=koi8-r">', null, 'utf-8'],
    ['<meta charset=nonsense><meta charset=koi8-r>', null, 'koi8-r'],
    ['<!-- <meta charset=koi8-r> -->', null, 'utf-8'],
    ['<!-- > --><meta charset=koi8-r>', null, 'koi8-r'],
    ['<!--><meta charset=koi8-r>-->', null, 'koi8-r'],
    ['<p title="<meta charset=koi8-r>">', null, 'utf-8'],
    ['</meta charset=koi8-r>', null, 'utf-8'],
    ['<metax charset=koi8-r>', null, 'utf-8'],
    ['<? <meta charset=koi8-r>', null, 'utf-8'],
    ['<meta charset=utf-16>', null, 'utf-8'],
    ['<?xml version="1.0" encoding="koi8-r"?>', null, 'koi8-r'],
    [`${' '.repeat(1024)}<meta charset=koi8-r>`, null, 'utf-8'],
    [`${' '.repeat(1023)}\xc3\xa9`, null, 'utf-8'],
  ])('%j, %s: %s', (text, contentType, charset) => {
    expect(sniffCharset('html', latin1(text), contentType)).toBe(charset);
  });
});

describe('a style sheet', () => {
  it.each<[string, string | null, string]>([
    ['', null, 'utf-8'],
    ['é', null, 'utf-8'],
    ['@charset "koi8-r";', null, 'koi8-r'],
    ["@charset 'koi8-r';", null, 'utf-8'],
    [' @charset "koi8-r";', null, 'utf-8'],
    ['@charset "utf-16";', null, 'utf-8'],
    ['@charset "koi8-r";', 'text/css; charset=utf-8', 'utf-8'],
    ['\xef\xbb\xbf@charset "koi8-r";', 'text/css; charset=koi8-r', 'utf-8'],
  ])('%j, %s: %s', (text, contentType, charset) => {
    expect(sniffCharset('css', latin1(text), contentType)).toBe(charset);
  });
});
