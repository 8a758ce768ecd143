// Reads the answers of a crawl: what a page leads to goes to the frontier before the page has left its slot, and is on record then.

import { join } from 'node:path';
import { type Ending, failedEnding, skippedEnding, type Task } from '../download/task.js';
import type { Visitor } from '../download/visitor.js';
import type { Disk } from '../files/disk.js';
import { piecesOf } from '../files/whole-file.js';
import { fieldValue } from '../http/header-fields.js';
import { redirectTarget } from '../http/redirect.js';
import type { ResponseHead } from '../http/transport.js';
import { FetchallError, messageOf } from '../model/errors.js';
import type { Reason } from '../model/result.js';
import type { Store } from '../state/store.js';
import { leaseKey } from './crawl-planner.js';
import { type FollowingOptions, followLinks } from './followed-links.js';
import type { Frontier, Lease } from './frontier.js';
import { endOf, withoutFile } from './frontier-end.js';
import { duplicateRefusal } from './judge-place.js';
import type { Link } from './link.js';
import type { PageLinks } from './link-extractor.js';
import { headerLinks } from './link-header.js';
import { isXml, mediaTypeOf } from './media-types.js';
import { refreshLinks } from './meta-refresh.js';
import { askCaller, CallerError, type OnPage } from './page.js';
import { Reading } from './reading.js';
import type { RobotsBook } from './robots-book.js';
import { savedRecord } from './saved-record.js';
import type { CrawlSettings } from './settings.js';
import { SiteFiles } from './site-files.js';
import type { TrapDetector, TrapFinding } from './traps.js';

export interface CrawlerOptions {
  readonly settings: CrawlSettings;
  readonly store: Store;
  readonly frontier: Frontier;
  readonly robots: RobotsBook | null;
  readonly traps: TrapDetector;
  readonly disk: Disk;
  /** The out folder, absolute. */
  readonly folder: string;
  note(text: string): void;
  readonly onPage: OnPage | null;
  /** A seed has been redirected: the crawl is at home there too. */
  addSeed(url: URL): void;
  /** `onPage` has thrown: nothing more is begun. @param error the same for what is under way */
  onCallerError(thrown: unknown, error: FetchallError): void;
}

interface FollowedLinks {
  readonly all: readonly Link[];
  /** What a caller wants in their place. */
  readonly followed: readonly (Link | string)[];
  readonly metas: PageLinks['metas'];
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Ends of URLs that were not answered because the run was over. */
const CUT_SHORT = new Set(['ERR_CANCELLED', 'ERR_DEADLINE']);

export class Crawler implements Visitor {
  readonly #options: CrawlerOptions;
  readonly #following: FollowingOptions;
  readonly #siteFiles: SiteFiles;
  readonly #readings = new Map<string, Reading>();

  constructor(options: CrawlerOptions) {
    this.#options = options;
    const { frontier, robots, settings } = options;
    this.#following = { frontier, robots, userAgent: settings.userAgent };
    this.#siteFiles = new SiteFiles({ ...options, sitemaps: settings.crawl.sitemaps });
  }

  /** Of what is kept, as soon as it is known; undefined for what is only read. */
  async typeOf(key: string): Promise<string | null | undefined> {
    const reading = this.#readings.get(key);
    await reading?.typed;
    if (reading === undefined || reading.lease.row === null || reading.lease.row.kind === 'sitemap')
      return undefined;
    return reading.refusal === null ? reading.contentType : undefined;
  }

  onHead(task: Task, head: ResponseHead): Reason | null {
    const key = leaseKey(task);
    const lease = this.#options.frontier.lease(key);
    const reading = new Reading(lease, head, this.#options.settings.scope.accept);
    this.#readings.set(key, reading);
    if (lease.row === null) return null;
    if (REDIRECTS.has(head.status)) {
      reading.target = this.#targetOf(lease, head);
      return 'redirect';
    }
    if (head.status < 200 || head.status > 299 || lease.row.kind === 'sitemap') return null;
    return reading.isWanted ? null : 'type';
  }

  /** @throws FetchallError ERR_REDIRECT, ERR_BLOCKED */
  #targetOf({ row }: Lease, head: ResponseHead): string {
    const { maxRedirects, allowDowngrade } = this.#options.settings.policy;
    if ((row?.redirects ?? 0) >= maxRedirects)
      throw new FetchallError(
        'ERR_REDIRECT',
        `more than ${maxRedirects} redirects; --max-redirects allows more`,
      );
    const target = redirectTarget(head, [head.url.href], { maxRedirects: 1, allowDowngrade });
    return target?.href ?? '';
  }

  onBody(task: Task, bytes: Uint8Array, offset: number): void {
    this.#readings.get(leaseKey(task))?.take(bytes, offset);
  }

  onWhole(task: Task): void {
    this.#readings.get(leaseKey(task))?.end();
  }

  async onEnd(ending: Ending): Promise<Ending> {
    const { task } = ending;
    if (task === null) return ending;
    const key = leaseKey(task);
    const lease = this.#options.frontier.lease(key);
    const reading = this.#readings.get(key) ?? null;
    this.#readings.delete(key);
    const seen = await this.#read(ending, task, lease, reading).catch((thrown: unknown) => {
      if (thrown instanceof CallerError) return this.#give(task, lease, thrown.thrown);
      const error = new FetchallError('ERR_PROTOCOL', `reading failed: ${messageOf(thrown)}`, {
        cause: thrown,
      });
      return this.#fail(failedEnding(task, error), lease);
    });
    const record = savedRecord(seen);
    if (record !== null) this.#options.store.record(record);
    await this.#options.store.commitSoon();
    return seen;
  }

  async #read(ending: Ending, task: Task, lease: Lease, reading: Reading | null): Promise<Ending> {
    const { frontier } = this.#options;
    if (ending.error !== null && CUT_SHORT.has(ending.error.code)) {
      frontier.giveBack(lease);
      return withoutFile(ending);
    }
    if (lease.row === null) return await this.#siteFiles.readRobots(ending, task, lease, reading);
    if (ending.error !== null) return this.#fail(ending, lease);
    if (lease.refusal !== null) return this.#skip(ending, lease, lease.refusal.detail);
    if (reading === null) throw new RangeError('unreachable: an answer has a head');
    if (reading.target !== null) return this.#follow(ending, lease, reading, reading.target);
    if (lease.row.kind === 'sitemap') return await this.#siteFiles.readSitemap(ending, task, reading);
    if (ending.result.outcome !== 'saved')
      return this.#skip(ending, lease, ending.result.reason === 'type' ? reading.refusal : null);
    return await this.#readPage(ending, task, lease, reading);
  }

  #follow(ending: Ending, lease: Lease, reading: Reading, target: string): Ending {
    const { frontier, addSeed } = this.#options;
    const { row } = lease;
    if (row === null) return ending;
    const { depth, kind, requisiteDepth, redirects, id } = row;
    if (depth === 0 && kind === 'page') addSeed(new URL(target));
    const guarded = reading.leadsToPublic;
    frontier.add(target, { depth, kind, requisiteDepth, redirects: redirects + 1, guarded }, id);
    frontier.end(lease, { ...endOf('redirect', 'redirect', target, reading.status), target });
    return withoutFile(ending);
  }

  async #readPage(ending: Ending, task: Task, lease: Lease, reading: Reading): Promise<Ending> {
    const { frontier, disk, folder, onPage, traps } = this.#options;
    const { row } = lease;
    if (row === null) return ending;
    const isKept = reading.refusal === null;
    const file = task.name ?? task.job.file;
    if (reading.isTorn) await reading.readAgain(piecesOf(disk, join(folder, file)));
    const { links, metas, omitted } = reading.links();
    const { headers } = reading;
    const fields = headerLinks([headers['link'] ?? []].flat(), reading.url);
    const refresh = refreshLinks(fieldValue(headers, 'refresh'), reading.url);
    const all = [...fields, ...refresh, ...links];
    const path = isKept ? join(folder, file) : null;
    const { url, status } = reading;
    const page = { url: url.href, status, headers, depth: row.depth, links: all, path };
    const followed = await askCaller(onPage, page).catch(async (error: unknown) => {
      await disk.unlink(join(folder, file)).catch(() => {});
      throw error;
    });
    // A style sheet leads to no page, and one sheet in many folders means another picture in each.
    const isAsked = reading.isRead && mediaTypeOf(reading.contentType) !== 'text/css' && task.digest !== null;
    const trap = isAsked ? traps.findDuplicate(url, task.digest ?? '', followed.map(urlOf)) : null;
    if (trap === null) followLinks(this.#following, lease, reading, followed, metas);
    else this.#refuseLinks(lease, reading, { all, followed, metas }, trap);
    if (row.depth === 0 && isXml(reading.contentType))
      await this.#siteFiles.followSeed(reading, join(folder, file));
    if (!isKept) {
      await this.#siteFiles.forget(task);
      return this.#skip({ ...skippedEnding(task, 'type') }, lease, reading.refusal);
    }
    frontier.end(lease, {
      ...endOf(
        'saved',
        trap === null ? null : 'trap',
        trap === null ? omitted : `links not followed: ${trap.detail}`,
        status,
      ),
      type: mediaTypeOf(reading.contentType) === '' ? null : reading.contentType,
      file,
      size: task.size,
      sha256: task.digest,
    });
    return ending;
  }

  /** What a caller adds is no part of the trap. */
  #refuseLinks(
    lease: Lease,
    reading: Reading,
    { all, followed, metas }: FollowedLinks,
    trap: TrapFinding,
  ): void {
    const known = new Set(all.map(urlOf));
    const own = followed.filter((link) => known.has(urlOf(link)));
    const added = followed.filter((link) => !known.has(urlOf(link)));
    followLinks(this.#following, lease, reading, own, metas, duplicateRefusal(trap));
    followLinks(this.#following, lease, reading, added, metas);
  }

  /** The caller's own code has failed: the page is still to be read, by a run that goes on. */
  #give(task: Task, lease: Lease, thrown: unknown): Ending {
    const { frontier, onCallerError } = this.#options;
    const error = new FetchallError('ERR_CANCELLED', `onPage threw: ${messageOf(thrown)}`, { cause: thrown });
    onCallerError(thrown, error);
    frontier.giveBack(lease);
    return withoutFile(failedEnding(task, error));
  }

  #skip(ending: Ending, lease: Lease, detail: string | null): Ending {
    const { reason, status } = ending.result;
    this.#options.frontier.end(lease, endOf('skipped', reason, detail, status));
    return withoutFile(ending);
  }

  #fail(ending: Ending, lease: Lease): Ending {
    const { error, task, result } = ending;
    if (error?.code === 'ERR_TOO_LARGE' && task !== null)
      return this.#skip(skippedEnding(task, 'size'), lease, error.message);
    this.#options.frontier.end(
      lease,
      endOf('failed', error?.code ?? null, error?.message ?? null, result.status),
    );
    return withoutFile(ending);
  }
}

function urlOf(link: Link | string): string {
  return typeof link === 'string' ? link : link.url;
}
