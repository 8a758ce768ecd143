// What became of a URL in a crawl, and why.

import { UsageError } from '../model/errors.js';
import { openStore } from '../state/open-store.js';
import { urlKey } from './url-key.js';

export interface WhyFacts {
  readonly url: string;
  /** null for a URL that the crawl has not met. */
  readonly found: {
    readonly state: string;
    readonly reason: string | null;
    readonly detail: string | null;
    readonly status: number | null;
    readonly depth: number;
    readonly file: string | null;
    /** The page where it was found first; null for a seed. */
    readonly parent: string | null;
  } | null;
}

/** @throws UsageError for what is no URL; FetchallError ERR_DISK; ERR_LOCKED while a run is at work there */
export async function whyUrl(folder: string, written: string): Promise<WhyFacts> {
  const url = urlKey(written);
  if (url === null) throw new UsageError(`${JSON.stringify(written)} is no http or https URL`);
  const store = await openStore(folder, { synchronous: 'OFF' });
  try {
    const row = store.crawl.find(url);
    if (row === null) return { url, found: null };
    const { state, reason, detail, status, depth, file } = row;
    const parent = row.parent === null ? null : (store.crawl.byId(row.parent)?.url ?? null);
    return { url, found: { state, reason, detail, status, depth, file, parent } };
  } finally {
    await store.close();
  }
}
