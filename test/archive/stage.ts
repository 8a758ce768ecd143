// Archives of a test, and exchanges to put into them.

import { join } from 'node:path';
import { Archive, type ArchiveOptions } from '../../src/archive/archive.js';

/** `NAME.warc.gz` of the folder is `site`. */
export function openArchive(folder: string, options: Partial<ArchiveOptions> = {}): Promise<Archive> {
  return Archive.open({
    file: join(folder, 'site'),
    size: 2 ** 30,
    wacz: false,
    folder: join(folder, 'temporary'),
    ...options,
  });
}

export interface Told {
  readonly url: string;
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: Uint8Array | string;
}

/** Records one whole exchange. */
export async function put(archive: Archive, told: Told): Promise<void> {
  const { url, status = 200, headers = [], body = '' } = told;
  const recording = archive.record(url, () => {});
  const { pathname, host } = new URL(url);
  recording.onRequest(Buffer.from(`GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\n\r\n`), '192.0.2.1');
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null;
  const rawHeaders = headers.flat().map((text) => Buffer.from(text, 'latin1'));
  recording.onHead({ status, reason: 'OK', rawHeaders }, type);
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += 65_536) recording.write(bytes.subarray(at, at + 65_536));
  await recording.end(null);
}
