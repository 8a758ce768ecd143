// At the end of a crawl: every page and style sheet leads to the files that were fetched, and to the web for what was not.

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
import { hashOf, Originals } from './originals.js';
import { urlKey } from './url-key.js';

/** A redirect that leads on and on is none to follow. */
const MOST_REDIRECTS = 20;
/** A page of more bytes is no page to be read in a browser. */
const LARGEST = 32 * 1024 * 1024;

/** Where the state has the hash of a converted file that is being replaced: cut short there, the next run knows it for its own. */
const replaced = ({ id }: FrontierRow): string => `replaced ${id}`;

/**
 * Converts what was fetched, from what came: what an earlier run has converted leads to what is there now.
 *
 * @throws FetchallError ERR_DISK
 */
export async function convertTree(
  store: Store,
  { disk, folder }: Pick<Live, 'disk' | 'folder'>,
): Promise<void> {
  const originals = new Originals(disk, folder);
  for (const row of store.crawl.all('saved')) {
    const { file, type } = row;
    if (file === null || !isConverted(type) || (row.size ?? 0) > LARGEST) continue;
    const path = join(folder, file);
    try {
      // Somebody may have removed it.
      if ((await disk.size(path)) === null) continue;
      const bytes = await wholeFile(disk, path);
      const hash = hashOf(bytes);
      const original = await originalOf(row, { bytes, hash }, store, originals);
      if (original === null) continue;
      const converted = convertLinks(original, { baseUrl: row.url, contentType: type }, (url) =>
        local(store, file, url),
      );
      if (Buffer.compare(bytes, converted) === 0) continue;
      if (hash === row.sha256) await originals.keep(hash, bytes);
      else store.write(() => store.crawl.putValue(replaced(row), hash));
      const part = join(folder, '.fetchall/crawl', `${row.id}.part`);
      // Told before it is done: cut short between the two, the file is still the one before, and is converted by the next run.
      store.rewritten(row.url, file, converted.length, hashOf(converted));
      store.flush();
      await disk.save(part, path, [converted], false);
    } catch (error) {
      throw diskError(error, `cannot convert ${path}`);
    }
  }
}

/** What came, of a file as it is now; null where it is neither that nor what a run has made of it, but somebody else's. */
async function originalOf(
  row: FrontierRow,
  { bytes, hash }: { readonly bytes: Uint8Array; readonly hash: string },
  store: Store,
  originals: Originals,
): Promise<Uint8Array | null> {
  const { url, file, sha256 } = row;
  if (hash === sha256) return bytes;
  const isOurs = hash === store.known(url, file ?? '')?.sha256 || hash === store.crawl.value(replaced(row));
  return isOurs && sha256 !== null ? await originals.find(sha256) : null;
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
