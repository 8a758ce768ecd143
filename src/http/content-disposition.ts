// The file name of a Content-Disposition field (RFC 6266), with what browsers accept beyond the grammar: no type, unquoted
// names with spaces, a quote that is never closed, UTF-8 as it is. Continuations (RFC 2231 3) are no part of RFC 6266 and
// are left alone, and so are percent signs and encoded words in a plain `filename`: they may well be meant.

import { isUtf8 } from 'node:buffer';
import { asUtf8 } from './header-fields.js';

/** RFC 8187 3.2: charset, perhaps a language, the value. */
const EXTENDED = /^([^']+)'[^']*'(.+)$/;
const BAD_ESCAPE = /%(?![\da-f]{2})/i;

/**
 * The name as the server means it: any text, with separators and controls as they may be. `filename*` goes before
 * `filename` where it can be understood (RFC 6266 4.3); of parameters that come twice the first counts. The type is of no
 * account: a name for what is shown inline is a name too.
 *
 * @param value the field as received, read as latin1
 * @returns null where it gives none
 */
export function dispositionName(value: string): string | null {
  let plain: string | null = null;
  let extended: string | null = null;
  for (const [name, text] of parametersOf(value)) {
    if (name === 'filename') plain ??= text === '' ? null : asUtf8(text);
    else if (name === 'filename*') extended ??= decodeExtended(text);
  }
  return extended ?? plain;
}

/** Parameters in their order, names in lower case. */
function* parametersOf(value: string): Generator<readonly [name: string, text: string]> {
  for (let at = 0; at < value.length; ) {
    const end = endOf(value, at);
    const equals = value.slice(at, end).indexOf('=');
    const begin = at + equals + 1;
    const text = trimmed(value, begin, end);
    const name = trimmed(value, at, begin - 1).toLowerCase();
    at = end + 1;
    // The type, or a word without a value.
    if (equals === -1) continue;
    if (text[0] === '"') {
      const [unquoted, after] = unquote(value, value.indexOf('"', begin) + 1);
      yield [name, unquoted];
      at = endOf(value, after) + 1;
    } else yield [name, text];
  }
}

/** A quoted-string (RFC 9110 5.6.4) from behind its first quote, and where it ends. */
function unquote(value: string, begin: number): [text: string, after: number] {
  let text = '';
  let at = begin;
  for (; at < value.length && value[at] !== '"'; at++) {
    if (value[at] === '\\' && at + 1 < value.length) at++;
    text += value[at];
  }
  return [text, at + 1];
}

/** @returns null for what is no such value, or not of its charset */
function decodeExtended(text: string): string | null {
  const [, charset = '', encoded = ''] = EXTENDED.exec(text) ?? [];
  if (encoded === '' || BAD_ESCAPE.test(encoded)) return null;
  const bytes = encoded.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  switch (charset.toLowerCase()) {
    case 'iso-8859-1':
      return bytes;
    case 'utf-8':
      return isUtf8(Buffer.from(bytes, 'latin1')) ? Buffer.from(bytes, 'latin1').toString() : null;
    default:
      return null;
  }
}

/** The next semicolon, or the end. */
function endOf(value: string, from: number): number {
  const at = value.indexOf(';', from);
  return at === -1 ? value.length : at;
}

/** Without spaces and tabs only: among these bytes U+00A0 is the half of a letter. */
function trimmed(value: string, begin: number, end: number): string {
  let [first, last] = [begin, end];
  while (isSpace(value[first])) first++;
  while (last > first && isSpace(value[last - 1])) last--;
  return value.slice(first, last);
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}
