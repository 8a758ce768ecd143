// One pass over a list: entries are planned, go through the host gate into slots of the pool, and come out as endings.
//
//   read --looks--> settle --gate--> dispatch --pool--> fetch --endings--> whoever reads the pass
//
// Each greenlet hands on to the next and waits when that is behind: nothing grows with the list.

import { createHash, type Hash } from 'node:crypto';
import { clock } from '../coroutine/clock.js';
import { type Greenlet, GreenletExit, getcurrent, killall, Pool, Queue, spawn } from '../coroutine/index.js';
import { attempt } from '../download/attempt.js';
import type { Context } from '../download/context.js';
import { retryWait } from '../download/retry.js';
import { type Ending, failedEnding, savedEnding, skippedEnding, type Task } from '../download/task.js';
import { isDiskFull } from '../files/disk-errors.js';
import { type FetchallError, isOutOfDescriptors } from '../model/errors.js';
import type { Entry } from '../model/source.js';
import { mostOf, TOTAL_BOUNDS } from './adaptive-limit.js';
import { Endings } from './endings.js';
import { handOver } from './hand-over.js';
import { HostGate } from './host-gate.js';
import { mayRetry, tellGate } from './host-manners.js';
import { gateLimits, type PassLimits } from './pass-limits.js';
import { type Look, taskOf } from './planner.js';
import { asOurs, cancellation } from './run-errors.js';
import { spareSlotsOf } from './spare-slots.js';
import type { Workers } from './workers.js';

/** Looks at the disk under way at a time: they wait for the disk, not for each other. */
const LOOKS_AT_ONCE = 32;

/** Entries that can be given up while one of them is waited for. */
export interface EntrySource extends AsyncIterable<Entry> {
  close?(): Promise<void>;
}

/** Makes entries into what is looked at, in their order. */
export interface PassPlanner {
  /** Whether an entry has to be settled before the next is planned. */
  readonly settlesInTurn: boolean;
  plan(entry: Entry, index: number): Look;
}

export class Pass {
  readonly #entries: EntrySource;
  readonly #planner: PassPlanner;
  readonly #context: Context;
  readonly #workers: Workers | null;
  readonly #gate: HostGate;
  readonly #pool: Pool;
  readonly #looks: Queue<Look | null>;
  readonly #endings: Endings;
  readonly #list: Hash | null;
  #listHash: string | null = null;
  #greenlets = 0;
  /** What keeps the pass from beginning anything more. */
  #stopped: FetchallError | null = null;
  #isFinishing = false;
  #stopper: Greenlet | null = null;
  #isCut = false;
  /** What ended the pass before its time. */
  #fault: unknown = null;

  constructor(
    entries: EntrySource,
    planner: PassPlanner,
    context: Omit<Context, 'onSent' | 'onAnswer'> & {
      readonly workers?: Workers | null;
      readonly hashesList?: boolean;
    },
    limits: PassLimits,
  ) {
    // A visitor reads what comes, here.
    this.#workers = context.visitor ? null : (context.workers ?? null);
    this.#list = context.hashesList === true ? createHash('sha256') : null;
    this.#entries = entries;
    this.#planner = planner;
    this.#gate = new HostGate(gateLimits(limits));
    const spareSlots = spareSlotsOf(this.#gate);
    this.#context = {
      ...context,
      spareSlots,
      onSent: (task) => this.#gate.sent(task),
      onAnswer: (task) => this.#gate.heard(task),
    };
    this.#endings = new Endings(this.#context);
    // With `auto`, the gate decides how many of the slots are used.
    this.#pool = new Pool(mostOf(limits.concurrency, TOTAL_BOUNDS));
    this.#looks = new Queue(LOOKS_AT_ONCE);
  }

  /** From the first entry read to the last ending, in seconds. */
  get seconds(): number {
    return this.#endings.seconds;
  }

  get concurrency(): number {
    return this.#gate.concurrency;
  }

  /** Names the list by its sequence of URL and file, where `hashesList`; null unless all of it has come to its end. */
  get listHash(): string | null {
    return this.#listHash;
  }

  /**
   * Runs the pass; endings come as they happen, all that nobody has read yet at a time: a promise for each would take
   * as long as its request. To stop reading is to give the pass up.
   *
   * @param signal ends the pass early: what is in a slot or between two tries ends as ERR_CANCELLED, what was not
   *   begun is left out
   * @throws FetchallError ERR_DISK when reading the list fails; what was under way has ended by then
   */
  async *endings(signal?: AbortSignal): AsyncGenerator<Ending[]> {
    const cancel = (): void => this.#cancel(cancellation(signal));
    if (signal?.aborted === true) cancel();
    signal?.addEventListener('abort', cancel);
    const stages = [this.#read, this.#settle, this.#dispatch, this.#refuse].map((stage) =>
      spawn(() => this.#watch(stage)),
    );
    try {
      yield* this.#endings.unread();
      if (this.#stopped === null && this.#fault === null) this.#listHash = this.#list?.digest('hex') ?? null;
    } finally {
      signal?.removeEventListener('abort', cancel);
      // A reader who has gone hears of nothing that a stage still comes to.
      this.#stopped ??= cancellation(undefined);
      await this.#entries.close?.();
      // One may wait for a disk, or for a caller's iterable: nobody waits for that.
      await killall(stages, undefined, { block: false });
      this.#gate.drain();
      await this.#pool.kill();
    }
    if (this.#fault !== null) throw this.#fault;
  }

  /** Nothing is begun or tried again; transfers under way are cut short. */
  #cancel(error: FetchallError): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.stop(error);
    const stopper = this.#stopper;
    this.#stopper = spawn(async () => {
      this.#context.progress.cancel(error);
      await stopper?.join();
    });
  }

  /** Nothing is begun or tried again; transfers under way come to their own end. */
  stop(error: FetchallError): void {
    if (this.#stopped !== null) return;
    this.#stopped = error;
    const tried = this.#gate.drain();
    this.#stopper = spawn(async () => {
      await this.#entries.close?.();
      for (const task of tried) await this.#endings.add(failedEnding(task, error));
    });
  }

  /** Nothing more is begun; what has been comes to its end, tries again included. */
  finish(): void {
    this.#isFinishing = true;
    this.#gate.finish();
    void this.#entries.close?.();
  }

  /** The caller's own code has thrown: the pass is cancelled, and what was thrown is thrown at its end. */
  fail(thrown: unknown, error: FetchallError): void {
    this.#fault ??= thrown;
    this.#cancel(error);
  }

  /** Whatever goes wrong in a stage ends the pass in order, and is thrown at its end. */
  async #watch(stage: () => Promise<void>): Promise<void> {
    try {
      await stage.call(this);
    } catch (error) {
      if (error instanceof GreenletExit) throw error;
      this.#fault ??= error;
      this.#cancel(asOurs(error));
      if (stage === this.#dispatch) await this.#endings.close();
    }
  }

  async #read(): Promise<void> {
    const { progress } = this.#context;
    let index = 0;
    try {
      for await (const entry of this.#entries) {
        if (this.#stopped !== null || this.#isFinishing) break;
        this.#endings.begin();
        progress.read++;
        const look = this.#planner.plan(entry, index++);
        const task = taskOf(look);
        if (task !== null) this.#list?.update(`${task.job.url}\n${task.job.file}\n`);
        if ('settled' in look && this.#planner.settlesInTurn) await look.settled;
        const full = handOver(this.#looks, look);
        if (full !== undefined) await full;
      }
    } catch (error) {
      // What has been read is fetched all the same.
      this.#fault = error;
    }
    progress.readThrough = true;
    await this.#looks.put(null);
  }

  async #settle(): Promise<void> {
    for (;;) {
      const look = this.#looks.empty() ? await this.#looks.get() : this.#looks.getNowait();
      if (look === null) break;
      const settled = 'settled' in look ? await look.settled : look;
      if (this.#stopped !== null) continue;
      const full = 'result' in settled ? this.#endings.add(settled) : this.#gate.put(settled);
      if (full !== undefined) await full;
    }
    this.#gate.close();
  }

  async #dispatch(): Promise<void> {
    for (let task = await this.#gate.next(); task !== null; task = await this.#gate.next())
      await this.#pool.spawn(this.#fetch, task);
    await this.#pool.join();
    await this.#stopper?.join();
    await this.#endings.close();
  }

  /** Ends what is not sent, since its host is parked: without a slot, so that nobody waits for it. */
  async #refuse(): Promise<void> {
    const { refusals } = this.#gate;
    for (let refusal = await refusals.get(); refusal !== null; refusal = await refusals.get()) {
      const { task, error } = refusal;
      if (this.#stopped === null || task.greenlet > 0) {
        const full = this.#endings.add(failedEnding(task, this.#stopped ?? error));
        if (full !== undefined) await full;
      }
      this.#gate.endRefused();
    }
  }

  /** What a greenlet of the pool does. */
  readonly #fetch = async (task: Task): Promise<void> => {
    if ((this.#stopped !== null || this.#isFinishing) && task.greenlet === 0) return this.#gate.end(task);
    const ending = await this.#tryOnce(task);
    if (ending === null) return;
    const { visitor } = this.#context;
    const seen = visitor
      ? await visitor.onEnd(ending).catch((error: unknown) => failedEnding(task, asOurs(error)))
      : ending;
    this.#gate.end(task);
    const full = this.#endings.addSeen(seen);
    if (full !== undefined) await full;
  };

  /** @returns null when the task shall have another try */
  async #tryOnce(task: Task): Promise<Ending | null> {
    if (task.greenlet === 0) this.#begin(task);
    const greenlet = getcurrent();
    if (greenlet !== null) greenlet.name = `greenlet-${task.greenlet}`;
    try {
      if (this.#stopped !== null) throw this.#stopped;
      const workers = this.#workers;
      const outcome = await (workers === null
        ? attempt(task, this.#context)
        : workers.attempt(task, this.#context));
      this.#gate.hostOf(task)?.answered();
      this.#gate.tell(task, 'done');
      if (outcome === 'saved') return savedEnding(task);
      if (outcome === 'refused') return skippedEnding(task, task.refusal ?? 'type');
      return skippedEnding(task, outcome === 'kept' ? 'exists' : 'unchanged');
    } catch (thrown) {
      if (thrown instanceof GreenletExit) throw thrown;
      const error = asOurs(thrown);
      return this.#tryAgain(task, error) ? null : failedEnding(task, error);
    }
  }

  #begin(task: Task): void {
    task.greenlet = ++this.#greenlets;
    if (!task.job.isSilent)
      this.#context.emit({ event: 'started', greenlet: task.greenlet, url: task.job.url });
  }

  #tryAgain(task: Task, error: FetchallError): boolean {
    if (isDiskFull(error)) this.stop(error);
    if (this.#stopped !== null) return false;
    // Fewer at a time will do: that is no failure of this URL.
    if (isOutOfDescriptors(error) && this.#gate.narrow(task)) return true;
    const wait = retryWait(error, task.attempts, task.job.policy, clock.random(), task.mismatches);
    const parked = tellGate(this.#gate, task, error, wait);
    if (parked !== null) this.#context.emit(parked);
    if (wait === null || (task.deadline !== null && clock.now() + wait >= task.deadline)) return false;
    if (!mayRetry(this.#gate, task, error)) return false;
    const { code, message } = error;
    const { greenlet, attempts, job } = task;
    const about = { greenlet, url: job.url, attempt: attempts + 1, wait: wait / 1000 };
    if (!job.isSilent) this.#context.emit({ event: 'retry', ...about, error: { code, message } }, error);
    this.#gate.putBack(task, wait);
    return true;
  }
}
