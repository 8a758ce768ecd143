// What a page says of itself to crawlers: X-Robots-Tag fields and `<meta name="robots">`.
// https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag

import { productToken } from './robots.js';

export interface RobotsDirectives {
  /** Its links are not to be followed. */
  readonly nofollow: boolean;
  /** It is not to be shown in search results: no reason not to fetch it. */
  readonly noindex: boolean;
}

/** Directives that have a colon of their own, so that what stands before it is no user agent. */
const WITH_VALUE = new Set(['unavailable_after', 'max-snippet', 'max-image-preview', 'max-video-preview']);

/**
 * @param values each X-Robots-Tag field as received: `noindex, nofollow` or `examplebot: none`. A user agent that is named holds for
 * the rest of its field; what is said to anyone and what is said to us both count.
 */
export function headerDirectives(values: readonly string[], userAgent: string): RobotsDirectives {
  const token = productToken(userAgent);
  const meant = values.flatMap((value) => {
    let ours = true;
    return value.split(',').flatMap((part) => {
      const [, name = '', rest = part] = /^\s*([\w-]+)\s*:(.*)$/s.exec(part) ?? [];
      if (name === '' || WITH_VALUE.has(name.toLowerCase())) return ours ? [part] : [];
      ours = name.toLowerCase() === token;
      return ours ? [rest] : [];
    });
  });
  return directives(meant);
}

/** @param metas every meta element of the page that has a name: `robots`, or a product token */
export function metaDirectives(
  metas: readonly { readonly name: string; readonly content: string }[],
  userAgent: string,
): RobotsDirectives {
  const token = productToken(userAgent);
  const meant = metas.filter(({ name }) => ['robots', token].includes(name.trim().toLowerCase()));
  return directives(meant.flatMap(({ content }) => content.split(',')));
}

function directives(words: readonly string[]): RobotsDirectives {
  // Some write spaces in place of commas.
  const said = new Set(words.flatMap((word) => word.toLowerCase().split(/\s+/)));
  return {
    nofollow: said.has('nofollow') || said.has('none'),
    noindex: said.has('noindex') || said.has('none'),
  };
}
