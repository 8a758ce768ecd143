// Which elements are of svg or math: https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign

const FOREIGN = new Set(['svg', 'math']);
/** Elements of svg and math with HTML in them. */
const INTEGRATION = new Set([
  'foreignobject',
  'desc',
  'title',
  'annotation-xml',
  'mi',
  'mo',
  'mn',
  'ms',
  'mtext',
]);
/** Elements of HTML that end what is open of svg and math. */
const BREAKOUT = new Set(
  (
    'b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ' +
    'ruby s small span strong strike sub sup table tt u ul var'
  ).split(' '),
);

/** Follows the tags of a page. */
export class ForeignContent {
  /** Of the element that was opened last. */
  isForeign = false;
  /** The open elements that change what is in them. */
  readonly #open: { readonly name: string; isForeign: boolean }[] = [];

  /** @param name in lower case */
  open(name: string): void {
    const within = this.#open.at(-1);
    const isInside = within?.isForeign === true;
    if (isInside && BREAKOUT.has(name)) for (const entry of this.#open) entry.isForeign = false;
    this.isForeign = FOREIGN.has(name) || (isInside && !BREAKOUT.has(name));
    if (FOREIGN.has(name)) this.#open.push({ name, isForeign: true });
    else if (this.isForeign && INTEGRATION.has(name)) this.#open.push({ name, isForeign: false });
  }

  close(name: string): void {
    if (this.#open.at(-1)?.name === name) this.#open.pop();
  }
}
