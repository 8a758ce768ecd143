// Entries of a list become tasks: names are claimed in list order, and what is on disk already is looked at.

import { join } from 'node:path';
import {
  badLineEnding,
  type Ending,
  failedEnding,
  newTask,
  skippedEnding,
  type Task,
} from '../download/task.js';
import type { ChecksumList } from '../files/checksum-list.js';
import { besidePart, type Disk, type Occupant } from '../files/disk.js';
import { diskError } from '../files/disk-errors.js';
import { type NameClaims, suffixedNames } from '../files/name-claims.js';
import type { ExistingMode } from '../files/options.js';
import { nameFromUrl, safeName, withSuffix } from '../files/safe-name.js';
import { takeCredentials } from '../http/request-headers.js';
import { FetchallError } from '../model/errors.js';
import type { Job, Policy } from '../model/job.js';
import type { KnownFile, KnownFiles } from '../model/known-file.js';
import { type Checksum, checksumText, type Entry, isBadLine, type Source } from '../model/source.js';

export interface PlannerOptions {
  readonly disk: Disk;
  /** The out folder, absolute. */
  readonly folder: string;
  readonly existing: ExistingMode;
  readonly policy: Policy;
  readonly claims: NameClaims;
  /** Nothing stood in the folder when the run began, so there is nothing to look at: what stands there now is ours. */
  readonly fresh: boolean;
  /** What files must hash to, where their line of the list does not say. */
  readonly checksums?: ChecksumList | null | undefined;
  /** What runs before have saved. */
  readonly known?: KnownFiles | null | undefined;
}

/** A task whose place on disk is being looked at; or a task, or an ending, that needs no look. */
export type Look = PendingLook | Task | Ending;

interface PendingLook {
  readonly task: Task;
  /** What the look comes to: a task to be fetched, perhaps under another name, or an ending. Never rejects. */
  readonly settled: Promise<Task | Ending>;
}

export class Planner {
  readonly #options: PlannerOptions;

  constructor(options: PlannerOptions) {
    this.#options = options;
  }

  /**
   * Whether what stands on disk decides which names are claimed. Then an entry has to be settled before the next is
   * planned: else the names would depend on how fast the disk is.
   */
  get settlesInTurn(): boolean {
    return this.#options.existing === 'rename';
  }

  /** Claims the name; called in list order. `index` is the entry's place in the list, from 0. */
  plan(entry: Entry, index: number): Look {
    if (isBadLine(entry)) return badLineEnding(entry);
    const { task, duplicate } = this.#toTask(entry, index);
    if (duplicate) return skippedEnding(task, 'duplicate');
    return this.#options.fresh ? task : { task, settled: this.#settle(task) };
  }

  async #settle(task: Task): Promise<Task | Ending> {
    try {
      const found = await this.#look(task.job.file);
      if (found === 'nothing') return task;
      if (found === 'part') return withPart(task);
      if (found === 'folder' || found === 'blocked') return await this.#suffixed(task);
      return await this.#settleExisting(task);
    } catch (error) {
      return failedEnding(
        task,
        diskError(error, `cannot look at ${join(this.#options.folder, task.job.file)}`),
      );
    }
  }

  async #settleExisting(task: Task): Promise<Task | Ending> {
    const { file } = task.job;
    switch (this.#options.existing) {
      case 'skip':
        return await this.#skipped(task);
      case 'overwrite':
        return await this.#replacing(task);
      case 'update':
        task.update = 'changed';
        task.known = await this.#knownOf(task);
        return await this.#replacing(task);
      case 'rename':
        return await this.#renamed(task, numberedNames(file));
      case 'fail':
        return failedEnding(
          task,
          new FetchallError('ERR_EXISTS', `${file} exists already; --existing says what to do then`),
        );
    }
  }

  /** A file that is not what was saved, or not what the list expects now, is fetched anew. */
  async #skipped(task: Task): Promise<Task | Ending> {
    const { file, url, checksum } = task.job;
    const known = this.#options.known?.known(url, file) ?? null;
    if (known === null) return skippedEnding(task, 'exists');
    const size = await this.#options.disk.size(join(this.#options.folder, file));
    if (size !== known.size || !isVerified(known, checksum)) return await this.#replacing(task);
    task.size = size;
    return skippedEnding(task, 'complete');
  }

  /** The file that stands there is written anew. */
  async #replacing(task: Task): Promise<Task> {
    const beside = besidePart(await this.#options.disk.occupant(this.#partOf(task.job.file)));
    if (beside === 'blocked') return await this.#suffixed(task);
    return beside === 'part' ? withPart(task) : task;
  }

  /** What to ask with; null where nothing is known, or the file is not what was saved. */
  async #knownOf({ job: { file, url } }: Task): Promise<KnownFile | null> {
    const known = this.#options.known?.known(url, file) ?? null;
    if (known === null || (known.etag === null && known.lastModified === null)) return null;
    return (await this.#options.disk.size(join(this.#options.folder, file))) === known.size ? known : null;
  }

  #suffixed(task: Task): Promise<Task> {
    return this.#renamed(task, suffixedNames(task.job.file, task.job.url));
  }

  /** The same task under the first of the names that nobody has claimed and nothing stands at. */
  async #renamed(task: Task, names: Iterable<string>): Promise<Task> {
    for (const file of names) {
      if (this.#options.claims.take(file, task.job.url) && isUsable(await this.#look(file))) {
        return {
          ...task,
          job: Object.freeze({ ...task.job, file }),
          update: task.update && 'new',
          known: null,
        };
      }
    }
    throw new RangeError('unreachable: the names have no end');
  }

  #toTask({ url: written, name, checksum, line }: Source, index: number): { task: Task; duplicate: boolean } {
    const { claims, policy, checksums } = this.#options;
    const url = new URL(written);
    url.hash = '';
    const credentials = takeCredentials(url);
    const { href, host } = url;
    const wanted = name === undefined ? nameFromUrl(url) : safeName(name);
    const { name: file, duplicate } = claims.claim(wanted, href);
    const job: Job = {
      index,
      line: line ?? null,
      url: href,
      host,
      credentials,
      file,
      checksum: checksum ?? checksums?.find(wanted, url) ?? null,
      policy,
    };
    const task = newTask(Object.freeze(job), url);
    if (this.#options.existing === 'update') task.update = 'new';
    return { task, duplicate };
  }

  #look(file: string): Promise<Occupant> {
    return this.#options.disk.occupant(join(this.#options.folder, file), this.#partOf(file));
  }

  #partOf(file: string): string {
    return join(this.#options.folder, `${file}.part`);
  }
}

function isVerified({ verified, sha256 }: KnownFile, checksum: Checksum | null): boolean {
  if (checksum === null || verified === checksumText(checksum)) return true;
  return checksum.algorithm === 'sha256' && checksum.hex === sha256;
}

/** A part there is another URL's, or of another run: it is replaced. */
function isUsable(found: Occupant): boolean {
  return found === 'nothing' || found === 'part';
}

function withPart(task: Task): Task {
  task.hasPart = true;
  return task;
}

/** `a-1.bin`, `a-2.bin` ... */
function* numberedNames(file: string): Generator<string> {
  for (let number = 1; ; number++) yield withSuffix(file, String(number));
}
