// Where one response's bytes go in the end: the name, which the server may give, and what becomes of the part.

import { join } from 'node:path';
import type { Place } from '../files/final-names.js';
import type { PartFile } from '../files/part-file.js';
import { safeName } from '../files/safe-name.js';
import { dispositionName } from '../http/content-disposition.js';
import { fieldValue } from '../http/header-fields.js';
import type { ResponseHead } from '../http/transport.js';
import { FetchallError } from '../model/errors.js';
import type { Job } from '../model/job.js';
import type { Context } from './context.js';
import type { PartKeeper } from './part-keeper.js';
import type { Task } from './task.js';

export interface DestinationEvents {
  /** What stands at the name is not to be replaced: the rest of the body is of no use. */
  gaveWay(): void;
  failed(error: unknown): void;
}

/** @returns a safe name; null where the server gives none, or its word does not count */
export function serverName({ takesName }: Job, { headers }: ResponseHead): string | null {
  const field = takesName ? fieldValue(headers, 'content-disposition') : null;
  const name = field === null ? null : dispositionName(field);
  return name === null ? null : safeName(name);
}

export class Destination {
  readonly #task: Task;
  readonly #context: Context;
  readonly #part: PartFile;
  readonly #keeper: PartKeeper;
  /** null until the head has come, and where the name is the job's in any case. */
  #place: Promise<Place> | null = null;

  constructor(task: Task, context: Context, part: PartFile, keeper: PartKeeper) {
    this.#task = task;
    this.#context = context;
    this.#part = part;
    this.#keeper = keeper;
  }

  /** Begins to decide where the file goes, while its body comes. @param name the server's, null where it gave none */
  decide(name: string | null, events: DestinationEvents): void {
    if (!this.#task.job.takesName) return;
    this.#place = this.#placeFor(name ?? this.#task.job.file);
    this.#place.then(
      ({ kind }) => kind === 'kept' && events.gaveWay(),
      (error: unknown) => events.failed(error),
    );
  }

  /**
   * Gives way to what stands at the name, where that is not to be replaced: the part is removed.
   *
   * @returns whether it has
   * @throws FetchallError ERR_EXISTS; ERR_DISK
   */
  async givesWay(): Promise<boolean> {
    const place = await this.#place;
    if (place?.kind !== 'kept') return false;
    await this.remove();
    this.#task.name = place.name;
    return true;
  }

  /** Makes the file final. @throws FetchallError ERR_DISK */
  async commit(): Promise<void> {
    const task = this.#task;
    const place = this.#place && (await this.#place);
    await this.#part.commit(place?.name ?? task.job.file);
    this.#keeper.drop();
    if (place === null) return;
    task.name = place.name;
    if (task.update !== null) task.update = place.kind === 'replaced' ? 'changed' : 'new';
  }

  /** The part stays for a later try, unless that would have no use for it. */
  async abandon(error: unknown): Promise<void> {
    const code = error instanceof FetchallError ? error.code : null;
    if (code === 'ERR_CHECKSUM') await this.#discard();
    else if (code === 'ERR_EXISTS') await this.remove();
    else if (this.#keeper.isUseless) await this.#dropUseless();
    else {
      await this.#part.leave();
      this.#keeper.leave();
    }
  }

  /** What failed its checksum is of no use to a later try; at the last it is kept for whoever wants to look at it. */
  async #discard(): Promise<void> {
    const { policy, file } = this.#task.job;
    const isLast = ++this.#task.mismatches > Math.min(1, policy.retries);
    if (policy.keepBad && isLast) await this.#part.leaveAs(`${file}.bad`);
    else await this.#part.discard();
    this.#keeper.drop();
    this.#task.resumed = false;
  }

  /** An earlier try's part stays until something has been written over it. */
  async #dropUseless(): Promise<void> {
    await this.#part.discard();
    if (this.#part.stands) this.#keeper.drop();
  }

  /** Removes the part, that of an earlier try too. */
  async remove(): Promise<void> {
    const { disk, folder } = this.#context;
    const { job, hasPart } = this.#task;
    const isOthers = hasPart && !this.#part.stands;
    await this.#part.discard();
    if (isOthers) await disk.unlink(join(folder, `${job.file}.part`)).catch(() => {});
    this.#keeper.drop();
  }

  /** A later try that is told the same name keeps its place. */
  async #placeFor(wanted: string): Promise<Place> {
    const task = this.#task;
    const { url, file: planned } = task.job;
    if (task.place?.wanted !== wanted)
      task.place = await this.#context.names.place(wanted, { url, planned, own: task.name });
    return task.place;
  }
}
