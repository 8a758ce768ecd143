// Edits of a text that is known as bytes of some encoding. Only what is edited is encoded again: what is not valid, or has
// several encodings, stays as it was.

import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import type { Edit } from './place.js';

/**
 * @param charset a name of TextDecoder; of `iso-2022-jp` nothing is edited
 * @param editsOf edits in order, without overlap; what is not ASCII in them is escaped as a character reference, but for UTF-8 and UTF-16
 */
export function replaceInBytes(
  bytes: Uint8Array,
  charset: string,
  editsOf: (text: string) => readonly Edit[],
): Uint8Array {
  // A state that goes on from line to line: no byte says by itself what it is.
  if (charset === 'iso-2022-jp') return bytes;
  const text = new TextDecoder(charset, { ignoreBOM: true }).decode(bytes, { stream: true });
  const edits = editsOf(text);
  if (edits.length === 0) return bytes;
  const offsetOf = offsets(bytes, text, charset);
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const edit of edits) {
    pieces.push(bytes.subarray(at, offsetOf(edit.start)), encode(edit.text, charset));
    at = offsetOf(edit.end);
  }
  return Buffer.concat([...pieces, bytes.subarray(at)]);
}

/** Where a character begins in the bytes; to be asked in ascending order. */
function offsets(bytes: Uint8Array, text: string, charset: string): (character: number) => number {
  if (charset.startsWith('utf-16')) return (character) => character * 2;
  if (text.length === bytes.length) return (character) => character;
  let known = 0;
  let offset = 0;
  if (charset === 'utf-8' && isUtf8(bytes)) {
    return (character) => {
      offset += Buffer.byteLength(text.slice(known, character));
      known = character;
      return offset;
    };
  }
  return (character) => {
    // In these encodings some bytes are never the second of a character, so what ends with one can be read by itself.
    for (let end = offset; end < bytes.length; end++) {
      if (!isDelimiter(bytes[end] ?? 0)) continue;
      const length = lengthOf(bytes.subarray(offset, end + 1), charset);
      // The delimiter is one character of one byte, even behind a broken one.
      if (known + length === character + 1) return end;
      if (known + length > character) break;
      known += length;
      offset = end + 1;
      if (known === character) return offset;
    }
    return offset + prefixLength(bytes.subarray(offset), charset, character - known);
  };
}

/** ASCII below the digits, and between them and the letters: quotes, brackets, white space, equals signs. */
function isDelimiter(byte: number): boolean {
  return byte < 0x30 || (byte > 0x39 && byte < 0x40);
}

function lengthOf(bytes: Uint8Array, charset: string): number {
  return new TextDecoder(charset, { ignoreBOM: true }).decode(bytes).length;
}

/** Bytes of the first so many characters; they are few. */
function prefixLength(bytes: Uint8Array, charset: string, characters: number): number {
  let end = 0;
  while (end < bytes.length && lengthOf(bytes.subarray(0, end), charset) < characters) end++;
  return end;
}

function encode(text: string, charset: string): Uint8Array {
  if (charset === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (charset === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  if (charset === 'utf-8') return Buffer.from(text);
  return Buffer.from(text.replace(/[^\0-\x7f]/gu, (character) => `&#${character.codePointAt(0)};`));
}
