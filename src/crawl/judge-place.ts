// Whether a URL that has been met is to be fetched, and what a second way to it changes.

import type { FrontierPlace, FrontierRow } from '../state/frontier-row.js';
import { refuse, type ScopeOptions } from './scope.js';
import type { TrapDetector } from './traps.js';

export interface PlaceRefusal {
  readonly reason: string;
  readonly detail: string;
}

/** What a rule of robots says of a link begins so, and another page may say otherwise. */
export const NOFOLLOW = 'nofollow';

/** @returns null for what is to be fetched */
export function judgePlace(
  url: URL,
  place: FrontierPlace,
  scope: ScopeOptions,
  traps: TrapDetector,
): PlaceRefusal | null {
  const { depth, requisiteDepth } = place;
  const isSitemap = place.kind === 'sitemap';
  // A sitemap is read, not kept: what is to be kept of a site does not ask where its sitemap lies.
  const rules = isSitemap ? { ...scope, include: [], accept: [], noParent: false, depth } : scope;
  const kind = place.kind === 'requisite' ? 'requisite' : 'page';
  const refusal = refuse({ url, depth, kind, requisiteDepth }, rules);
  if (refusal !== null || depth === 0) return refusal;
  const trap = traps.find(url);
  return trap === null ? null : { reason: 'trap', detail: `${trap.trap}: ${trap.detail}` };
}

/** Whether a refused URL may be judged otherwise when it is met in another place. */
export function mayChange({ state, reason, detail }: FrontierRow): boolean {
  if (state !== 'refused') return false;
  // By its extension a picture is refused; a link to it may lead to a page.
  if (reason === 'depth' || reason === 'scope' || reason === 'type') return true;
  return reason === 'robots' && detail?.startsWith(NOFOLLOW) === true;
}

/** The best of both. */
export function mergePlaces(one: FrontierPlace, other: FrontierPlace): FrontierPlace {
  return {
    depth: Math.min(one.depth, other.depth),
    kind: one.kind === other.kind ? one.kind : 'page',
    requisiteDepth: Math.min(one.requisiteDepth, other.requisiteDepth),
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
