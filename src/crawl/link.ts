// What a page leads to.

export interface Link {
  /** Absolute, http or https, with its fragment. */
  readonly url: string;
  /** Element that names it, in lower case; `css` for a style sheet, `link` for a Link field, `meta` for a Refresh field. */
  readonly tag: string;
  /** Its attribute; `text` of a style element, `url` or `@import` of a style sheet, `header` of a field. */
  readonly attribute: string;
  /** A page to go to, or what a page needs to be shown. */
  readonly kind: LinkKind;
  /** The page asks robots not to follow it: `rel=nofollow`. */
  readonly nofollow: boolean;
}

export type LinkKind = 'page' | 'requisite';

/** Types of links whose target the page is made of: https://html.spec.whatwg.org/multipage/links.html#linkTypes */
const REQUISITES = new Set([
  'stylesheet',
  'icon',
  'apple-touch-icon',
  'apple-touch-icon-precomposed',
  'apple-touch-startup-image',
  'mask-icon',
  'manifest',
  'preload',
  'modulepreload',
  'prefetch',
]);
/** Types that name a server and no document. */
const CONNECTIONS = new Set(['dns-prefetch', 'preconnect']);

/** The words of a `rel`, in lower case. */
export function relations(rel: string): string[] {
  return rel
    .toLowerCase()
    .split(/[ \t\n\f\r]+/)
    .filter((word) => word !== '');
}

/** What a `link` element or a Link field of these relations leads to; null for what is nothing to fetch. */
export function kindOfRelations(rel: readonly string[]): LinkKind | null {
  if (rel.some((word) => REQUISITES.has(word))) return 'requisite';
  return rel.some((word) => CONNECTIONS.has(word)) ? null : 'page';
}
