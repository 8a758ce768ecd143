// What becomes of the links of a page: each is met, and refused where the page asks robots to leave it.

import type { Frontier, Lease } from './frontier.js';
import { NOFOLLOW, type PlaceRefusal } from './judge-place.js';
import type { Link } from './link.js';
import type { PageLinks } from './link-extractor.js';
import type { Reading } from './reading.js';
import type { RobotsBook } from './robots-book.js';
import { headerDirectives, metaDirectives } from './robots-directives.js';

export interface FollowingOptions {
  readonly frontier: Frontier;
  /** null: no rule for robots holds. */
  readonly robots: RobotsBook | null;
  readonly userAgent: string;
}

/**
 * @param links of the page, or what a caller wants to be followed in their place: those that are mere URLs are pages
 * @param refusal why none of them is followed, to be on record
 */
export function followLinks(
  { frontier, robots, userAgent }: FollowingOptions,
  { row }: Lease,
  reading: Reading,
  links: readonly (Link | string)[],
  metas: PageLinks['metas'],
  refusal: PlaceRefusal | null = null,
): void {
  if (row === null) return;
  const nofollow = robots !== null && isNofollow(reading, metas, userAgent);
  const guarded = reading.leadsToPublic;
  const depth = row.depth + 1;
  const page = { depth, kind: 'page', requisiteDepth: 0, redirects: 0, guarded } as const;
  const requisiteDepth = row.requisiteDepth + 1;
  const requisite = { depth, kind: 'requisite', requisiteDepth, redirects: 0, guarded } as const;
  for (const link of links) {
    if (typeof link === 'string') frontier.add(link, page, row.id, refusal);
    else if (link.kind !== 'page') frontier.add(link.url, requisite, row.id, refusal);
    else
      frontier.add(link.url, page, row.id, refusal ?? (robots === null ? null : refusalOf(link, nofollow)));
  }
}

function refusalOf(link: Link, nofollow: boolean): PlaceRefusal | null {
  if (nofollow) return { reason: 'robots', detail: `${NOFOLLOW}: asked for by the page` };
  return link.nofollow ? { reason: 'robots', detail: `${NOFOLLOW}: rel of the link` } : null;
}

function isNofollow({ headers }: Reading, metas: PageLinks['metas'], userAgent: string): boolean {
  const fields = [headers['x-robots-tag'] ?? []].flat();
  return headerDirectives(fields, userAgent).nofollow || metaDirectives(metas, userAgent).nofollow;
}
