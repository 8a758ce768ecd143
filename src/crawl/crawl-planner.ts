// Entries of the frontier become tasks; where a body goes is decided when its head has come.

import { type Ending, newTask, skippedEnding, type Task } from '../download/task.js';
import { takeCredentials } from '../http/request-headers.js';
import type { Credentials, Job, Policy } from '../model/job.js';
import type { PartRecords } from '../model/part-record.js';
import { type Entry, isBadLine } from '../model/source.js';
import type { PassPlanner } from '../run/pass.js';
import type { Frontier, Lease } from './frontier.js';

/** Where bodies are written until their place is known, below the out folder. */
export const BODIES = '.fetchall/crawl';

/** RFC 9309 2.3.1.2: at least five. */
const ROBOTS_REDIRECTS = 5;

export class CrawlPlanner implements PassPlanner {
  readonly settlesInTurn = false;
  readonly #frontier: Frontier;
  /** null: nothing was begun before, so there are none. */
  readonly #parts: PartRecords | null;
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #credentials: ReadonlyMap<string, Credentials>;

  /** @param credentials by origin, as they stood in a seed */
  constructor(
    frontier: Frontier,
    policy: Policy,
    parts: PartRecords | null,
    credentials: ReadonlyMap<string, Credentials>,
  ) {
    this.#frontier = frontier;
    this.#parts = parts;
    this.#credentials = credentials;
    const robots = { ...policy, keepsRedirects: false, maxRedirects: ROBOTS_REDIRECTS, maxSize: null };
    this.#policies = new Map<string, Policy>([
      ['page', Object.freeze({ ...policy, ledByPublic: false })],
      ['page guarded', Object.freeze({ ...policy, ledByPublic: true })],
      ['robots', Object.freeze({ ...robots, ledByPublic: false })],
      ['robots guarded', Object.freeze({ ...robots, ledByPublic: true })],
    ]);
  }

  plan(entry: Entry, index: number): Task | Ending {
    if (isBadLine(entry)) throw new RangeError('unreachable: a frontier has no bad lines');
    const lease = this.#frontier.lease(entry.name ?? '');
    const task = newTask(Object.freeze(this.#toJob(lease, index)));
    if (lease.refusal !== null) return skippedEnding(task, 'robots');
    task.hasPart = this.#parts !== null && this.#parts.find(task.job.file, task.job.url) !== null;
    return task;
  }

  #toJob({ key, url: written, origin, row, guarded }: Lease, index: number): Job {
    const url = new URL(written);
    takeCredentials(url);
    const policy = this.#policies.get(`${row === null ? 'robots' : 'page'}${guarded ? ' guarded' : ''}`);
    if (policy === undefined) throw new RangeError('unreachable: all kinds have a policy');
    return {
      index,
      line: null,
      url: url.href,
      host: url.host,
      credentials: this.#credentials.get(origin) ?? null,
      file: `${BODIES}/${key}`,
      takesName: true,
      checksum: null,
      isSilent: row === null || row.kind === 'sitemap',
      policy,
    };
  }
}

/** Of the lease that a task was made from. */
export function leaseKey({ job }: Task): string {
  return job.file.slice(BODIES.length + 1);
}
