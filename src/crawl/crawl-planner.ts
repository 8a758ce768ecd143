// Entries of the frontier become tasks; where a body goes is decided when its head has come.

import { type Ending, newTask, skippedEnding, type Task } from '../download/task.js';
import { takeCredentials, withoutSecrets } from '../http/request-headers.js';
import type { Credentials, Job, Policy } from '../model/job.js';
import type { PartRecords } from '../model/part-record.js';
import { type Entry, isBadLine } from '../model/source.js';
import type { PassPlanner } from '../run/pass.js';
import type { Frontier, Lease } from './frontier.js';

/** Where bodies are written until their place is known, below the out folder. */
export const BODIES = '.fetchall/crawl';

/** RFC 9309 2.3.1.2: at least five. */
const ROBOTS_REDIRECTS = 5;
/** In bytes. Of a longer one the beginning would count, but it may have no end. */
const LARGEST_ROBOTS = 16 * 2 ** 20;

export class CrawlPlanner implements PassPlanner {
  readonly settlesInTurn = false;
  readonly #frontier: Frontier;
  /** null: nothing was begun before, so there are none. */
  readonly #parts: PartRecords | null;
  readonly #policy: Policy;
  /** Those that are in use, by what they differ in: few, and shared by all jobs. */
  readonly #policies = new Map<string, Policy>();
  readonly #seeds: ReadonlyMap<string, Credentials | null>;

  /** @param seeds their origins, with the user and password that stood there; the user's secret fields are for these, too */
  constructor(
    frontier: Frontier,
    policy: Policy,
    parts: PartRecords | null,
    seeds: ReadonlyMap<string, Credentials | null>,
  ) {
    this.#frontier = frontier;
    this.#policy = policy;
    this.#parts = parts;
    this.#seeds = seeds;
  }

  plan(entry: Entry, index: number): Task | Ending {
    if (isBadLine(entry)) throw new RangeError('unreachable: a frontier has no bad lines');
    const lease = this.#frontier.lease(entry.name ?? '');
    const task = newTask(Object.freeze(this.#toJob(lease, index)));
    if (lease.refusal !== null) return skippedEnding(task, 'robots');
    task.hasPart = this.#parts !== null && this.#parts.find(task.job.file, task.job.url) !== null;
    return task;
  }

  #toJob(lease: Lease, index: number): Job {
    const { key, origin, row } = lease;
    const url = new URL(lease.url);
    takeCredentials(url);
    return {
      index,
      line: null,
      url: url.href,
      host: url.host,
      credentials: this.#seeds.get(origin) ?? null,
      file: `${BODIES}/${key}`,
      takesName: true,
      checksum: null,
      isSilent: row === null || row.kind === 'sitemap',
      policy: this.#policyOf(lease),
    };
  }

  #policyOf({ row, origin, guarded }: Lease): Policy {
    const isSeed = this.#seeds.has(origin);
    const kind = `${row === null} ${isSeed} ${guarded}`;
    const known = this.#policies.get(kind);
    if (known !== undefined) return known;
    const header = isSeed ? this.#policy.header : withoutSecrets(this.#policy.header);
    const policy = Object.freeze({
      ...this.#policy,
      header,
      ledByPublic: guarded,
      ...(row === null && { keepsRedirects: false, maxRedirects: ROBOTS_REDIRECTS, maxSize: LARGEST_ROBOTS }),
    });
    this.#policies.set(kind, policy);
    return policy;
  }
}

/** Of the lease that a task was made from. */
export function leaseKey({ job }: Task): string {
  return job.file.slice(BODIES.length + 1);
}
