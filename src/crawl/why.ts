// What became of a URL in a crawl, and why.

import { UsageError } from '../model/errors.js';
import type { WhyFacts } from '../model/why-facts.js';
import { openStore } from '../state/open-store.js';
import { urlKey } from './url-key.js';

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
