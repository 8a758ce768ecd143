// HTML and XML as a stream of tags: the one place that knows htmlparser2, which reads broken markup as browsers do,
// but for two things that only a tree shows: a tag that ends an open svg leaves it open here, and CDATA out of an svg ends with `]]>`
// where a browser takes the next `>`.

import { Parser, QuoteType } from 'htmlparser2';
import { ForeignContent } from './foreign-content.js';

export interface Attribute {
  /** Of HTML in lower case, with a prefix as written (`xlink:href`). */
  readonly name: string;
  /** Entities decoded. */
  readonly value: string;
  /** Where name and value stand in the text, quotes included. */
  readonly start: number;
  readonly end: number;
}

export interface Tag {
  readonly name: string;
  /** Of svg or math. */
  readonly isForeign: boolean;
  /** Of several of a name the first, as in browsers. */
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface MarkupListener {
  onTag?(tag: Tag): void;
  /** A piece of an element's text, and where it stands. */
  onText?(text: string, start: number, end: number): void;
  onClose?(name: string): void;
  /** Something is too long to be kept, and is left out. */
  onOmitted?(what: string): void;
}

export interface MarkupStream {
  write(text: string): void;
  end(): void;
}

/** Elements in each other, beyond which none is remembered as open: each costs the parser a look at all others. */
const DEEPEST = 2000;
/** Attributes of a tag that are kept, and characters of their values. */
const MOST_ATTRIBUTES = 1000;
const LONGEST_VALUE = 4 * 1024 * 1024;
/** Characters of a comment or a name, which the parser keeps until its end. */
const LONGEST_TOKEN = 16 * 1024 * 1024;

/** htmlparser2 with an end to nesting, which would take it minutes, and to values and tokens, which it would keep whole. */
class BoundedParser extends Parser {
  /** Elements that are open. */
  depth = 0;
  /** The value at hand is too long: it comes in pieces, which are no values. */
  isCut = false;
  /** A token is too long: nothing more is read. */
  isStuck = false;
  #written = 0;
  #valueLength = 0;
  /** How far values have come. */
  #valueEnd = 0;
  /** Of the tag that is being read: it must not change before its end. */
  #isTooDeep = false;

  override onopentagname(start: number, endIndex: number): void {
    this.#isTooDeep = this.depth > DEEPEST;
    super.onopentagname(start, endIndex);
  }

  override onclosetag(start: number, endIndex: number): void {
    this.#isTooDeep = false;
    super.onclosetag(start, endIndex);
  }

  override onattribdata(start: number, endIndex: number): void {
    super.onattribdata(start, endIndex);
    this.#valueEnd = endIndex;
    this.#grow(endIndex - start);
  }

  override onattribentity(codePoint: number): void {
    super.onattribentity(codePoint);
    this.#grow(1);
  }

  override onattribend(quote: QuoteType, endIndex: number): void {
    super.onattribend(quote, endIndex);
    this.isCut = false;
    this.#valueLength = 0;
  }

  override write(text: string): void {
    if (this.isStuck) return;
    super.write(text);
    this.#written += text.length;
    const read = Math.max(this.startIndex, this.endIndex, this.#valueEnd);
    this.isStuck = this.#written - read > LONGEST_TOKEN;
  }

  #grow(length: number): void {
    this.#valueLength += length;
    if (this.#valueLength <= LONGEST_VALUE) return;
    this.isCut = true;
    super.onattribend(QuoteType.Unquoted, this.#valueEnd);
    this.#valueLength = 0;
  }

  protected override isVoidElement(name: string): boolean {
    return (this.#isTooDeep && name !== 'style') || super.isVoidElement(name);
  }
}

/** @param syntax `xml` keeps letter case, knows CDATA and no void elements */
export function readMarkup(syntax: 'html' | 'xml', listener: MarkupListener): MarkupStream {
  let attributes = new Map<string, Attribute>();
  /** Names of those that are too long. */
  const cut = new Set<string>();
  const foreign = new ForeignContent();
  const parser: BoundedParser = new BoundedParser(
    {
      // Attributes of a form in a form, which is no tag, belong to nobody.
      onopentagname: (name) => {
        foreign.open(name.toLowerCase());
        attributes = new Map();
        cut.clear();
        parser.depth++;
      },
      onattribute: (name, raw) => {
        if (parser.isCut) {
          if (!/^[\t\n\f\r ]*data:/i.test(raw) && !cut.has(name))
            listener.onOmitted?.('too long an attribute');
          cut.add(name);
          return;
        }
        if (attributes.has(name)) return;
        if (attributes.size >= MOST_ATTRIBUTES) {
          listener.onOmitted?.('too many attributes');
          return;
        }
        // https://html.spec.whatwg.org/multipage/parsing.html#parse-error-unexpected-null-character
        const value = raw.includes('\0') ? raw.replaceAll('\0', '\ufffd') : raw;
        attributes.set(name, { name, value, start: parser.startIndex, end: parser.endIndex });
      },
      onopentag: (name) => listener.onTag?.({ name, isForeign: foreign.isForeign, attributes }),
      ontext: (text) => listener.onText?.(text, parser.startIndex, parser.endIndex + 1),
      onclosetag: (name) => {
        parser.depth--;
        foreign.close(name.toLowerCase());
        listener.onClose?.(name);
      },
    },
    { xmlMode: syntax === 'xml' },
  );
  return {
    write(text) {
      parser.write(text);
      if (parser.isStuck) listener.onOmitted?.('what is behind too long a comment');
    },
    end: () => parser.end(),
  };
}
