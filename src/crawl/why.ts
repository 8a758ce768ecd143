// What became of a URL in a crawl, and why.

import { FetchallError, UsageError } from '../model/errors.js';
import type { WhyFacts } from '../model/why-facts.js';
import { lockHolder } from '../state/lock.js';
import { memoryFolder } from '../state/memory-folder.js';
import { openStore } from '../state/open-store.js';
import { parseUrl, urlKey } from './url-key.js';

/** @throws UsageError for what is no URL; FetchallError ERR_DISK; ERR_LOCKED while a run is at work there */
export async function whyUrl(folder: string, written: string): Promise<WhyFacts> {
  const url = withoutCredentials(urlKey(written));
  if (url === null) throw new UsageError(`${JSON.stringify(written)} is no http or https URL`);
  const running = await lockHolder(memoryFolder(folder));
  if (running !== null) {
    const { pid, since } = running;
    const says = `a run is at work in ${folder} (process ${pid}, since ${since}), and the frontier is its own`;
    throw new FetchallError(
      'ERR_LOCKED',
      `${says}: ask again when it has ended; meanwhile fetchall status counts`,
    );
  }
  const store = await openStore(folder, { synchronous: 'OFF', isPassing: true });
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

/** As the frontier knows it. */
function withoutCredentials(key: string | null): string | null {
  const url = key === null ? null : parseUrl(key);
  if (url === null) return null;
  url.username = '';
  url.password = '';
  return url.href;
}
