// What belongs to a crawl. Pure: a reason for each URL that does not.

import type { Reason } from '../model/result.js';
import type { LinkKind } from './link.js';
import { extensionOf, isPageType, mediaTypeOf, typeOfExtension } from './media-types.js';
import { registrableDomain } from './registrable-domain.js';

export interface Candidate {
  readonly url: URL;
  /** Links from a seed to here; 0 for a seed. */
  readonly depth: number;
  readonly kind: LinkKind;
  /** Requisites in a row that led here, this one included: 0 for a page, 2 for the picture of a page's style sheet. */
  readonly requisiteDepth: number;
}

export interface ScopeOptions {
  readonly seeds: readonly URL[];
  readonly depth: number;
  /** Which hosts: those of the seeds, all of their registrable domains, or any. */
  readonly span: 'host' | 'domain' | 'any';
  /** Stay below the folder of a seed, on its host. */
  readonly noParent: boolean;
  /** A URL must match one of them, when there is one. */
  readonly include: readonly RegExp[];
  readonly exclude: readonly RegExp[];
  /** Media types that are kept, `image/*` for a family; all when there is none. Pages are read for their links in any case. */
  readonly accept: readonly string[];
  /** What a page needs is fetched wherever it lies: any host, beyond the depth. */
  readonly pageRequisites: boolean;
}

export interface Refusal {
  readonly reason: Extract<Reason, 'scope' | 'depth' | 'type'>;
  /** For `fetchall why`: which option, and what it compared. */
  readonly detail: string;
}

/** Requisites of requisites that are followed beyond the scope: style sheets import, frames hold frames. */
export const MOST_REQUISITE_DEPTH = 5;

/** @returns null for what belongs to the crawl. A seed does, whatever the options say. */
export function refuse(candidate: Candidate, options: ScopeOptions): Refusal | null {
  const { url, depth } = candidate;
  if (depth === 0) return null;
  const excluded = options.exclude.find((pattern) => matches(pattern, url));
  if (excluded !== undefined) return { reason: 'scope', detail: `--exclude ${excluded.source}` };
  if (isNeeded(candidate, options)) return null;
  return (
    refuseHost(url, options) ??
    refuseParent(url, options) ??
    refuseUnmatched(url, options.include) ??
    (depth > options.depth
      ? { reason: 'depth', detail: `depth ${depth}, --depth ${options.depth}` }
      : null) ??
    refuseExtension(candidate, options.accept)
  );
}

/**
 * What can be said when the answer's head is there.
 *
 * @returns null for what is kept
 */
export function refuseType(contentType: string | null, accept: readonly string[]): Refusal | null {
  const type = mediaTypeOf(contentType);
  if (accept.length === 0 || accept.some((pattern) => isOfType(type, pattern))) return null;
  return { reason: 'type', detail: `${type === '' ? 'no type' : type}, --accept ${accept.join(',')}` };
}

function isNeeded({ kind, requisiteDepth }: Candidate, { pageRequisites }: ScopeOptions): boolean {
  return pageRequisites && kind === 'requisite' && requisiteDepth <= MOST_REQUISITE_DEPTH;
}

function refuseHost(url: URL, { seeds, span }: ScopeOptions): Refusal | null {
  if (span === 'any' || seeds.some((seed) => isSameHost(url, seed))) return null;
  if (span === 'host') return { reason: 'scope', detail: `other host: ${url.host}` };
  const domain = registrableDomain(url.hostname);
  if (seeds.some((seed) => registrableDomain(seed.hostname) === domain)) return null;
  return { reason: 'scope', detail: `other domain: ${domain}` };
}

/** By http and by https a host is one, as long as both are at home; other ports are other servers. */
function isSameHost(url: URL, seed: URL): boolean {
  return url.hostname === seed.hostname && url.port === seed.port;
}

/** As wget does: on the hosts of the seeds; elsewhere there is nothing to be below of. */
function refuseParent(url: URL, { seeds, noParent }: ScopeOptions): Refusal | null {
  if (!noParent) return null;
  const folders = seeds.filter((seed) => isSameHost(url, seed)).map(folderOf);
  if (folders.length === 0 || folders.some((folder) => url.pathname.startsWith(folder))) return null;
  return { reason: 'scope', detail: `--no-parent: not below ${folders.join(', ')}` };
}

function folderOf({ pathname }: URL): string {
  return pathname.slice(0, pathname.lastIndexOf('/') + 1);
}

function refuseUnmatched(url: URL, include: readonly RegExp[]): Refusal | null {
  if (include.length === 0 || include.some((pattern) => matches(pattern, url))) return null;
  return {
    reason: 'scope',
    detail: `no --include matches: ${include.map(({ source }) => source).join(', ')}`,
  };
}

/**
 * Before it is asked for, what a page shows says its type by an extension; one that is not known, or a page's, says nothing. What a link
 * leads to may be a page whatever its name is: `/wiki/Node.js`, `/wiki/File:A.png`.
 */
function refuseExtension({ url, kind }: Candidate, accept: readonly string[]): Refusal | null {
  if (kind === 'page') return null;
  const type = typeOfExtension(extensionOf(url.pathname));
  return type === null || isPageType(type) ? null : refuseType(type, accept);
}

function isOfType(type: string, pattern: string): boolean {
  const wanted = pattern.trim().toLowerCase();
  if (wanted === '*/*' || wanted === '*') return true;
  return wanted.endsWith('/*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}

/** A pattern with `g` or `y` has a memory. */
function matches(pattern: RegExp, { href }: URL): boolean {
  pattern.lastIndex = 0;
  return pattern.test(href);
}
