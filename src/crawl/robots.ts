// robots.txt as RFC 9309 reads it, and what stands beside it in the field: Crawl-delay and Sitemap. Pure.

import { matchesPattern, parsePattern, pathOf, type RobotsPattern } from './robots-pattern.js';
import { parseUrl } from './url-key.js';

/** Bytes that are read: the RFC's least (2.5), and what the field takes. */
export const ROBOTS_LIMIT = 500 * 1024;

/** The rule that decides of a URL. */
export interface RobotsRule {
  readonly allow: boolean;
  /** As written: `/private/*.pdf$`. */
  readonly path: string;
  /** Line of robots.txt, from 1. */
  readonly line: number;
}

export interface Robots {
  /**
   * @param url absolute
   * @param userAgent a product token, or all of a User-Agent field
   */
  allows(url: string | URL, userAgent: string): boolean;
  /** The rule that decides; null where none matches, which allows. */
  ruleFor(url: string | URL, userAgent: string): RobotsRule | null;
  /** Milliseconds between two requests, from the group of this user agent; null where it asks for none. Not capped. */
  crawlDelay(userAgent: string): number | null;
  /** Absolute URLs of the Sitemap lines, in their order. */
  readonly sitemaps: readonly string[];
}

interface Rule extends RobotsRule {
  readonly pattern: RobotsPattern;
}

interface Group {
  readonly rules: Rule[];
  delay: number | null;
}

/**
 * The groups of `*` and of each product token in lower case. They are shared, not copied: a file of 500 KiB can name ten thousand
 * user agents above ten thousand rules.
 */
type Groups = Map<string, Group[]>;

const ANYONE = '*';
const BYTE_ORDER_MARK = /^\ufeff/;
const DELAY = /^(?:\d+(?:\.\d*)?|\.\d+)$/;
const KEY = /^[a-z-]+/i;

/**
 * @param text robots.txt, a string or its bytes (UTF-8); read up to ROBOTS_LIMIT. Nothing that it holds is an error.
 */
export function parseRobots(text: string | Uint8Array): Robots {
  const { groups, sitemaps } = readLines(withinLimit(text));
  let merged: { readonly token: string; readonly group: Group } | null = null;
  const groupOf = (userAgent: string): Group => {
    const token = productToken(userAgent);
    // A crawler asks for itself, again and again.
    if (merged?.token !== token)
      merged = { token, group: merge(groups.get(token) ?? groups.get(ANYONE) ?? []) };
    return merged.group;
  };
  const ruleFor = (url: string | URL, userAgent: string): RobotsRule | null => {
    const parsed = typeof url === 'string' ? parseUrl(url) : url;
    // RFC 9309 2.2.2: robots.txt itself is always allowed.
    if (parsed === null || parsed.pathname === '/robots.txt') return null;
    const path = pathOf(parsed);
    const rule = groupOf(userAgent).rules.find(({ pattern }) => matchesPattern(pattern, path));
    return rule === undefined ? null : { allow: rule.allow, path: rule.path, line: rule.line };
  };
  return {
    allows: (url, userAgent) => ruleFor(url, userAgent)?.allow ?? true,
    ruleFor,
    crawlDelay: (userAgent) => groupOf(userAgent).delay,
    sitemaps,
  };
}

/**
 * What names a crawler: `fetchall` of `fetchall/1.0 (+https://host/)`, `ExampleBot` of `Mozilla/5.0 (compatible; ExampleBot/2.1)`.
 *
 * @returns in lower case, as it is compared (RFC 9309 2.2.1)
 */
export function productToken(userAgent: string): string {
  const compatible = /^\s*mozilla\/.*?\(compatible;\s*([\w-]+)/i.exec(userAgent);
  return (compatible?.[1] ?? /^\s*([\w-]*)/.exec(userAgent)?.[1] ?? '').toLowerCase();
}

/** All groups of a user agent are one (RFC 9309 2.2.1). Rules: most specific first, of two alike the one that allows. */
function merge(groups: readonly Group[]): Group {
  const rules = groups
    .flatMap((group) => group.rules)
    .sort(
      (one, other) => other.pattern.length - one.pattern.length || Number(other.allow) - Number(one.allow),
    );
  // Of several delays the longest: nobody complains of a crawler that is too slow.
  const delays = groups.flatMap(({ delay }) => delay ?? []);
  return { rules, delay: delays.length === 0 ? null : Math.max(...delays) };
}

function readLines(text: string): { groups: Groups; sitemaps: string[] } {
  const groups: Groups = new Map();
  const sitemaps: string[] = [];
  let current: Group = { rules: [], delay: null };
  // Only a rule ends the list of user agents of a group: other records must not (RFC 9309 2.2.4).
  let isNamed = false;
  text.split(/\r\n|\r|\n/).forEach((raw, index) => {
    const [key, value] = readLine(raw);
    switch (key.toLowerCase()) {
      case 'user-agent':
        if (!isNamed) current = { rules: [], delay: null };
        isNamed = true;
        name(groups, value, current);
        break;
      case 'allow':
      case 'disallow':
        isNamed = false;
        // `Disallow:` without a path disallows nothing.
        if (value === '') break;
        current.rules.push({
          allow: /^a/i.test(key),
          path: value,
          line: index + 1,
          pattern: parsePattern(value),
        });
        break;
      case 'crawl-delay':
        if (DELAY.test(value)) current.delay = Math.max(current.delay ?? 0, Number(value) * 1000);
        break;
      case 'sitemap': {
        const url = parseUrl(value);
        if (url !== null) sitemaps.push(url.href);
      }
    }
  });
  return { groups, sitemaps };
}

/** Key and value; a colon that was forgotten is a space in the field. No pattern for all of it: its time must not grow with the square. */
function readLine(raw: string): [key: string, value: string] {
  const line = withoutBlanks(raw.split('#', 1)[0] ?? '');
  const [key = ''] = KEY.exec(line) ?? [];
  const rest = withoutBlanks(line.slice(key.length));
  if (rest.startsWith(':')) return [key, withoutBlanks(rest.slice(1))];
  return isBlank(line[key.length]) ? [key, rest] : ['', ''];
}

/** Other white space may be part of a path. */
function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function name(groups: Groups, value: string, group: Group): void {
  const token = /^\*(?:\s|$)/.test(value) ? ANYONE : productToken(value);
  const known = groups.get(token);
  // What names nobody is a group that nobody is of.
  if (token === '' || known?.at(-1) === group) return;
  if (known === undefined) groups.set(token, [group]);
  else known.push(group);
}

/** A line that is cut in the middle is left out: the first half of a path is another rule. */
function withinLimit(given: string | Uint8Array): string {
  const bytes = typeof given === 'string' ? Buffer.from(given) : given;
  if (bytes.length <= ROBOTS_LIMIT) return decode(bytes);
  const text = decode(bytes.subarray(0, ROBOTS_LIMIT));
  return text.slice(0, Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'), 0));
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString().replace(BYTE_ORDER_MARK, '');
}
