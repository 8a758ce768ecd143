// Puts on record how a run goes: each ending, the figures at the end, and meanwhile how it stands.

import { clock, type Scheduled } from '../coroutine/clock.js';
import type { Ending, Task } from '../download/task.js';
import type { FetchallError } from '../model/errors.js';
import { Failures } from '../model/failures.js';
import type { FileRecord } from '../model/file-record.js';
import type { KnownFile } from '../model/known-file.js';
import type { Progress } from '../model/progress.js';
import type { Summary, Tally } from '../model/report.js';
import { checksumText } from '../model/source.js';
import type { RunFigures } from '../state/run-rows.js';
import { removeSnapshot, type Snapshot, writeSnapshot } from '../state/snapshot.js';
import type { Store } from '../state/store.js';

/** How often others are told how the run stands, in ms. */
const TELL_EVERY = 1000;

export interface RecordedRun {
  readonly mode: Summary['mode'];
  readonly concurrency: number;
}

/** @returns null for what is not remembered */
export type RecordOf = (ending: Ending, ended: number) => FileRecord | null;

export class Recorder {
  readonly #store: Store;
  readonly #recordOf: RecordOf;
  readonly #progress: Progress;
  readonly #tally: Tally;
  readonly #failures = new Failures();
  #timer: Scheduled | null = null;
  #telling: Promise<void> = Promise.resolve();

  /** @param tally of the endings so far; `recordOf`: what is remembered of an ending */
  constructor(
    store: Store,
    { mode, concurrency }: RecordedRun,
    progress: Progress,
    tally: Tally,
    recordOf: RecordOf = toRecord,
  ) {
    store.beginRun(mode, concurrency);
    this.#store = store;
    this.#recordOf = recordOf;
    this.#progress = progress;
    this.#tally = tally;
    this.#tellLater();
  }

  add(endings: readonly Ending[]): void {
    const now = clock.date().getTime();
    for (const ending of endings) {
      const { result, error, task } = ending;
      if (error !== null) this.#failures.add(error.code, task === null ? null : result.url);
      const record = this.#recordOf(ending, now);
      if (record !== null) this.#store.record(record);
    }
  }

  /** Ends the run's entry; the store is left to who has opened it. */
  async end(figures: RunFigures): Promise<void> {
    this.#timer?.cancel();
    await this.#telling;
    await removeSnapshot(this.#store.memory).catch(() => {});
    this.#store.endRun(figures);
  }

  #tellLater(): void {
    this.#timer = clock.schedule(TELL_EVERY, () => {
      // Nobody may be looking: that it cannot be written is no fault of the run.
      this.#telling = writeSnapshot(this.#store.memory, this.#snapshot()).catch(() => {});
      this.#tellLater();
    });
  }

  #snapshot(): Snapshot {
    const crawl = this.#store.crawl.counted;
    return {
      updated: clock.date().toISOString(),
      ...this.#tally.totals(),
      inFlight: this.#progress.active.size,
      errors: Object.fromEntries(this.#failures.codes),
      hosts: Object.fromEntries(this.#failures.hosts),
      ...(crawl !== null && { crawl }),
    };
  }
}

/** @returns null for what is no URL of its own: a bad line, a URL that stood in the list before */
function toRecord({ result, error, task }: Ending, ended: number): FileRecord | null {
  const { outcome, reason } = result;
  if (task === null || reason === 'duplicate') return null;
  const { file } = task.job;
  const name = task.name === file ? null : task.name;
  const { url, status, attempts, seconds, bytes } = result;
  return {
    url,
    file,
    name,
    outcome,
    reason,
    status,
    attempts,
    seconds,
    bytes,
    ended,
    error: errorOf(error),
    expected: task.job.checksum === null ? null : checksumText(task.job.checksum),
    saved: outcome === 'saved' ? savedFile(task, name) : null,
  };
}

function errorOf(error: FetchallError | null): FileRecord['error'] {
  return error === null ? null : { code: error.code, message: error.message };
}

function savedFile({ size, version, digest, job }: Task, name: string | null): KnownFile {
  return {
    name,
    size: size ?? 0,
    etag: version?.etag ?? null,
    lastModified: version?.lastModified ?? null,
    sha256: digest,
    verified: job.checksum === null ? null : checksumText(job.checksum),
  };
}
