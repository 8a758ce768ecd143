// An archive packed with its index and a list of its pages (WACZ 1.1.1, https://specs.webrecorder.net/wacz/1.1.1/).

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { clock } from '../coroutine/clock.js';
import { archiveError } from './archive-error.js';
import type { ArchiveFiles } from './archive-files.js';
import { linesOf } from './cdxj.js';
import { type IndexEntry, parseIndexLine } from './index-line.js';
import { SOFTWARE } from './warcinfo.js';
import { type ZipMember, ZipWriter } from './zip-writer.js';

/** What replay offers to begin with. */
const PAGES = new Set(['text/html', 'application/xhtml+xml']);

/** Characters of a write. */
const WRITE = 65_536;

/**
 * Packs an archive that is complete. What stood at the path stays until the new one is.
 *
 * @throws FetchallError ERR_DISK
 */
export async function writeWacz(path: string, files: ArchiveFiles): Promise<void> {
  const part = `${path}.part`;
  const date = clock.date();
  let zip: ZipWriter | null = null;
  try {
    zip = await ZipWriter.create(part, date);
    const members: ZipMember[] = [];
    for (const number of await files.existing()) {
      const name = `archive/${files.warcName(number)}`;
      members.push(await zip.add(name, createReadStream(files.warc(number)) as AsyncIterable<Uint8Array>));
    }
    const index = createReadStream(files.index) as AsyncIterable<Uint8Array>;
    members.push(await zip.add('indexes/index.cdxj', index));
    members.push(await zip.add('pages/pages.jsonl', pagesOf(files.index)));
    const datapackage = Buffer.from(`${JSON.stringify(toDatapackage(members, date), null, 2)}\n`);
    await zip.add('datapackage.json', [datapackage]);
    await zip.add('datapackage-digest.json', [digestOf(datapackage)]);
    await zip.finish();
    await rename(part, path);
  } catch (error) {
    await zip?.discard();
    await rm(part, { force: true }).catch(() => {});
    throw archiveError(error, `cannot write ${path}`);
  }
}

function toDatapackage(members: readonly ZipMember[], date: Date): object {
  return {
    profile: 'data-package',
    wacz_version: '1.1.1',
    software: SOFTWARE,
    created: date.toISOString(),
    resources: members.map(({ name, size, sha256 }) => ({
      name: name.slice(name.lastIndexOf('/') + 1),
      path: name,
      hash: `sha256:${sha256}`,
      bytes: size,
    })),
  };
}

function digestOf(datapackage: Uint8Array): Buffer {
  const hash = `sha256:${createHash('sha256').update(datapackage).digest('hex')}`;
  return Buffer.from(`${JSON.stringify({ path: 'datapackage.json', hash }, null, 2)}\n`);
}

/** A line of JSON a page, behind one that says what they are. */
async function* pagesOf(index: string): AsyncGenerator<Uint8Array> {
  let lines = `${JSON.stringify({ format: 'json-pages-1.0', id: 'pages', title: 'All Pages' })}\n`;
  for await (const line of linesOf(index)) {
    const entry = parseIndexLine(line);
    if (entry === null || !isPage(entry)) continue;
    lines += `${JSON.stringify({ id: pageId(entry), url: entry.url, ts: entry.date })}\n`;
    if (lines.length < WRITE) continue;
    yield Buffer.from(lines);
    lines = '';
  }
  yield Buffer.from(lines);
}

function isPage({ mime, status }: IndexEntry): boolean {
  return (status === 200 || status === null) && mime !== null && PAGES.has(mime);
}

/** The same each time the archive is packed. */
function pageId({ url, date }: IndexEntry): string {
  return createHash('sha1').update(`${date} ${url}`).digest('base64url').slice(0, 22);
}
