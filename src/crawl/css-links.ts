// URLs in style sheets and style attributes, by the tokens of https://drafts.csswg.org/css-syntax-3/#tokenization: `url()`,
// `src()`, `@import`, `image-set()`. What is in comments, in other strings or in `@namespace` is none.

import type { Place } from './place.js';

export interface CssPlace extends Place {
  readonly attribute: 'url' | '@import';
  /** How it stands there: between quotes, or bare in `url(...)`. */
  readonly quoted: boolean;
}

const SPACE = /[ \t\n\r\f]*/y;
const COMMENT = /\/\*[\s\S]*?(?:\*\/|$)/y;
const ESCAPE = /\\(?:[\da-f]{1,6}(?:\r\n|[ \t\n\r\f])?|[^\n\r\f\da-f])/iuy;
const NAME = /(?:[-\w]|[^\0-\x7f]|\\(?:[\da-f]{1,6}(?:\r\n|[ \t\n\r\f])?|[^\n\r\f\da-f]))+/iuy;
/** What a string runs over without a thought. */
const PLAIN_IN_STRING = /[^"'\\\n\r\f]+/y;
const LINE_CONTINUATION = /\\(?:\r\n|[\n\r\f])/y;
const BARE_URL =
  /(?:[^"'()\\ \t\n\r\f\0-\x08\x0b\x0e-\x1f\x7f]|\\(?:[\da-f]{1,6}(?:\r\n|[ \t\n\r\f])?|[^\n\r\f\da-f]))*/iuy;

/** Functions whose own strings are URLs. */
const IMAGE_SETS = new Set(['image-set', '-webkit-image-set']);
const LINK_FUNCTIONS = new Set(['url', 'src']);

/** The rule of an import that has its URL: what follows are conditions. */
const IMPORTED = 'import done';

/** In their order. */
export function cssPlaces(css: string): CssPlace[] {
  return new CssReader(css).read();
}

class CssReader {
  readonly #css: string;
  readonly #places: CssPlace[] = [];
  /** Names of the functions and brackets that are open. */
  readonly #open: string[] = [];
  #at = 0;
  /** The at-rule whose prelude is being read. */
  #rule = '';

  constructor(css: string) {
    this.#css = css;
  }

  read(): CssPlace[] {
    while (this.#at < this.#css.length) this.#readToken();
    return this.#places;
  }

  #readToken(): void {
    const character = this.#css[this.#at] ?? '';
    if (this.#skip(COMMENT) || this.#skip(SPACE)) return;
    if (character === '"' || character === "'") this.#readString(character);
    else if (character === '@') {
      this.#at++;
      this.#rule = unescapeCss(this.#take(NAME)).toLowerCase();
    } else this.#readNameOrDelimiter(character);
  }

  #readNameOrDelimiter(character: string): void {
    const name = this.#take(NAME);
    if (name !== '') {
      if (this.#css[this.#at] === '(') this.#openFunction(unescapeCss(name).toLowerCase());
      return;
    }
    this.#at++;
    if (character === '(' || character === '[') this.#open.push('');
    else if (character === ')' || character === ']') this.#open.pop();
    // A rule's end, or the block of one: whatever is open was never closed.
    else if (character === ';' || character === '{' || character === '}') {
      this.#rule = '';
      if (character !== ';') this.#open.length = 0;
    }
  }

  #openFunction(name: string): void {
    this.#at++;
    if (name === 'url') {
      this.#skip(SPACE);
      const next = this.#css[this.#at];
      if (next !== '"' && next !== "'") {
        this.#readBareUrl();
        return;
      }
    }
    this.#open.push(name);
  }

  /** From behind `url(` and white space. */
  #readBareUrl(): void {
    const start = this.#at;
    const raw = this.#take(BARE_URL);
    const end = this.#at;
    this.#skip(SPACE);
    if (this.#at >= this.#css.length || this.#css[this.#at] === ')') {
      this.#at++;
      this.#add(unescapeCss(raw), start, end, false);
      return;
    }
    // A bad URL: up to the parenthesis, over escapes.
    while (this.#at < this.#css.length && this.#css[this.#at] !== ')') this.#skip(ESCAPE) || this.#at++;
    this.#at++;
  }

  #readString(quote: string): void {
    const start = ++this.#at;
    for (; this.#at < this.#css.length; ) {
      const character = this.#css[this.#at] ?? '';
      if (character === quote) {
        this.#addString(start, this.#at++);
        return;
      }
      // A string ends with its line, and is none then.
      if (/[\n\r\f]/.test(character)) return;
      this.#skip(PLAIN_IN_STRING) || this.#skip(LINE_CONTINUATION) || this.#skip(ESCAPE) || this.#at++;
    }
    this.#addString(start, this.#css.length);
  }

  #addString(start: number, end: number): void {
    const within = this.#open.at(-1) ?? '';
    const isImport = this.#rule === 'import' && this.#open.length === 0;
    if (!isImport && !LINK_FUNCTIONS.has(within) && !IMAGE_SETS.has(within)) return;
    this.#add(unescapeCss(this.#css.slice(start, end)), start, end, true);
  }

  #add(url: string, start: number, end: number, quoted: boolean): void {
    if (this.#rule === 'namespace' || this.#rule === IMPORTED || url === '') return;
    const isImport = this.#rule === 'import';
    this.#places.push({ url, start, end, quoted, attribute: isImport ? '@import' : 'url' });
    if (isImport) this.#rule = IMPORTED;
  }

  #take(pattern: RegExp): string {
    const start = this.#at;
    this.#skip(pattern);
    return this.#css.slice(start, this.#at);
  }

  /** @returns whether it went on */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#css) || pattern.lastIndex === this.#at) return false;
    this.#at = pattern.lastIndex;
    return true;
  }
}

/** https://drafts.csswg.org/css-syntax-3/#consume-escaped-code-point */
function unescapeCss(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:([\da-f]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|(.)|$)/giu,
    (_, hex: string | undefined, _line: string | undefined, plain: string | undefined) => {
      if (hex === undefined) return plain ?? '';
      const code = Number.parseInt(hex, 16);
      const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
      return String.fromCodePoint(isCharacter ? code : 0xfffd);
    },
  );
}
