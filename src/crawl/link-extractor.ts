// The links of a page or style sheet, read as it arrives and resolved as browsers do.

import { ByteDecoder } from './byte-decoder.js';
import { PRESCAN_LENGTH, sniffCharset } from './charset.js';
import { type CssPlace, CssReader } from './css-links.js';
import { type DocumentType, documentTypeOf } from './document-type.js';
import { isNofollow, placesIn, referencesOf } from './html-links.js';
import type { Link } from './link.js';
import { type MarkupStream, readMarkup, type Tag } from './markup.js';
import { mediaTypeOf } from './media-types.js';
import { encodeQuery } from './query-encoding.js';
import { parseUrl } from './url-key.js';

export interface LinkOptions {
  /** Where the text is from: what its relative URLs mean. */
  readonly baseUrl: string | URL;
  /** @default by `contentType`, else `html` */
  readonly type?: DocumentType;
  /** The response's Content-Type, for its charset. */
  readonly contentType?: string | null;
}

export interface PageLinks {
  /** In the order of the text, as often as they stand there. */
  readonly links: readonly Link[];
  /** Elements `<meta name>`, for what robots are told. */
  readonly metas: readonly { readonly name: string; readonly content: string }[];
  /** What was left out, and why; null for nothing. */
  readonly omitted: string | null;
}

/** Pages in pages (`srcdoc`) that are read. */
const DEEPEST = 4;
/** Characters of all links of a page that are kept, each with what surrounds it: 500,000 links as they are in pages. */
const MOST_KEPT = 64 * 1024 * 1024;
const LINK_SIZE = 64;

/**
 * The links of a text: absolute, http and https only, in its order.
 *
 * @param html a string, or bytes in the encoding that they say or that `contentType` says
 */
export function extractLinks(html: string | Uint8Array, options: LinkOptions): Link[] {
  const extractor = new LinkExtractor(options);
  if (typeof html === 'string') extractor.writeText(html);
  else extractor.write(html);
  return [...extractor.end().links];
}

/** One page or style sheet that is fed as it comes, and gives its links at the end: only then its base is known. */
export class LinkExtractor {
  readonly #options: LinkOptions;
  readonly #type: DocumentType;
  /** With URLs as written: a base may yet come, https://html.spec.whatwg.org/multipage/urls-and-fetching.html#document-base-url */
  readonly #found: Link[] = [];
  readonly #metas: { name: string; content: string }[] = [];
  /** First bytes, until the encoding is known. */
  #start: Uint8Array[] = [];
  #startLength = 0;
  #decoder: ByteDecoder | null = null;
  #charset = 'utf-8';
  #markup: MarkupStream;
  readonly #css = this.#cssReader('css');
  /** Characters that links and metas may still take. */
  #room = MOST_KEPT;
  readonly #omitted = new Set<string>();
  #base: string | null = null;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#type = typeOf(options);
    this.#markup = this.#reader(0);
  }

  /** The next bytes; they may be cut anywhere, and are the caller's again afterwards. */
  write(bytes: Uint8Array): void {
    if (this.#decoder !== null) {
      this.writeText(this.#decoder.decode(bytes));
      return;
    }
    this.#start.push(bytes.slice());
    this.#startLength += bytes.length;
    if (this.#startLength >= PRESCAN_LENGTH) this.#decide();
  }

  /** The next of a text that is decoded already. */
  writeText(text: string): void {
    if (this.#type === 'css') this.#css.write(text);
    else this.#markup.write(text);
  }

  end(): PageLinks {
    if (this.#decoder === null && this.#startLength > 0) this.#decide();
    if (this.#decoder !== null) this.writeText(this.#decoder.end());
    this.#markup.end();
    this.#css.end();
    const page = parseUrl(String(this.#options.baseUrl));
    const base = page === null ? null : baseOf(this.#base, page, this.#charset);
    const links: Link[] = [];
    for (const { url: written, tag, attribute, kind, nofollow } of this.#found) {
      const url = base === null ? null : resolveLink(written, base, this.#charset);
      if (url !== null) links.push({ url: url.href, tag, attribute, kind, nofollow });
    }
    const omitted = this.#omitted.size === 0 ? null : `not all links read: ${[...this.#omitted].join(', ')}`;
    return { links, metas: this.#metas, omitted };
  }

  #decide(): void {
    const start = Buffer.concat(this.#start);
    this.#start = [];
    this.#charset = sniffCharset(this.#type, start, this.#options.contentType ?? null);
    this.#decoder = new ByteDecoder(this.#charset);
    this.write(start);
  }

  #reader(depth: number): MarkupStream {
    let style: CssReader | null = null;
    return readMarkup(this.#type === 'xml' && depth === 0 ? 'xml' : 'html', {
      onTag: (tag) => {
        if (tag.name === 'style') style = this.#cssReader('style');
        this.#addTag(tag, depth);
      },
      onText: (text) => {
        style?.write(text);
      },
      onClose: (name) => {
        if (name !== 'style' || style === null) return;
        style.end();
        style = null;
      },
      onOmitted: (what) => this.#omitted.add(what),
    });
  }

  #addTag(tag: Tag, depth: number): void {
    const name = tag.name.toLowerCase();
    const value = (attribute: string): string | null => tag.attributes.get(attribute)?.value ?? null;
    if (name === 'base' && depth === 0 && !tag.isForeign) this.#base ??= value('href');
    if (name === 'meta' && value('name') !== null && this.#hasRoom(value('content') ?? '')) {
      this.#metas.push({ name: value('name') ?? '', content: value('content') ?? '' });
    }
    const references = referencesOf(tag);
    const nofollow = references.length > 0 && isNofollow(tag);
    for (const { attribute, form, kind } of references) {
      if (form === 'document') this.#addDocument(attribute.value, depth + 1);
      for (const { url } of placesIn(attribute.value, form)) {
        if (!isReference(url)) continue;
        this.#add({ url, tag: name, attribute: attribute.name, kind, nofollow });
      }
    }
  }

  #addDocument(html: string, depth: number): void {
    if (depth > DEEPEST) return;
    const reader = this.#reader(depth);
    reader.write(html);
    reader.end();
  }

  #cssReader(tag: 'css' | 'style'): CssReader {
    return new CssReader(
      (place) => this.#addPlace(place, tag),
      () => this.#omitted.add('too long a URL'),
    );
  }

  #addPlace(place: CssPlace, tag: 'css' | 'style'): void {
    const attribute = tag === 'style' ? 'text' : place.attribute;
    this.#add({ url: place.url, tag, attribute, kind: 'requisite', nofollow: false });
  }

  #add(link: Link): void {
    // What is no link at last need not be kept.
    if (/^[\t\n\f\r ]*data:/i.test(link.url)) return;
    if (this.#hasRoom(link.url)) this.#found.push(link);
  }

  #hasRoom(text: string): boolean {
    const left = this.#room - text.length - LINK_SIZE;
    if (left < 0) this.#omitted.add('too many');
    else this.#room = left;
    return left >= 0;
  }
}

export function typeOf({ type, contentType = null }: LinkOptions): DocumentType {
  return type ?? documentTypeOf(mediaTypeOf(contentType)) ?? 'html';
}

/** The first `base` with an href decides, unless it is no URL, or one of data or script. */
export function baseOf(href: string | null, page: URL, charset: string): URL {
  const base = href === null ? null : parseUrl(encodeQuery(href, charset), page);
  return base === null || /^(?:data|javascript):$/.test(base.protocol) ? page : base;
}

/** @returns null for what is no http or https URL */
export function resolveLink(written: string, base: URL, charset: string): URL | null {
  const url = parseUrl(encodeQuery(written, charset), base);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : null;
}

/** An empty value leads nowhere, or to the page itself. */
export function isReference(written: string): boolean {
  return written.trim() !== '';
}
