// At the end of a crawl: every page and style sheet leads to the files that were fetched, and to the web for what was not.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { diskError } from '../files/disk-errors.js';
import { wholeFile } from '../files/whole-file.js';
import type { Live } from '../run/live.js';
import type { FrontierRow } from '../state/frontier-row.js';
import type { Store } from '../state/store.js';
import { convertLinks } from './convert-links.js';
import { documentTypeOf } from './document-type.js';
import { relativeReference } from './local-path.js';
import { mediaTypeOf } from './media-types.js';
import { urlKey } from './url-key.js';

/** A redirect that leads on and on is none to follow. */
const MOST_REDIRECTS = 20;
/** A page of more bytes is no page to be read in a browser. */
const LARGEST = 32 * 1024 * 1024;

/**
 * Converts what was fetched and is not converted yet; the hash of the original stays in the frontier.
 *
 * @throws FetchallError ERR_DISK
 */
export async function convertTree(
  store: Store,
  { disk, folder }: Pick<Live, 'disk' | 'folder'>,
): Promise<void> {
  for (const row of store.crawl.all('saved')) {
    const { file, type, sha256 } = row;
    if (file === null || !isConverted(type) || (row.size ?? 0) > LARGEST) continue;
    const path = join(folder, file);
    try {
      // Somebody may have removed it.
      if ((await disk.size(path)) === null) continue;
      const bytes = await wholeFile(disk, path);
      // What is not the original was converted before, or is somebody else's.
      if (hashOf(bytes) !== sha256) continue;
      const converted = convertLinks(bytes, { baseUrl: row.url, contentType: type }, (url) =>
        local(store, file, url),
      );
      if (Buffer.compare(bytes, converted) === 0) continue;
      const part = join(folder, '.fetchall/crawl', `${row.id}.part`);
      // Told before it is done: killed between the two, the file is still the original, and is converted by the next run.
      store.rewritten(row.url, file, converted.length, hashOf(converted));
      store.flush();
      await disk.save(part, path, [converted], false);
    } catch (error) {
      throw diskError(error, `cannot convert ${path}`);
    }
  }
}

function isConverted(type: string | null): boolean {
  return documentTypeOf(mediaTypeOf(type)) !== null;
}

/** @returns the file of a URL, redirects followed, as a page at `from` names it; null where there is none */
function local(store: Store, from: string, url: string): string | null {
  let row: FrontierRow | null = null;
  let next: string | null = url;
  for (let step = 0; next !== null && step <= MOST_REDIRECTS; step++) {
    row = store.crawl.find(urlKey(next) ?? '');
    next = row?.state === 'redirect' ? row.target : null;
  }
  return row?.state === 'saved' && row.file !== null ? relativeReference(from, row.file) : null;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
