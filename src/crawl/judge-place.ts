// Whether a URL that has been met is to be fetched, and what a second way to it changes.

import type { FrontierPlace, FrontierRow } from '../state/frontier-row.js';
import { refuse, type ScopeOptions } from './scope.js';
import { MOST_SITEMAPS, type TrapDetector, type TrapFinding } from './traps.js';

export interface PlaceRefusal {
  readonly reason: string;
  readonly detail: string;
}

/** Sitemap indexes, one in another. The protocol has one. */
const MOST_INDEXES = 3;

/** What a rule of robots says of a link begins so, and another page may say otherwise. */
export const NOFOLLOW = 'nofollow';

/** What was found on a page that came under many URLs begins so: another page may lead there too. */
const DUPLICATE = 'duplicate';

export function duplicateRefusal({ detail }: TrapFinding): PlaceRefusal {
  return { reason: 'trap', detail: `${DUPLICATE}: ${detail}` };
}

/** @returns null for what is to be fetched */
export function judgePlace(
  url: URL,
  place: FrontierPlace,
  scope: ScopeOptions,
  traps: TrapDetector,
): PlaceRefusal | null {
  const { requisiteDepth } = place;
  const isSitemap = place.kind === 'sitemap';
  // No sitemap is a seed, though that of a seed's robots.txt is as near.
  const depth = isSitemap ? Math.max(place.depth, 1) : place.depth;
  // A sitemap is read, not kept: what is to be kept of a site does not ask where on its hosts its sitemap lies.
  const rules = isSitemap ? { ...scope, include: [], accept: [], noParent: false, depth } : scope;
  const kind = place.kind === 'requisite' ? 'requisite' : 'page';
  const refusal = refuse({ url, depth, kind, requisiteDepth }, rules);
  if (refusal !== null || depth === 0) return refusal;
  const tooMany = isSitemap ? refuseSitemap(url, requisiteDepth, traps) : null;
  if (tooMany !== null) return { reason: 'sitemap', detail: tooMany };
  const trap = traps.find(url);
  return trap === null ? null : { reason: 'trap', detail: `${trap.trap}: ${trap.detail}` };
}

/** Without an end to sitemaps no page would have its turn. @param indexes that lead to it, one by another */
function refuseSitemap(url: URL, indexes: number, traps: TrapDetector): string | null {
  if (indexes > MOST_INDEXES) return `more than ${MOST_INDEXES} indexes lead to it, one by another`;
  return traps.admitsSitemap(url) ? null : `more than ${MOST_SITEMAPS} sitemaps of ${url.origin}`;
}

/** Whether a refused URL may be judged otherwise when it is met in another place; a seed is wanted, whatever was said of it. */
export function mayChange({ state, reason, detail }: FrontierRow, { depth }: FrontierPlace): boolean {
  if (state !== 'refused') return false;
  // By its extension a picture is refused; a link to it may lead to a page.
  if (depth === 0 || reason === 'type' || reason === 'depth' || reason === 'scope') return true;
  return (
    reason === 'sitemap' ||
    (reason === 'robots' && detail?.startsWith(NOFOLLOW) === true) ||
    (reason === 'trap' && detail?.startsWith(DUPLICATE) === true)
  );
}

/** Whether what its page said of a refused URL still holds in a run with other rules, before it is judged again. */
export function isRefusedStill(
  { reason, detail }: FrontierRow,
  hasRobots: boolean,
  traps: TrapDetector,
): boolean {
  if (reason === 'robots') return hasRobots;
  return reason === 'trap' && detail?.startsWith(DUPLICATE) === true && !traps.isOff(DUPLICATE);
}

/** The best of both. What is linked and a sitemap too is read as a sitemap: nothing else knows its URLs. */
export function mergePlaces(one: FrontierPlace, other: FrontierPlace): FrontierPlace {
  const sitemap = [one, other].find(({ kind }) => kind === 'sitemap');
  return {
    depth: Math.min(one.depth, other.depth),
    kind: sitemap?.kind ?? (one.kind === other.kind ? one.kind : 'page'),
    requisiteDepth:
      one.kind !== other.kind && sitemap !== undefined
        ? sitemap.requisiteDepth
        : Math.min(one.requisiteDepth, other.requisiteDepth),
    redirects: Math.min(one.redirects, other.redirects),
    guarded: one.guarded && other.guarded,
  };
}

export function isSamePlace(one: FrontierPlace, other: FrontierPlace): boolean {
  return (
    one.depth === other.depth &&
    one.kind === other.kind &&
    one.requisiteDepth === other.requisiteDepth &&
    one.redirects === other.redirects &&
    one.guarded === other.guarded
  );
}
