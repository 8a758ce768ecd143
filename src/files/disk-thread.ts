// A thread for small files: looks and whole saves go there in batches, one message a turn of the event loop. All other
// calls, and everything while the thread does not run, go to the disk below.

import { Worker } from 'node:worker_threads';
import { clock } from '../coroutine/clock.js';
import type { Disk, Occupant } from './disk.js';
import type { DiskAnswers, DiskRequest } from './disk-requests.js';

/** Calls after which it pays to start a thread. */
const ENOUGH_CALLS = 256;
/** Batches under way: one is worked on, one waits, so that neither thread waits for the other. */
const BATCHES_AT_ONCE = 2;
/** Bytes of a batch, at which no more is added. */
const BATCH_SIZE = 1_048_576;

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
    save(part, final, buffers) {
      const length = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
      if (!thread.ready() || length > BATCH_SIZE) return disk.save(part, final, buffers);
      return thread.ask<void>({ kind: 'save', part, final, length }, buffers);
    },
    end: () => thread.end(),
  };
}

class DiskThread {
  #calls = 0;
  #worker: Worker | null = null;
  #state: 'idle' | 'starting' | 'ready' | 'gone' = 'idle';
  #waiting: Pending[] = [];
  readonly #underWay: (readonly Pending[])[] = [];
  #willSend = false;
  /** Buffers that came back, for the batches to come. */
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];

  /** Counts a call, and starts the thread when there have been enough. @returns whether it takes this one */
  ready(): boolean {
    if (++this.#calls === ENOUGH_CALLS) this.#start();
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

  #start(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'starting';
    const worker = new Worker(new URL('./disk-worker.js', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    worker.once('online', () => {
      if (this.#state === 'starting') this.#state = 'ready';
    });
    worker.on('message', (answers: DiskAnswers) => this.#take(answers));
    worker.once('error', (error) => this.#fail(error));
    worker.once('exit', () => this.#fail(new Error('the disk thread has ended')));
    this.#worker = worker;
  }

  /** After the other sockets of this turn have had their say. */
  #sendSoon(): void {
    if (this.#willSend || this.#underWay.length >= BATCHES_AT_ONCE) return;
    this.#willSend = true;
    clock.soon(() => {
      this.#willSend = false;
      this.#send();
    });
  }

  #send(): void {
    const worker = this.#worker;
    if (worker === null || this.#state !== 'ready' || this.#waiting.length === 0) return;
    const batch = this.#takeBatch();
    const bytes = this.#pack(batch);
    this.#underWay.push(batch);
    worker.postMessage({ requests: batch.map(({ request }) => request), bytes }, [bytes.buffer]);
    if (this.#waiting.length > 0) this.#sendSoon();
  }

  /** As many as fit; the first always does. */
  #takeBatch(): Pending[] {
    let size = 0;
    const count = this.#waiting.findIndex(({ request }, index) => {
      size += request.kind === 'save' ? request.length : 0;
      return index > 0 && size > BATCH_SIZE;
    });
    return this.#waiting.splice(0, count < 0 ? this.#waiting.length : count);
  }

  /** Bodies are copied into one buffer: a view handed over would take all that lies around it along. */
  #pack(batch: readonly Pending[]): Uint8Array<ArrayBuffer> {
    if (batch.every(({ buffers }) => buffers.length === 0)) return new Uint8Array(0);
    const bytes = this.#spare.pop() ?? new Uint8Array(BATCH_SIZE);
    let at = 0;
    for (const { buffers } of batch) {
      for (const buffer of buffers) {
        bytes.set(buffer, at);
        at += buffer.length;
      }
    }
    return bytes;
  }

  #take({ answers, bytes }: DiskAnswers): void {
    if (bytes.length > 0) this.#spare.push(bytes);
    const batch = this.#underWay.shift() ?? [];
    for (const [index, { resolve, reject }] of batch.entries()) {
      const answer = answers[index] ?? null;
      if (typeof answer === 'object' && answer !== null)
        reject(Object.assign(new Error(answer.message), answer));
      else resolve(answer);
    }
    if (this.#waiting.length > 0) this.#sendSoon();
  }

  /** A thread that cannot start costs speed only; one that dies fails what it had been given. */
  #fail(error: Error): void {
    if (this.#state !== 'gone') this.#state = 'gone';
    for (const { reject } of [...this.#underWay.splice(0).flat(), ...this.#waiting.splice(0)]) reject(error);
  }
}
