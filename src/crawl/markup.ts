// HTML and XML as a stream of tags: the one place that knows htmlparser2, which reads broken markup as browsers do,
// but for two things that only a tree shows: a tag that ends an open svg leaves it open here, and CDATA out of an svg ends with `]]>`
// where a browser takes the next `>`.

import { Parser } from 'htmlparser2';

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
  /** Of several of a name the first, as in browsers. */
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface MarkupListener {
  onTag?(tag: Tag): void;
  /** A piece of an element's text, and where it stands. */
  onText?(text: string, start: number, end: number): void;
  onClose?(name: string): void;
}

export interface MarkupStream {
  write(text: string): void;
  end(): void;
}

/** Elements in each other, beyond which none is remembered as open: each costs the parser a look at all others. */
const DEEPEST = 2000;

/** htmlparser2 with an end to nesting: a page of a million open tags would take it minutes. */
class BoundedParser extends Parser {
  /** Elements that are open. */
  depth = 0;
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

  protected override isVoidElement(name: string): boolean {
    return (this.#isTooDeep && name !== 'style') || super.isVoidElement(name);
  }
}

/** @param syntax `xml` keeps letter case, knows CDATA and no void elements */
export function readMarkup(syntax: 'html' | 'xml', listener: MarkupListener): MarkupStream {
  let attributes = new Map<string, Attribute>();
  const parser: BoundedParser = new BoundedParser(
    {
      // Attributes of a form in a form, which is no tag, belong to nobody.
      onopentagname: () => {
        attributes = new Map();
        parser.depth++;
      },
      onattribute: (name, raw) => {
        if (attributes.has(name)) return;
        // https://html.spec.whatwg.org/multipage/parsing.html#parse-error-unexpected-null-character
        const value = raw.includes('\0') ? raw.replaceAll('\0', '\ufffd') : raw;
        attributes.set(name, { name, value, start: parser.startIndex, end: parser.endIndex });
      },
      onopentag: (name) => listener.onTag?.({ name, attributes }),
      ontext: (text) => listener.onText?.(text, parser.startIndex, parser.endIndex + 1),
      onclosetag: (name) => {
        parser.depth--;
        listener.onClose?.(name);
      },
    },
    { xmlMode: syntax === 'xml' },
  );
  return { write: (text) => parser.write(text), end: () => parser.end() };
}
