// Sitemaps: XML with URLs or with further sitemaps, and text with a URL a line. https://www.sitemaps.org/protocol.html
// A gzip around it is the caller's to take off.

import { readMarkup } from './markup.js';
import { parseUrl } from './url-key.js';

/** The protocol's own limits. */
export const SITEMAP_MOST_URLS = 50_000;
export const SITEMAP_MOST_BYTES = 50 * 1024 * 1024;

export interface Sitemap {
  /** `index`: the URLs are sitemaps themselves. */
  readonly kind: 'urls' | 'index';
  /** Absolute, http and https, in their order. */
  readonly urls: readonly string[];
  /** Something was left out: a limit was reached, or its end could not be read. */
  readonly truncated: boolean;
}

const ENTRIES = new Set(['url', 'sitemap']);
const LOCATION = 'loc';
/** Characters of a text's line that are kept; a URL of a sitemap has fewer than 2,048. */
const LONGEST_LINE = 16_384;

/** One sitemap that is fed as it comes. What is no sitemap has no URLs; nothing is an error. */
export class SitemapReader {
  readonly #decoder = new TextDecoder();
  readonly #open: string[] = [];
  readonly #urls: string[] = [];
  readonly #markup = readMarkup('xml', {
    onTag: ({ name }) => this.#openElement(name),
    onText: (text) => {
      if (this.#location !== null) this.#location += text;
    },
    onClose: (name) => this.#closeElement(name),
  });
  #kind: Sitemap['kind'] = 'urls';
  #format: 'unknown' | 'xml' | 'text' = 'unknown';
  #truncated = false;
  #bytes = 0;
  /** Text of the `loc` that is being read. */
  #location: string | null = null;
  /** The line that is not whole yet, or what there is before the format is known. */
  #rest = '';

  /** Whether more would change anything. */
  get isFull(): boolean {
    return this.#truncated;
  }

  write(bytes: Uint8Array): void {
    if (this.#truncated) return;
    const room = SITEMAP_MOST_BYTES - this.#bytes;
    this.#bytes += bytes.length;
    this.#read(this.#decoder.decode(bytes.subarray(0, room), { stream: true }));
    if (bytes.length > room) this.#truncated = true;
  }

  end(): Sitemap {
    this.#read(this.#decoder.decode());
    // A line that a limit has cut is another URL.
    if (this.#format === 'text' && !this.#truncated) this.#add(this.#rest);
    this.#markup.end();
    return { kind: this.#kind, urls: this.#urls, truncated: this.#truncated };
  }

  #read(text: string): void {
    this.#rest += text;
    const [first] = this.#rest.trimStart();
    if (first === undefined) {
      this.#rest = '';
      return;
    }
    if (this.#format === 'unknown') this.#format = first === '<' ? 'xml' : 'text';
    if (this.#format === 'xml') {
      this.#markup.write(this.#rest);
      this.#rest = '';
    } else {
      const lines = this.#rest.split(/\r\n|[\r\n]/);
      this.#rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
      for (const line of lines) this.#add(line);
    }
  }

  /** Only a `loc` of an entry: those of images, videos and other languages are not pages. */
  #openElement(name: string): void {
    const [prefix, local] = split(name);
    const [parentPrefix, parent] = split(this.#open.at(-1) ?? '');
    if (local === 'sitemapindex' && this.#open.length === 0) this.#kind = 'index';
    if (local === LOCATION && ENTRIES.has(parent) && prefix === parentPrefix) this.#location = '';
    this.#open.push(name);
  }

  #closeElement(name: string): void {
    this.#open.pop();
    if (split(name)[1] !== LOCATION || this.#location === null) return;
    this.#add(this.#location);
    this.#location = null;
  }

  #add(written: string): void {
    const url = parseUrl(written.trim());
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return;
    if (this.#urls.length < SITEMAP_MOST_URLS) this.#urls.push(url.href);
    else this.#truncated = true;
  }
}

function split(name: string): [prefix: string, local: string] {
  const colon = name.indexOf(':');
  return [name.slice(0, Math.max(colon, 0)), name.slice(colon + 1).toLowerCase()];
}
