// Paths of robots.txt rules, and how they match: RFC 9309 2.2.2 and 2.2.3.
//
// Octets are compared, so both sides are brought to one form: what is not ASCII is escaped, escapes are in upper case, escapes of
// unreserved characters are undone. Where a query begins, `:`, `/`, `?` and `@` need no escape (RFC 3986 3.4) and are the same
// with and without one, as in the RFC's example. `*` and `$` of a URL are escaped: only a rule gives them a meaning.

const UNRESERVED = /[\w.~-]/;
const PLAIN_IN_QUERY = /[:/?@]/;
/** An escape, or what a path cannot hold as it is. */
const UNSETTLED = /%[\da-f]{2}|[^\x21-\x7e]+/giu;

export interface RobotsPattern {
  /** What stands between the wildcards; none may be missing, in this order. */
  readonly pieces: readonly string[];
  /** The match must reach the end of the path: the pattern ends in `$`. */
  readonly anchored: boolean;
  /** Octets, as far as they make a match more specific. */
  readonly length: number;
}

/** @param path as written in a rule */
export function parsePattern(path: string): RobotsPattern {
  const anchored = path.endsWith('$');
  const text = normalise(anchored ? path.slice(0, -1) : path).replaceAll('$', '%24');
  return { pieces: text.split(/\*+/), anchored, length: text.length + (anchored ? 1 : 0) };
}

/** What a pattern is compared with: path and query of a URL. */
export function pathOf(url: URL): string {
  return normalise(url.pathname + url.search)
    .replaceAll('*', '%2A')
    .replaceAll('$', '%24');
}

/** The leftmost place for each piece in turn: no going back, so time is linear in the path for each piece. */
export function matchesPattern({ pieces, anchored }: RobotsPattern, path: string): boolean {
  const [first = '', ...rest] = pieces;
  if (!path.startsWith(first)) return false;
  const last = rest.pop();
  if (last === undefined) return !anchored || path.length === first.length;
  let at = first.length;
  for (const piece of rest) {
    const found = path.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return anchored ? path.length - last.length >= at && path.endsWith(last) : path.includes(last, at);
}

function normalise(path: string): string {
  const query = path.indexOf('?');
  if (query === -1) return settle(path, UNRESERVED);
  return settle(path.slice(0, query), UNRESERVED) + settle(path.slice(query), PLAIN_IN_QUERY, UNRESERVED);
}

function settle(text: string, ...plain: readonly RegExp[]): string {
  return text.replace(UNSETTLED, (found) => {
    if (!found.startsWith('%')) return encodeUtf8(found);
    const character = String.fromCharCode(Number.parseInt(found.slice(1), 16));
    return plain.some((kind) => kind.test(character)) ? character : found.toUpperCase();
  });
}

function encodeUtf8(text: string): string {
  return [...Buffer.from(text)]
    .map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
