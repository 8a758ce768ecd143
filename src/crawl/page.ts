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
 * followed in place of `links`; URLs in it are absolute. What it throws fails the URL.
 */
export type OnPage = (
  page: CrawledPage,
) => Promise<readonly (Link | string)[] | undefined> | readonly (Link | string)[] | undefined;
