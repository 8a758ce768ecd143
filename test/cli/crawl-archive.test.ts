// --warc and --wacz in a crawl: what another's reader finds in them, and that a whole site can be replayed from them.

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { indexedByOthers, indexOf, ofType, readWarc, replayed } from '../archive/read-warc.js';
import { fetchall } from '../support/command-line.js';
import { serveCrawlSite } from '../support/crawl-site.js';
import { folderWith } from './stage.js';

test('a crawl in an archive: each exchange once, valid and replayable, in files of the size that was asked for', async () => {
  const site = await serveCrawlSite(60);
  const cwd = await folderWith();
  try {
    const options = ['--out', 'out', '--depth', '100', '--delay', '0', '-q', '--warc', 'kept/site', '--wacz'];
    const run = await fetchall(['crawl', ...site.seeds, ...options, '--warc-size', '64k'], { cwd });
    expect(run.stderr).not.toMatch(/WARC|archive/i);
    const kept = join(cwd, 'kept');
    const files = (await readdir(kept)).filter((name) => name.endsWith('.warc.gz')).sort();
    expect(files.length).toBeGreaterThan(1);
    expect(existsSync(join(kept, 'site.wacz'))).toBe(true);
    const paths = files.map((name) => join(kept, name));
    const records = (await Promise.all(paths.map(readWarc))).flat();
    expect(ofType(records, 'warcinfo')).toHaveLength(files.length);
    const answered = [...ofType(records, 'response'), ...ofType(records, 'revisit')];
    const urls = answered.map(({ fields }) => fields['WARC-Target-URI'] ?? '');
    expect(urls.sort()).toEqual(site.seen.map(({ url }) => url).sort());
    expect(ofType(records, 'request')).toHaveLength(answered.length);
    // Bodies that came before are not kept twice.
    expect(ofType(records, 'revisit').length).toBeGreaterThan(0);
    for (const { status, url } of (await Promise.all(paths.map(replayed))).flat())
      expect(status, url).toBeGreaterThanOrEqual(200);
    expect(await indexOf(join(kept, 'site.cdxj'))).toEqual(await indexedByOthers(...paths));
  } finally {
    await site.close();
  }
}, 60_000);
