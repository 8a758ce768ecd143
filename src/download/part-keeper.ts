// Keeps the record of one part in step with what is written to it: bytes on disk are never without the right record, or
// have none.

import { strongValidator } from '../http/validators.js';
import { type ByteRange, prefixOf } from '../model/byte-range.js';
import type { PartRecord } from '../model/part-record.js';
import type { Context } from './context.js';
import type { Task } from './task.js';

/** A part that may grow beyond this is worth a record that would survive a kill. */
const KEPT_BEFORE = 1_048_576;

export class PartKeeper {
  readonly #task: Task;
  readonly #context: Context;
  #record: PartRecord | null = null;
  /** Whether the store has this record, or will have it. */
  #isKept = false;
  /** Whether the store may have a record of another part with this name: then it is replaced before the first byte. */
  #isHaunted = false;
  #isUseless = false;
  /** What is there, where the part is written at several places. */
  #done: (() => ByteRange[]) | null = null;

  constructor(task: Task, context: Context) {
    this.#task = task;
    this.#context = context;
  }

  /** The part begins anew. @param streamed whether it is written as it comes */
  begin(version: PartRecord, streamed: boolean): void {
    this.#record = this.#task.job.policy.fsync ? { ...version, synced: 0 } : version;
    this.#isHaunted = this.#task.hasPart || (streamed && this.#stored() !== null);
  }

  /** The part begins anew with bytes that are not those that are sent: nothing can be asked for by their number. */
  beginDecoded(name: string | null): void {
    const nothing = { etag: null, lastModified: null, date: null, coding: null, synced: null, done: null };
    this.begin({ name, ...nothing, total: 0 }, true);
    this.#isUseless = true;
  }

  /** The part goes on. @param isSpread whether at several places; else what was written behind its beginning is gone by then */
  append(record: PartRecord, total: number, isSpread = false): void {
    this.#record = { ...record, total };
    this.#isHaunted = record.done !== null && !isSpread;
    if (this.#isHaunted) {
      const synced = this.#task.job.policy.fsync ? prefixOf(record.done ?? []) : null;
      this.#record = { ...record, total, done: null, synced };
    }
    this.#isKept = this.#stored() !== null && !this.#isHaunted;
  }

  /** The part is written at several places from now on. @param done tells what is there */
  spread(done: () => ByteRange[]): void {
    this.#done = done;
  }

  /** Keeps what is there: `done` or, as it was a moment ago, what is safe of it. */
  note(done: readonly ByteRange[]): Promise<void> | undefined {
    if (this.#record === null) return undefined;
    this.#record = { ...this.#record, synced: null, done };
    this.#task.part = this.#record;
    this.#task.hasPart = true;
    return this.#keep();
  }

  /** Whether the part has to be written as it comes: saved whole, its bytes could meet another's record. */
  get isHaunted(): boolean {
    return this.#isHaunted;
  }

  /** Whether no try can go on with the part. */
  get isUseless(): boolean {
    return this.#isUseless;
  }

  willWrite(end: number): Promise<void> | undefined {
    this.#task.part = this.#record;
    this.#task.hasPart = true;
    return !this.#isKept && (this.#isHaunted || (end > KEPT_BEFORE && !this.#isUseless))
      ? this.#keep()
      : undefined;
  }

  synced(position: number): Promise<void> | undefined {
    if (this.#record === null) return undefined;
    this.#record = { ...this.#record, synced: position };
    this.#task.part = this.#record;
    return this.#keep();
  }

  /** The try has failed, the part stays. */
  leave(): void {
    if (this.#done !== null) this.note(this.#done())?.catch(() => {});
    const { part } = this.#task;
    // Whether it is kept in time decides only how much is fetched again.
    if (!this.#isKept && part !== null && part === this.#record && strongValidator(part) !== null)
      this.#keep()?.catch(() => {});
  }

  /** The part is gone, or has become the file. */
  drop(): void {
    if (this.#isKept || this.#isHaunted) this.#context.parts.drop(this.#task.job.file);
    this.#task.part = null;
    this.#task.hasPart = false;
  }

  #keep(): Promise<void> | undefined {
    if (this.#record === null) return undefined;
    this.#isKept = true;
    const { file, url } = this.#task.job;
    return this.#context.parts.keep(file, url, this.#record);
  }

  #stored(): PartRecord | null {
    const { file, url } = this.#task.job;
    return this.#context.parts.find(file, url);
  }
}
