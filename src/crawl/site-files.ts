// What a site says of itself beside its pages: robots.txt and sitemaps. They are read and not kept.

import { join } from 'node:path';
import type { Ending, Task } from '../download/task.js';
import type { Disk } from '../files/disk.js';
import { piecesOf } from '../files/whole-file.js';
import { messageOf } from '../model/errors.js';
import type { Frontier, Lease } from './frontier.js';
import { endOf, withoutFile } from './frontier-end.js';
import { isPageType, mediaTypeOf } from './media-types.js';
import { readSitemap } from './read-sitemap.js';
import type { Reading } from './reading.js';
import { ROBOTS_LIMIT } from './robots.js';
import type { RobotsBook } from './robots-book.js';
import type { Sitemap } from './sitemap.js';

export interface SiteFilesOptions {
  readonly frontier: Frontier;
  readonly robots: RobotsBook | null;
  readonly disk: Disk;
  /** The out folder, absolute. */
  readonly folder: string;
  /** Whether sitemaps are asked for. */
  readonly sitemaps: boolean;
  /** Hears of a sitemap that is not read to its end. */
  note(text: string): void;
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
    if (ending.result.outcome === 'saved') await this.#noteRobots(origin, task);
    // 429 is no word on what is there, but on how often it was asked.
    else if (status !== null && status >= 400 && status < 500 && status !== 429)
      robots?.note(origin, null, 'none');
    else robots?.note(origin, null, ending.error?.message ?? 'no answer');
    const guarded = reading?.leadsToPublic ?? true;
    const place = { kind: 'sitemap', requisiteDepth: 0, redirects: 0, guarded } as const;
    if (sitemaps)
      for (const url of robots?.sitemaps(origin) ?? [])
        frontier.add(url, { ...place, depth: frontier.level }, null);
    await this.forget(task);
    frontier.end(lease, endOf('skipped', null, null, status));
    return withoutFile(ending);
  }

  /** From the file: an answer that was cut short and gone on with did not come in one piece. */
  async #noteRobots(origin: string, { job }: Task): Promise<void> {
    const { robots, disk, folder } = this.#options;
    const pieces: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const piece of piecesOf(disk, join(folder, job.file))) {
        pieces.push(piece.slice());
        length += piece.length;
        if (length > ROBOTS_LIMIT) break;
      }
      robots?.note(origin, Buffer.concat(pieces).toString(), 'ok');
    } catch (error) {
      robots?.note(origin, null, messageOf(error));
    }
  }

  /** Its URLs are pages, or sitemaps again. */
  async readSitemap(ending: Ending, task: Task, reading: Reading): Promise<Ending> {
    const { frontier, disk, folder } = this.#options;
    const { lease, leadsToPublic: guarded } = reading;
    const { status } = ending.result;
    const found = await readSitemap(disk, join(folder, task.job.file));
    await this.forget(task);
    if (found.urls.length === 0 && isPageType(mediaTypeOf(reading.contentType))) {
      const page = {
        depth: (lease.row?.depth ?? 0) + 1,
        kind: 'page',
        requisiteDepth: 0,
        redirects: 0,
        guarded,
      } as const;
      frontier.meetAs(lease, page, endOf('refused', 'sitemap', 'no sitemap, but a page', status));
      return withoutFile(ending);
    }
    this.#follow(found, reading);
    const detail = found.truncated ? `${inPart(found)}; not kept` : 'read, not kept';
    frontier.end(lease, endOf('skipped', 'sitemap', detail, status));
    return withoutFile(ending);
  }

  /** A seed may be a sitemap: it leads on as one, and is kept. */
  async followSeed(reading: Reading, path: string): Promise<void> {
    this.#follow(await readSitemap(this.#options.disk, path), reading);
  }

  #follow(found: Sitemap, { lease, leadsToPublic: guarded }: Reading): void {
    const { frontier, note } = this.#options;
    const { depth = 0, requisiteDepth = 0, id: parent = null } = lease.row ?? {};
    const page = { depth: depth + 1, kind: 'page', requisiteDepth: 0, redirects: 0, guarded } as const;
    const further = { ...page, depth, kind: 'sitemap', requisiteDepth: requisiteDepth + 1 } as const;
    for (const url of found.urls) frontier.add(url, found.kind === 'index' ? further : page, parent);
    if (found.truncated) note(`fetchall: ${lease.url} is ${inPart(found)}`);
  }

  /** What was only read is not kept. */
  async forget({ job }: Task): Promise<void> {
    const { disk, folder } = this.#options;
    await disk.unlink(join(folder, job.file)).catch(() => {});
  }
}

function inPart({ urls }: Sitemap): string {
  return `read in part: ${urls.length} URLs`;
}
