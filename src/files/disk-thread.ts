// A thread for small files: looks and whole saves go there in batches, one a turn of the event loop. All other calls, and
// everything while the thread does not run, go to the disk below.

import { Worker } from 'node:worker_threads';
import { clock } from '../coroutine/clock.js';
import type { Disk, Occupant } from './disk.js';
import { type DiskFailures, DiskMailbox, LARGEST_BODY } from './disk-mailbox.js';
import type { DiskRequest } from './disk-requests.js';

/** So many calls within so many ms make it pay to start a thread, which takes 10 MB. */
const ENOUGH_CALLS = 256;
const WITHIN = 1_000;
interface Pending {
  readonly request: DiskRequest;
  readonly buffers: readonly Uint8Array[];
  readonly resolve: (answer: Occupant | null) => void;
  readonly reject: (error: Error) => void;
}

export interface ThreadedDisk extends Disk {
  /** Ends the thread; what is under way has been awaited by whoever asked. */
  end(): Promise<void>;
}

/** The disk, with a thread that starts by itself when there are many small files. */
export function threadedDisk(disk: Disk): ThreadedDisk {
  const thread = new DiskThread();
  return {
    ...disk,
    occupant(path, part) {
      return thread.ready()
        ? thread.ask<Occupant>({ kind: 'occupant', path, part }, [])
        : disk.occupant(path, part);
    },
    save(part, final, buffers, synced) {
      const length = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
      if (!thread.ready() || length > LARGEST_BODY) return disk.save(part, final, buffers, synced);
      return thread.ask<void>({ kind: 'save', part, final, length, synced }, buffers);
    },
    end: () => thread.end(),
  };
}

class DiskThread {
  #calls = 0;
  #countsSince = 0;
  #worker: Worker | null = null;
  #state: 'idle' | 'starting' | 'ready' | 'gone' = 'idle';
  #waiting: Pending[] = [];
  readonly #underWay: (readonly Pending[])[] = [];
  #willSend = false;
  /** Used in turn: the thread works on one batch and another waits, so that neither thread waits for the other. */
  readonly #free: DiskMailbox[] = [];
  readonly #posted: DiskMailbox[] = [];

  /** Counts a call, and starts the thread when there have been enough. @returns whether it takes this one */
  ready(): boolean {
    if (this.#state === 'idle') this.#count();
    return this.#state === 'ready';
  }

  /** @throws an Error with the system's `code` */
  ask<Answer>(request: DiskRequest, buffers: readonly Uint8Array[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, buffers, resolve: resolve as Pending['resolve'], reject });
      this.#sendSoon();
    });
  }

  async end(): Promise<void> {
    this.#state = 'gone';
    await this.#worker?.terminate();
  }

  #count(): void {
    const now = clock.now();
    if (now - this.#countsSince > WITHIN) {
      this.#countsSince = now;
      this.#calls = 0;
    }
    if (++this.#calls >= ENOUGH_CALLS) this.#start();
  }

  #start(): void {
    this.#state = 'starting';
    this.#free.push(new DiskMailbox(), new DiskMailbox());
    const worker = new Worker(new URL('./disk-worker.js', import.meta.url), {
      workerData: this.#free.map(({ memory }) => memory),
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    // Not `online`: that comes before its code has been found.
    worker.once('message', () => {
      if (this.#state === 'starting') this.#state = 'ready';
      worker.on('message', (failures: DiskFailures) => this.#take(failures));
    });
    worker.once('error', (error) => this.#fail(error));
    worker.once('exit', () => this.#fail(new Error('the disk thread has ended')));
    this.#worker = worker;
  }

  /** After the other sockets of this turn have had their say. */
  #sendSoon(): void {
    if (this.#willSend || this.#free.length === 0) return;
    this.#willSend = true;
    clock.soon(() => {
      this.#willSend = false;
      this.#send();
    });
  }

  #send(): void {
    const [mailbox] = this.#free;
    if (mailbox === undefined || this.#state !== 'ready' || this.#waiting.length === 0) return;
    const full = this.#waiting.findIndex(({ request, buffers }) => !mailbox.add(request, buffers));
    this.#underWay.push(this.#waiting.splice(0, full < 0 ? this.#waiting.length : full));
    this.#posted.push(mailbox);
    this.#free.shift();
    mailbox.post();
    if (this.#waiting.length > 0) this.#sendSoon();
  }

  #take(failures: DiskFailures): void {
    const mailbox = this.#posted.shift();
    const batch = this.#underWay.shift() ?? [];
    if (mailbox === undefined) return;
    for (const [place, { resolve }] of batch.entries()) {
      const answer = mailbox.answer(place);
      if (answer !== undefined) resolve(answer as Occupant | null);
    }
    for (const [place, failure] of failures)
      batch[place]?.reject(Object.assign(new Error(failure.message), failure));
    this.#free.push(mailbox);
    if (this.#waiting.length > 0) this.#sendSoon();
  }

  /** A thread that cannot start costs speed only; one that dies fails what it had been given. */
  #fail(error: Error): void {
    if (this.#state !== 'gone') this.#state = 'gone';
    for (const { reject } of [...this.#underWay.splice(0).flat(), ...this.#waiting.splice(0)]) reject(error);
  }
}
