// Pages and style sheets whose links lead to local files: to be browsed without a network. Only the URLs change; every other
// byte stays, whatever the encoding.

import { replaceInBytes } from './byte-edits.js';
import { sniffCharset } from './charset.js';
import { cssPlaces } from './css-links.js';
import type { DocumentType } from './document-type.js';
import { placesIn, type ReferenceForm, referencesOf } from './html-links.js';
import { baseOf, isReference, type LinkOptions, resolveLink, typeOf } from './link-extractor.js';
import { type Attribute, readMarkup } from './markup.js';
import { type Edit, replacePlaces } from './place.js';
import { parseUrl } from './url-key.js';

/**
 * Where a link shall lead.
 *
 * @param url absolute, without fragment
 * @returns a relative URL in ASCII, escaped; null for what is not there: it will lead to the absolute URL
 */
export type LocalReference = (url: string) => string | null;

/** What a reference becomes; null: it stays as it is. */
type Rewrite = (written: string) => string | null;

type Syntax = Exclude<DocumentType, 'css'>;

const DEEPEST = 4;
/** Stands for `&` until the rest is escaped; no URL has it. */
const AMPERSAND = '\0';
const CDATA = /^\s*<!\[CDATA\[/;

/**
 * @param bytes a whole page or style sheet
 * @returns the same with other links. A `base` is emptied, because the links that are left are absolute.
 */
export function convertLinks(bytes: Uint8Array, options: LinkOptions, local: LocalReference): Uint8Array {
  const type = typeOf(options);
  const charset = sniffCharset(type, bytes, options.contentType ?? null);
  return replaceInBytes(bytes, charset, (text) =>
    type === 'css'
      ? cssEdits(text, rewriteFrom(parseUrl(String(options.baseUrl)), charset, local))
      : pageEdits(text, type, options, charset, local),
  );
}

function pageEdits(
  html: string,
  syntax: Syntax,
  options: LinkOptions,
  charset: string,
  local: LocalReference,
): Edit[] {
  const page = parseUrl(String(options.baseUrl));
  const bases: (Attribute | null)[] = [];
  const stream = readMarkup(syntax, {
    onTag: ({ name, isForeign, attributes }) => {
      if (name === 'base' && !isForeign && attributes.has('href')) bases.push(attributes.get('href') ?? null);
    },
  });
  stream.write(html);
  stream.end();
  const base = page === null ? null : baseOf(bases[0]?.value ?? null, page, charset);
  const edits = markupEdits(html, syntax, rewriteFrom(base, charset, local, bases.length > 0), 0);
  const emptied = bases.flatMap((href) => (href === null ? [] : attributeEdit(html, href, '')));
  return [...edits, ...emptied].sort((one, other) => one.start - other.start);
}

/** @param moved the page has a base: a mere fragment or query is not the page's own */
function rewriteFrom(base: URL | null, charset: string, local: LocalReference, moved = false): Rewrite {
  return (written) => {
    if (base === null || !isReference(written) || (written.trim().startsWith('#') && !moved)) return null;
    const url = resolveLink(written, base, charset);
    if (url === null) return null;
    const { hash } = url;
    url.hash = '';
    const target = local(url.href);
    return (target ?? url.href) + hash;
  };
}

function markupEdits(html: string, syntax: Syntax, rewrite: Rewrite, depth: number): Edit[] {
  const edits: Edit[] = [];
  let style: { start: number; end: number } | null = null;
  const stream = readMarkup(syntax, {
    onTag: (tag) => {
      if (tag.name === 'style') style = { start: -1, end: -1 };
      for (const { attribute, form } of referencesOf(tag)) {
        const value = rewriteValue(attribute.value, form, rewrite, depth);
        if (value !== attribute.value) edits.push(...attributeEdit(html, attribute, value));
      }
    },
    onText: (_, start, end) => {
      if (style !== null) style = { start: style.start === -1 ? start : style.start, end };
    },
    onClose: (name) => {
      if (name !== 'style' || style === null) return;
      const { start: from, end } = style;
      style = null;
      if (from === -1) return;
      const section = syntax === 'xml' ? CDATA.exec(html.slice(from, end)) : null;
      const start = from + (section?.[0].length ?? 0);
      const rewriteStyle = syntax === 'xml' && section === null ? inXml(rewrite) : rewrite;
      for (const edit of cssEdits(html.slice(start, end), rewriteStyle)) {
        edits.push({ ...edit, start: edit.start + start, end: edit.end + start });
      }
    },
  });
  stream.write(html);
  stream.end();
  return edits.sort((one, other) => one.start - other.start);
}

function rewriteValue(value: string, form: ReferenceForm, rewrite: Rewrite, depth: number): string {
  if (form === 'document')
    return depth < DEEPEST ? replacePlaces(value, markupEdits(value, 'html', rewrite, depth + 1)) : value;
  if (form === 'style') return replacePlaces(value, cssEdits(value, rewrite));
  const edits = placesIn(value, form).flatMap(({ url, start, end }) => {
    const text = rewrite(url);
    if (text === null) return [];
    // A comma at the end of a URL of a srcset is not the URL's, so an empty fragment ends it; a quote ends that of a refresh.
    if (form === 'srcset') return [{ start, end, text: text.replace(/,$/, ',#') }];
    return [{ start, end, text: form === 'refresh' ? text.replaceAll("'", '%27') : text }];
  });
  return replacePlaces(value, edits);
}

/** In a style of XML `&` begins an entity; as an escape of CSS it does not. */
function inXml(rewrite: Rewrite): Rewrite {
  return (written) => rewrite(written.replaceAll('&amp;', '&'))?.replaceAll('&', AMPERSAND) ?? null;
}

/** Every delimiter of CSS is escaped, so that it does not matter whether the URL stands in quotes. */
function cssEdits(css: string, rewrite: Rewrite): Edit[] {
  return cssPlaces(css).flatMap(({ url, start, end }) => {
    const text = rewrite(url);
    if (text === null || url.startsWith('#')) return [];
    const escaped = text.replace(/["'()\\]/g, '\\$&').replaceAll(AMPERSAND, '\\26 ');
    return [{ start, end, text: escaped }];
  });
}

/** The value between its quotes; one without gets them. */
function attributeEdit(html: string, { start, end }: Attribute, value: string): Edit[] {
  const written = html.slice(start, end);
  const [before = ''] = /^[^\s/>=]+\s*=\s*/.exec(written) ?? [];
  if (before === '') return [];
  const first = written[before.length];
  const quote = first === '"' || first === "'" ? first : '';
  const text = value
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll('<', '&lt;');
  const from = start + before.length + quote.length;
  const to = quote !== '' && written.endsWith(quote) ? end - quote.length : end;
  return [{ start: from, end: to, text: quote === '' ? `"${text}"` : text }];
}
