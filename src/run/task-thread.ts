// The main thread's side of a worker thread: hands it tasks, and does for it what only the main thread may.

import { Worker } from 'node:worker_threads';
import { clock } from '../coroutine/clock.js';
import { GreenletExit, Waiter } from '../coroutine/index.js';
import type { Context } from '../download/context.js';
import type { Task } from '../download/task.js';
import type { ActiveTransfer } from '../model/active-transfers.js';
import { FetchallError } from '../model/errors.js';
import type { Policy } from '../model/job.js';
import { copyError, originalError } from './copied-error.js';
import { Outbox } from './outbox.js';
import {
  applyState,
  type FromWorker,
  type RemoteOutcome,
  stateOf,
  type ToWorker,
  type Wish,
  type WishAnswer,
  type WorkerSettings,
} from './task-messages.js';

export class TaskThread {
  /** Whether it has loaded what it needs. */
  isReady = false;
  /** Whether it takes no more. */
  hasEnded = false;
  readonly #worker: Worker;
  readonly #outbox: Outbox<ToWorker>;
  readonly #tries = new Map<number, RemoteTry>();
  readonly #policies = new Map<Policy, number>();
  #begun = 0;

  /** @param ended called once, when it has come to its end by itself */
  constructor(file: URL, settings: WorkerSettings, ended: () => void) {
    this.#worker = new Worker(file, { workerData: settings });
    this.#outbox = new Outbox((messages) => this.#worker.postMessage(messages));
    this.#worker.on('message', (messages: FromWorker[]) => {
      for (const message of messages) this.#take(message);
    });
    let why: unknown;
    this.#worker.once('error', (error) => {
      why = error;
    });
    // By then its files are closed, and none of its calls is under way.
    this.#worker.once('exit', () => {
      if (!this.hasEnded) ended();
      this.hasEnded = true;
      for (const { 1: remote } of this.#tries)
        remote.fail(new FetchallError('ERR_CONNECT', 'its worker thread has ended', { cause: why }));
      this.#tries.clear();
    });
  }

  /** Tries under way. */
  get load(): number {
    return this.#tries.size;
  }

  /**
   * {@link attempt} in the thread.
   *
   * @param mayReturn whether it may be for this thread to go on with, once it turns out that further requests would help
   * @throws what it throws there; FetchallError ERR_CONNECT when the thread dies
   */
  async attempt(task: Task, context: Context, mayReturn: boolean): Promise<RemoteOutcome> {
    const { policy, ...job } = task.job;
    const record = context.parts.find(job.file, job.url);
    const id = ++this.#begun;
    const remote = new RemoteTry(task, context, (error) => this.#cancel(error));
    this.#tries.set(id, remote);
    context.progress.active.add(remote);
    try {
      if (context.progress.cancelled !== null) this.#cancel(context.progress.cancelled);
      const state = stateOf(task, clock.now());
      const number = this.#numberOf(policy);
      this.#outbox.add({ kind: 'task', id, job, policy: number, state, record, mayReturn });
      return await remote.outcome.get();
    } catch (error) {
      if (!remote.hasEnded) {
        const isExit = error instanceof GreenletExit;
        this.#outbox.add({ kind: 'kill', id, error: isExit ? null : copyError(error) });
        await remote.ended;
      }
      throw error;
    } finally {
      context.progress.active.delete(remote);
    }
  }

  /** Ends the thread; whoever asked has awaited what was under way. */
  async end(): Promise<void> {
    this.hasEnded = true;
    await this.#worker.terminate();
  }

  /** Tells a policy once: all jobs of a run share it. */
  #numberOf(policy: Policy): number {
    const known = this.#policies.get(policy);
    if (known !== undefined) return known;
    const number = this.#policies.size;
    this.#policies.set(policy, number);
    this.#outbox.add({ kind: 'policy', number, policy });
    return number;
  }

  #cancel(error: FetchallError): void {
    this.#outbox.add({ kind: 'cancel', error: copyError(error) });
  }

  #take(message: FromWorker): void {
    if (message.kind === 'ready') {
      this.isReady = true;
      return;
    }
    const remote = this.#tries.get(message.id);
    if (remote === undefined) return;
    switch (message.kind) {
      case 'sent':
        remote.context.onSent(remote.task);
        return;
      case 'answered':
        remote.task.isAnswered = true;
        remote.context.onAnswer(remote.task);
        return;
      case 'dropped':
        remote.context.parts.drop(remote.task.job.file);
        return;
      case 'slot':
        if (remote.hasSlot()) this.#outbox.add({ kind: 'return', id: message.id });
        return;
      case 'wish':
        void this.#fulfil(remote, message);
        return;
      case 'progress':
        remote.note(message);
        return;
      case 'ended':
        this.#tries.delete(message.id);
        remote.end(message);
    }
  }

  async #fulfil(
    remote: RemoteTry,
    { reply: id, wish }: Extract<FromWorker, { kind: 'wish' }>,
  ): Promise<void> {
    try {
      const value = await remote.fulfil(wish);
      this.#outbox.add({ kind: 'reply', id, value, error: null });
    } catch (error) {
      this.#outbox.add({ kind: 'reply', id, value: null, error: copyError(error) });
    }
  }
}

/** A try in another thread, as this one sees it. */
class RemoteTry implements ActiveTransfer {
  readonly task: Task;
  readonly context: Context;
  readonly greenlet: number;
  readonly url: string;
  readonly file: string;
  received = 0;
  expected: number | null = null;
  /** Wakes the greenlet; a kill does so too. */
  readonly outcome = new Waiter<RemoteOutcome>();
  /** Resolves when nothing of it is left in the thread. */
  readonly ended: Promise<void>;
  hasEnded = false;
  readonly cancel: (error: FetchallError) => void;
  #tellEnded: () => void = () => {};

  constructor(task: Task, context: Context, cancel: (error: FetchallError) => void) {
    this.task = task;
    this.context = context;
    this.greenlet = task.greenlet;
    this.url = task.job.url;
    this.file = task.job.file;
    this.cancel = cancel;
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
  }

  note({
    received,
    expected,
    bytes,
  }: Pick<Extract<FromWorker, { kind: 'progress' }>, 'received' | 'expected' | 'bytes'>): void {
    this.received = received;
    this.expected = expected;
    this.context.progress.bytes += bytes - this.task.bytes;
    this.task.bytes = bytes;
  }

  /** Whether it could send another request, were it in this thread. */
  hasSlot(): boolean {
    const slot = this.context.spareSlots?.take(this.task) ?? null;
    slot?.end(null);
    return slot !== null;
  }

  async fulfil(wish: Wish): Promise<WishAnswer> {
    const { parts, names } = this.context;
    const { file, url } = this.task.job;
    if (wish.kind === 'place') return await names.place(wish.wanted, wish.claimant);
    await parts.keep(file, url, wish.record);
    return undefined;
  }

  end({ state, outcome, error }: Extract<FromWorker, { kind: 'ended' }>): void {
    this.context.progress.bytes += state.bytes - this.task.bytes;
    applyState(this.task, state, clock.now());
    this.#over();
    if (outcome !== null) this.outcome.switch(outcome);
    else if (error !== null) this.outcome.throw(originalError(error));
  }

  /** The thread has died: what it did is not known, but that it may have left a part. */
  fail(error: FetchallError): void {
    this.task.attempts++;
    this.task.hasPart = true;
    this.task.part = null;
    this.#over();
    this.outcome.throw(error);
  }

  #over(): void {
    this.hasEnded = true;
    this.#tellEnded();
  }
}
