// What a site says of itself beside its pages: robots.txt and sitemaps. They are read and not kept.

import { join } from 'node:path';
import type { Ending, Task } from '../download/task.js';
import type { Disk } from '../files/disk.js';
import type { Frontier, Lease } from './frontier.js';
import { endOf, withoutFile } from './frontier-end.js';
import { readSitemap } from './read-sitemap.js';
import type { Reading } from './reading.js';
import type { RobotsBook } from './robots-book.js';

export interface SiteFilesOptions {
  readonly frontier: Frontier;
  readonly robots: RobotsBook | null;
  readonly disk: Disk;
  /** The out folder, absolute. */
  readonly folder: string;
  /** Whether sitemaps are asked for. */
  readonly sitemaps: boolean;
}

export class SiteFiles {
  readonly #options: SiteFilesOptions;

  constructor(options: SiteFilesOptions) {
    this.#options = options;
  }

  async readRobots(ending: Ending, task: Task, lease: Lease, reading: Reading | null): Promise<Ending> {
    const { robots, frontier, sitemaps } = this.#options;
    const { status } = ending.result;
    const { origin } = lease;
    if (ending.result.outcome === 'saved') robots?.note(origin, reading?.text() ?? '', 'ok');
    // 429 is no word on what is there, but on how often it was asked.
    else if (status !== null && status >= 400 && status < 500 && status !== 429)
      robots?.note(origin, null, 'none');
    else robots?.note(origin, null, ending.error?.message ?? 'no answer');
    const place = { kind: 'sitemap', requisiteDepth: 0, redirects: 0, guarded: lease.guarded } as const;
    if (sitemaps)
      for (const url of robots?.sitemaps(origin) ?? [])
        frontier.add(url, { ...place, depth: frontier.level }, null);
    await this.forget(task);
    frontier.end(lease, endOf('skipped', null, null, status));
    return withoutFile(ending);
  }

  /** Its URLs are pages, or sitemaps again. */
  async readSitemap(ending: Ending, task: Task, lease: Lease): Promise<Ending> {
    const { frontier, disk, folder } = this.#options;
    const { row } = lease;
    const { kind, urls } = await readSitemap(disk, join(folder, task.job.file));
    await this.forget(task);
    const depth = (row?.depth ?? 0) + (kind === 'index' ? 0 : 1);
    const guarded = lease.guarded;
    const place = {
      depth,
      kind: kind === 'index' ? 'sitemap' : 'page',
      requisiteDepth: 0,
      redirects: 0,
      guarded,
    } as const;
    for (const url of urls) frontier.add(url, place, row?.id ?? null);
    frontier.end(lease, endOf('skipped', 'sitemap', 'read, not kept', ending.result.status));
    return withoutFile(ending);
  }

  /** A seed may be a sitemap: it leads on as one. @param isPublic whether a public address has answered */
  async followSeed({ row, guarded: wasGuarded }: Lease, path: string, isPublic: boolean): Promise<void> {
    const { frontier, disk } = this.#options;
    const { kind, urls } = await readSitemap(disk, path);
    const guarded = wasGuarded || isPublic;
    const common = { requisiteDepth: 0, redirects: 0, guarded };
    const depth = row?.depth ?? 0;
    for (const url of urls) {
      if (kind === 'index') frontier.add(url, { ...common, depth, kind: 'sitemap' }, row?.id ?? null);
      else frontier.add(url, { ...common, depth: depth + 1, kind: 'page' }, row?.id ?? null);
    }
  }

  /** What was only read is not kept. */
  async forget({ job }: Task): Promise<void> {
    const { disk, folder } = this.#options;
    await disk.unlink(join(folder, job.file)).catch(() => {});
  }
}
