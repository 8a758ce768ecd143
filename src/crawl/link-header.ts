// The Link field: RFC 8288 3 and B.2.

import { kindOfRelations, type Link, relations } from './link.js';
import { parseUrl } from './url-key.js';

export interface LinkValue {
  /** As written, perhaps relative. */
  readonly target: string;
  /** Names in lower case; of several of a name the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TARGET = /[ \t,]*<([^>]*)>/y;
const PARAMETER = /[ \t]*;[ \t]*(?:([^\s;,="]+)[ \t]*(?:=[ \t]*(?:"((?:[^"\\]|\\.)*)"?|([^;,]*)))?)?/y;

/** What a field means, up to what cannot be read. */
export function parseLinkHeader(value: string): LinkValue[] {
  const links: LinkValue[] = [];
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(value);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (let target = next(TARGET); target !== null; target = next(TARGET)) {
    const parameters = new Map<string, string>();
    for (let found = next(PARAMETER); found !== null; found = next(PARAMETER)) {
      const [, name, quoted, plain] = found;
      if (name === undefined || parameters.has(name.toLowerCase())) continue;
      parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain?.trim() ?? '');
    }
    links.push({ target: target[1] ?? '', parameters });
  }
  return links;
}

/**
 * The links of a response's Link fields. One with a context of its own (`anchor`, RFC 8288 3.2) is none of this page.
 *
 * @param base the URL of the response
 */
export function headerLinks(values: readonly string[], base: string | URL): Link[] {
  return values.flatMap(parseLinkHeader).flatMap(({ target, parameters }): Link[] => {
    const rel = relations(parameters.get('rel') ?? '');
    const kind = kindOfRelations(rel);
    const url = parseUrl(target, base);
    const isElsewhere =
      parameters.has('anchor') && parseUrl(parameters.get('anchor') ?? '', base)?.href !== String(base);
    if (kind === null || url === null || !/^https?:$/.test(url.protocol) || isElsewhere) return [];
    return [{ url: url.href, tag: 'link', attribute: 'header', kind, nofollow: rel.includes('nofollow') }];
  });
}
