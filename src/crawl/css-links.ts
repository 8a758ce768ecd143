// URLs in style sheets and style attributes, by the tokens of https://drafts.csswg.org/css-syntax-3/#tokenization: `url()`,
// `src()`, `@import`, `image-set()`. What is in comments, in other strings or in `@namespace` is none.

import type { Place } from './place.js';

export interface CssPlace extends Place {
  readonly attribute: 'url' | '@import';
  /** How it stands there: between quotes, or bare in `url(...)`. */
  readonly quoted: boolean;
}

// Runs of one class each: patterns with alternatives would keep a way back for each character of a long token.
const SPACE = /[ \t\n\r\f]+/y;
const ESCAPE = /\\(?:[\da-f]{1,6}(?:\r\n|[ \t\n\r\f])?|[^\n\r\f\da-f])/iy;
const LINE_CONTINUATION = /\\(?:\r\n|[\n\r\f])/y;
const PLAIN_IN_NAME = /[-\w\x80-\uffff]+/y;
const PLAIN_IN_STRING = /[^"'\\\n\r\f]+/y;
const PLAIN_IN_URL = /[^"'()\\ \t\n\r\f\0-\x08\x0b\x0e-\x1f\x7f]+/y;
const PLAIN_IN_BAD_URL = /[^)\\]+/y;

/** Functions whose own strings are URLs. */
const IMAGE_SETS = new Set(['image-set', '-webkit-image-set']);
const LINK_FUNCTIONS = new Set(['url', 'src']);

/** The rule of an import that has its URL: what follows are conditions. */
const IMPORTED = 'import done';

/** Characters of a token that are kept. A longer one is read over: a picture in the text, a comment, no URL that a server takes. */
const LONGEST_TOKEN = 65_536;
/** What has to be there behind a token for its end to be sure: the longest escape. */
const MARGIN = 10;
const DATA = /^data:/i;
/** Brackets in each other that are remembered. */
const DEEPEST = 1000;

/** In their order. */
export function cssPlaces(css: string): CssPlace[] {
  const places: CssPlace[] = [];
  const reader = new CssReader((place) => places.push(place));
  reader.write(css);
  reader.end();
  return places;
}

/** A style sheet that is fed as it comes. Of what has been read nothing is kept. */
export class CssReader {
  readonly #onPlace: (place: CssPlace) => void;
  readonly #onOmitted: () => void;
  /** From the first token that is not read yet. */
  #css = '';
  /** Where that stands in the sheet. */
  #offset = 0;
  #at = 0;
  /** Where the content of the token at hand begins, and how far it is known; what is between may be dropped. */
  #content = 0;
  #known = 0;
  /** The beginning of the token at hand was dropped. */
  #isCut = false;
  #isData = false;
  /** What stands here belongs to a bad URL. */
  #isBadUrl = false;
  /** No look before so much is there: a token that comes in many pieces is not read anew with each. */
  #due = 0;
  #isEnded = false;
  /** Names of the functions and brackets that are open. */
  readonly #open: string[] = [];
  /** The at-rule whose prelude is being read. */
  #rule = '';

  /** @param onOmitted called for each URL that is too long, but for data */
  constructor(onPlace: (place: CssPlace) => void, onOmitted: () => void = () => {}) {
    this.#onPlace = onPlace;
    this.#onOmitted = onOmitted;
  }

  /** The next of the text, cut anywhere. */
  write(text: string): void {
    this.#css += text;
    if (this.#css.length >= this.#due) this.#read();
  }

  end(): void {
    this.#isEnded = true;
    this.#read();
  }

  #read(): void {
    while (this.#at < this.#css.length) {
      const start = this.#at;
      this.#content = start + 1;
      this.#known = start + 1;
      if (this.#readToken()) {
        this.#isCut = false;
        continue;
      }
      this.#at = start;
      break;
    }
    this.#forget(0, this.#at);
    this.#known -= this.#at;
    this.#content -= this.#at;
    this.#at = 0;
    if (this.#css.length > LONGEST_TOKEN && this.#known > this.#content) {
      if (!this.#isCut) this.#isData = DATA.test(this.#css.slice(this.#content, this.#content + MARGIN));
      this.#isCut = true;
      this.#forget(this.#content, this.#known);
    }
    this.#due = 2 * this.#css.length;
  }

  #forget(start: number, end: number): void {
    this.#css = this.#css.slice(0, start) + this.#css.slice(end);
    this.#offset += end - start;
  }

  /** @returns false where the token may go on beyond what is there: nothing has happened then */
  #readToken(): boolean {
    if (this.#isBadUrl) return this.#readBadUrl();
    const character = this.#css[this.#at] ?? '';
    if (this.#skip(SPACE)) return true;
    if (character === '"' || character === "'") return this.#readString(character);
    if (character === '@') return this.#readAtRule();
    if (character === '/') {
      if (!this.#isSure()) return false;
      if (this.#css[this.#at + 1] === '*') return this.#readComment();
    }
    return this.#readNameOrDelimiter(character);
  }

  #readComment(): boolean {
    const end = this.#css.indexOf('*/', this.#at + 2);
    this.#content = this.#at + 2;
    // The star may be the end's.
    this.#known = Math.max(this.#content, this.#css.length - 1);
    this.#at = end === -1 ? this.#css.length : end + 2;
    return end !== -1 || this.#isEnded;
  }

  #readAtRule(): boolean {
    this.#at++;
    const name = this.#take(PLAIN_IN_NAME);
    if (!this.#isSure()) return false;
    this.#rule = unescapeCss(name).toLowerCase();
    return true;
  }

  #readNameOrDelimiter(character: string): boolean {
    const name = this.#take(PLAIN_IN_NAME);
    if (!this.#isSure()) return false;
    if (name !== '') {
      if (this.#css[this.#at] !== '(') return true;
      this.#at++;
      return this.#openFunction(unescapeCss(name).toLowerCase());
    }
    this.#at++;
    if (character === '(' || character === '[') this.#push('');
    else if (character === ')' || character === ']') this.#open.pop();
    // A rule's end, or the block of one: whatever is open was never closed.
    else if (character === ';' || character === '{' || character === '}') {
      this.#rule = '';
      if (character !== ';') this.#open.length = 0;
    }
    return true;
  }

  #openFunction(name: string): boolean {
    if (name === 'url') {
      this.#content = this.#at;
      this.#skip(SPACE);
      this.#known = this.#at;
      if (!this.#isSure()) return false;
      const next = this.#css[this.#at];
      if (next !== '"' && next !== "'") return this.#readBareUrl();
    }
    this.#push(name);
    return true;
  }

  #push(name: string): void {
    if (this.#open.length < DEEPEST) this.#open.push(name);
  }

  /** From behind `url(` and white space. */
  #readBareUrl(): boolean {
    const start = this.#at;
    this.#content = start;
    const raw = this.#take(PLAIN_IN_URL);
    const end = this.#at;
    this.#known = end;
    this.#skip(SPACE);
    if (!this.#isSure()) return false;
    if (this.#at >= this.#css.length || this.#css[this.#at] === ')') {
      this.#at++;
      this.#add(raw, start, end, false);
      return true;
    }
    this.#isBadUrl = true;
    return true;
  }

  /** Up to the parenthesis, over escapes. */
  #readBadUrl(): boolean {
    const start = this.#at;
    this.#take(PLAIN_IN_BAD_URL);
    if (!this.#isSure()) return this.#at > start;
    this.#isBadUrl = this.#css[this.#at++] !== ')';
    return true;
  }

  #readString(quote: string): boolean {
    const start = ++this.#at;
    for (; this.#at < this.#css.length; ) {
      this.#known = this.#at;
      const character = this.#css[this.#at] ?? '';
      if (character === quote) {
        this.#addString(start, this.#at++);
        return true;
      }
      // A string ends with its line, and is none then.
      if (character === '\n' || character === '\r' || character === '\f') return true;
      if (!this.#skip(PLAIN_IN_STRING)) {
        if (!this.#isSure()) return false;
        this.#skip(LINE_CONTINUATION) || this.#skip(ESCAPE) || this.#at++;
      }
    }
    this.#known = this.#at;
    if (!this.#isEnded) return false;
    this.#addString(start, this.#css.length);
    return true;
  }

  #addString(start: number, end: number): void {
    const within = this.#open.at(-1) ?? '';
    const isImport = this.#rule === 'import' && this.#open.length === 0;
    if (!isImport && !LINK_FUNCTIONS.has(within) && !IMAGE_SETS.has(within)) return;
    this.#add(this.#css.slice(start, end), start, end, true);
  }

  #add(raw: string, start: number, end: number, quoted: boolean): void {
    if (this.#rule === 'namespace' || this.#rule === IMPORTED || raw === '') return;
    const isImport = this.#rule === 'import';
    if (isImport) this.#rule = IMPORTED;
    if (this.#isCut || raw.length > LONGEST_TOKEN) {
      if (!(this.#isCut ? this.#isData : DATA.test(raw))) this.#onOmitted();
      return;
    }
    const place = { start: start + this.#offset, end: end + this.#offset, quoted };
    this.#onPlace({ url: unescapeCss(raw), ...place, attribute: isImport ? '@import' : 'url' });
  }

  /** Whether what comes cannot change what is here. */
  #isSure(): boolean {
    return this.#isEnded || this.#at + MARGIN <= this.#css.length;
  }

  /** As far as plain characters and escapes go. */
  #take(plain: RegExp): string {
    const start = this.#at;
    while (this.#skip(plain) || (this.#isSure() && this.#skip(ESCAPE))) this.#known = this.#at;
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
