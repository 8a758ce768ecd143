// Which encoding a page or style sheet is in: https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
// and https://drafts.csswg.org/css-syntax-3/#input-byte-stream. Names are those of TextDecoder.

import { isUtf8 } from 'node:buffer';
import type { DocumentType } from './document-type.js';

/** Bytes that are looked at for a declaration. */
export const PRESCAN_LENGTH = 1024;

const ATTRIBUTE = /[\s/]*([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)?))?/y;
const TAG = /<!--(?:-?>|[\s\S]*?-->)|<(\/?)([a-z][^\s/>]*)|<[!/?][^>]*>?/giy;
const IN_CONTENT = /charset[ \t\n\f\r]*=[ \t\n\f\r]*(?:"([^"]*)"|'([^']*)'|([^ \t\n\f\r;"'][^ \t\n\f\r;]*))/i;

/**
 * @param start the first PRESCAN_LENGTH bytes, or all
 * @param contentType the field, or null
 * @returns `utf-8` where nothing is said and the bytes are such; else, as in browsers, `windows-1252`
 */
export function sniffCharset(type: DocumentType, start: Uint8Array, contentType: string | null): string {
  const bytes = start.subarray(0, PRESCAN_LENGTH);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const said =
    byteOrderMark(text) ??
    encodingOf(/;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1]) ??
    asAscii(DECLARED[type](text));
  if (said !== null) return said;
  return type !== 'html' || isUtf8(withoutCutEnd(bytes)) ? 'utf-8' : 'windows-1252';
}

/** The name by which TextDecoder knows a label; null for none that it knows. */
export function encodingOf(label: string | undefined): string | null {
  if (label === undefined) return null;
  try {
    return new TextDecoder(label.trim()).encoding;
  } catch {
    return null;
  }
}

function byteOrderMark(text: string): string | null {
  if (text.startsWith('\xef\xbb\xbf')) return 'utf-8';
  if (text.startsWith('\xfe\xff')) return 'utf-16be';
  return text.startsWith('\xff\xfe') ? 'utf-16le' : null;
}

/** What could be read as ASCII is not UTF-16, whatever it says. */
function asAscii(encoding: string | null): string | null {
  return encoding?.startsWith('utf-16') ? 'utf-8' : encoding;
}

/** https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding */
function declared(text: string): string | null {
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at)) {
    TAG.lastIndex = at;
    const tag = TAG.exec(text);
    at = tag === null ? at + 1 : TAG.lastIndex;
    if (tag?.[2] === undefined) continue;
    const [attributes, after] = readAttributes(text, at);
    at = after;
    const found = tag[1] === '' && tag[2].toLowerCase() === 'meta' ? ofMeta(attributes) : null;
    if (found !== null) return found;
  }
  return inXml(text);
}

function inXml(text: string): string | null {
  return encodingOf(/^<\?xml[^>]*\sencoding\s*=\s*["']([^"'>]+)["']/.exec(text)?.[1]);
}

const DECLARED = {
  html: declared,
  xml: inXml,
  css: (text: string) => encodingOf(/^@charset "([^"]*)";/.exec(text)?.[1]),
};

function readAttributes(text: string, from: number): [ReadonlyMap<string, string>, number] {
  const attributes = new Map<string, string>();
  let at = from;
  for (;;) {
    ATTRIBUTE.lastIndex = at;
    const found = ATTRIBUTE.exec(text);
    if (found === null) return [attributes, at];
    at = ATTRIBUTE.lastIndex;
    const name = (found[1] ?? '').toLowerCase();
    if (!attributes.has(name)) attributes.set(name, found[2] ?? found[3] ?? found[4] ?? '');
  }
}

function ofMeta(attributes: ReadonlyMap<string, string>): string | null {
  const charset = attributes.get('charset');
  if (charset !== undefined) return encodingOf(charset);
  if (attributes.get('http-equiv')?.toLowerCase() !== 'content-type') return null;
  const [, double, single, bare] = IN_CONTENT.exec(attributes.get('content') ?? '') ?? [];
  return encodingOf(double ?? single ?? bare);
}

/** The last character may be cut: up to three bytes of it may be there. */
function withoutCutEnd(bytes: Uint8Array): Uint8Array {
  if (bytes.length < PRESCAN_LENGTH) return bytes;
  let end = bytes.length;
  while (end > bytes.length - 4 && (bytes[end - 1] ?? 0) >= 0x80) end--;
  return bytes.subarray(0, end);
}
