// What a caller of the library sees of each page.

import type { HeaderFields } from '../http/transport.js';
import type { Link } from './link.js';

export interface CrawledPage {
  readonly url: string;
  readonly status: number;
  readonly headers: HeaderFields;
  /** Links from a seed to here. */
  readonly depth: number;
  /** What it leads to, before the scope is asked; none where it is no page and no style sheet. */
  readonly links: readonly Link[];
  /** The body's file, absolute; null where `--accept` does not keep it. */
  readonly path: string | null;
}

/**
 * Called for each answer that was saved or read; the crawl waits for it, and its slot stays taken meanwhile. An array that it returns is
 * followed in place of `links`; URLs in it are absolute. What it throws ends the crawl, and is thrown to who reads it; the page is not on
 * record then, and is fetched again by the run that goes on.
 */
export type OnPage = (
  page: CrawledPage,
) => Promise<readonly (Link | string)[] | undefined> | readonly (Link | string)[] | undefined;

/** What a caller's own code has thrown. */
export class CallerError {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    this.thrown = thrown;
  }
}

/**
 * @returns what is to be followed
 * @throws CallerError
 */
export async function askCaller(
  onPage: OnPage | null,
  page: CrawledPage,
): Promise<readonly (Link | string)[]> {
  try {
    const wanted: unknown = (await onPage?.(page)) ?? page.links;
    if (isLinks(wanted)) return wanted;
    throw new TypeError('onPage returns an array of links and URLs, or nothing');
  } catch (thrown) {
    throw new CallerError(thrown);
  }
}

function isLinks(wanted: unknown): wanted is readonly (Link | string)[] {
  return Array.isArray(wanted) && wanted.every((link: unknown) => typeof link === 'string' || isLink(link));
}

function isLink(link: unknown): link is Link {
  return typeof link === 'object' && link !== null && 'url' in link && typeof link.url === 'string';
}
