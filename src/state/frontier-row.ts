// A URL of a crawl, as the state knows it.

import type { Row } from './database.js';
import { number, text } from './file-rows.js';

export type FrontierState = 'open' | 'leased' | 'saved' | 'failed' | 'skipped' | 'refused' | 'redirect';

/** What a URL is looked at for. */
export interface FrontierPlace {
  readonly depth: number;
  readonly kind: 'page' | 'requisite' | 'sitemap';
  /** Requisites in a row that led here; of a sitemap, indexes. */
  readonly requisiteDepth: number;
  /** Redirects in a row that led here. */
  readonly redirects: number;
  /** Only public addresses have led here. */
  readonly guarded: boolean;
}

export interface NewFrontierRow extends FrontierPlace {
  readonly url: string;
  readonly origin: string;
  /** Row of the page where it was found first. */
  readonly parent: number | null;
  /** Why it is not fetched; null where it is to be. */
  readonly refusal: { readonly reason: string; readonly detail: string } | null;
}

export interface FrontierRow extends FrontierPlace {
  readonly id: number;
  readonly url: string;
  readonly origin: string;
  readonly parent: number | null;
  readonly state: FrontierState;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly status: number | null;
  readonly type: string | null;
  readonly file: string | null;
  readonly size: number | null;
  readonly sha256: string | null;
  /** Where a redirect leads. */
  readonly target: string | null;
}

export type FrontierEnd = Pick<FrontierRow, 'state' | 'reason' | 'detail' | 'status'> &
  Partial<Pick<FrontierRow, 'type' | 'file' | 'size' | 'sha256' | 'target'>> & { readonly ended: number };

export function toFrontierRow(row: Row): FrontierRow {
  const count = (column: string): number => number(row[column]) ?? 0;
  return {
    id: count('id'),
    url: text(row['url']) ?? '',
    origin: text(row['origin']) ?? '',
    depth: count('depth'),
    kind: (text(row['kind']) ?? 'page') as FrontierRow['kind'],
    requisiteDepth: count('requisite_depth'),
    redirects: count('redirects'),
    guarded: count('guarded') !== 0,
    parent: number(row['parent']),
    state: (text(row['state']) ?? 'open') as FrontierState,
    reason: text(row['reason']),
    detail: text(row['detail']),
    status: number(row['status']),
    type: text(row['type']),
    file: text(row['file']),
    size: number(row['size']),
    sha256: text(row['sha256']),
    target: text(row['target']),
  };
}
