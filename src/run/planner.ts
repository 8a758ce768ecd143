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
import { type NameClaims, numberedNames, suffixedNames } from '../files/name-claims.js';
import type { ExistingMode } from '../files/options.js';
import { nameFromUrl, safeName } from '../files/safe-name.js';
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

/** What a look is for; null when the entry has come to its end without one. */
export function taskOf(look: Look): Task | null {
  if ('settled' in look) return look.task;
  return 'job' in look ? look : null;
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
      if (task.job.takesName) return await this.#settleUnnamed(task);
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
        task.known = await this.#askedWith(task);
        return await this.#replacing(task);
      case 'rename':
        return await this.#renamed(task, numberedNames(file));
      case 'fail':
        return failedEnding(
          task,
          new FetchallError(
            'ERR_EXISTS',
            `${task.name ?? file} exists already; --existing says what to do then`,
          ),
        );
    }
  }

  /**
   * The response will name the file. What stands at the planned name says nothing, unless notes tell that it is this URL's,
   * or which other file is; what stands at the final name is looked at when it is known.
   */
  async #settleUnnamed(task: Task): Promise<Task | Ending> {
    const { existing, disk, folder, claims, known: notes } = this.#options;
    const { file, url } = task.job;
    const known = notes?.known(url, file) ?? null;
    const given = known === null ? (notes?.nameOf(url, file) ?? null) : known.name;
    // So that no answer to another URL takes it.
    if (given !== null) claims.take(given, url);
    if (known === null && given === null) return await this.#replacing(task);
    const path = join(folder, given ?? file);
    const found = await disk.occupant(path);
    const isThere = found === 'file' || found === 'other';
    // Under another name, or over what is there in any case.
    if (!isThere || existing === 'rename' || existing === 'overwrite') return await this.#replacing(task);
    task.name = given ?? file;
    return await this.#settleExisting(task);
  }

  /** A file that is not what was saved, or not what the list expects now, is fetched anew. */
  async #skipped(task: Task): Promise<Task | Ending> {
    const known = this.#knownOf(task);
    if (known === null) return skippedEnding(task, 'exists');
    const size = await this.#sizeOf(task);
    if (size !== known.size || !isVerified(known, task.job.checksum)) return await this.#replacing(task);
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
  async #askedWith(task: Task): Promise<KnownFile | null> {
    const known = this.#knownOf(task);
    if (known === null || (known.etag === null && known.lastModified === null)) return null;
    return (await this.#sizeOf(task)) === known.size ? known : null;
  }

  /** What is known of the file that stands there, where it was saved from this URL. */
  #knownOf({ name, job: { file, url } }: Task): KnownFile | null {
    const known = this.#options.known?.known(url, file) ?? null;
    return known !== null && (known.name ?? file) === (name ?? file) ? known : null;
  }

  #sizeOf({ name, job: { file } }: Task): Promise<number | null> {
    return this.#options.disk.size(join(this.#options.folder, name ?? file));
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
    if (url.hash !== '') url.hash = '';
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
      takesName: policy.contentDisposition && (name === undefined || isNameOf(url, name)),
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

/** Whether a name that is asked for is but the URL's own, perhaps made different: `retry` asks for these. */
function isNameOf(url: URL, name: string): boolean {
  const own = nameFromUrl(url);
  return name === own || name === suffixedNames(own, url.href).next().value;
}

/** A part there is another URL's, or of another run: it is replaced. */
function isUsable(found: Occupant): boolean {
  return found === 'nothing' || found === 'part';
}

function withPart(task: Task): Task {
  task.hasPart = true;
  return task;
}
