// Which event loop makes a try: this thread's, or that of a worker thread. All else (list, gate, retries, notes, names, log) stays
// here, so that a run is one run however many loops it has.

import { availableParallelism } from 'node:os';
import { clock, type Scheduled } from '../coroutine/clock.js';
import { type AttemptOutcome, attempt } from '../download/attempt.js';
import type { Context } from '../download/context.js';
import type { Task } from '../download/task.js';
import type { ActiveTransfer } from '../model/active-transfers.js';
import { FetchallError } from '../model/errors.js';
import type { Progress } from '../model/progress.js';
import { canChangeThreads, isSafeToMove, staysHere } from './movable.js';
import { Saturation } from './saturation.js';
import type { WorkerSettings } from './task-messages.js';
import { TaskThread } from './task-thread.js';

/** More loops than this are not started by themselves. */
const MOST_AUTO = 4;

/** Loops that `auto` may come to: on two cores a thread costs what it gains (docs/performance.md). */
export function mostByItself(): number {
  return Math.max(1, Math.min(MOST_AUTO, availableParallelism() - 1));
}

/** How often it is looked whether this loop has too much to do, in ms. */
const LOOK_EVERY = 100;
/** Looks in a row at which it has, before a transfer is moved, and before a thread is started for those to come. */
const ENOUGH_TO_MOVE = 3;
const ENOUGH_TO_SHARE = 10;
/** What a transfer must still have to come for another thread to be worth a request, in bytes. */
const MUCH = 64 * 1_048_576;
/** What all of them must have to come for another thread to be worth its start, which takes as long as a third of this. */
const WORTH = 1024 * 1_048_576;
/** Bytes of a file, on the average, from which on a message to a thread costs nothing beside it. */
const LARGE = 262_144;
/** A run whose threads die goes on without them. */
const MOST_DEATHS = 3;

export interface WorkersOptions extends WorkerSettings {
  readonly progress: Progress;
  /** Event loops, this thread's included; `auto`: more than one when this one has too much to do. */
  readonly loops: number | 'auto';
  /** For tests: the threads' program, whether they make every try, what `auto` goes by. */
  readonly file?: URL;
  readonly isAlways?: boolean;
  readonly most?: number;
  readonly worth?: number;
  readonly saturation?: Pick<Saturation, 'look'>;
}

export class Workers {
  readonly #options: WorkersOptions;
  readonly #most: number;
  readonly #threads = new Set<TaskThread>();
  /** Tries in this thread. Not a Map, for the reason that `model/active-transfers` is not a Set. */
  readonly #here: Task[] = [];
  /** Those on their way out of it. */
  readonly #moving = new Set<number>();
  readonly #saturation: Pick<Saturation, 'look'>;
  #timer: Scheduled | null = null;
  #deaths = 0;
  /** Whether rests are sent where they are asked for. */
  #mayMove = true;
  #tries = 0;
  /** What a transfer is cut short with that another thread goes on with. */
  readonly #moved = new FetchallError('ERR_CANCELLED', 'goes on in another thread');

  constructor(options: WorkersOptions) {
    this.#options = options;
    const { loops, most = mostByItself(), saturation = new Saturation() } = options;
    this.#saturation = saturation;
    this.#most = loops === 'auto' ? most : loops;
  }

  /** {@link attempt}, in this thread or in another. */
  attempt(task: Task, context: Context): Promise<AttemptOutcome> {
    this.#tries++;
    const thread = staysHere(task, context) ? null : this.#choose();
    if (thread === null) return this.#attemptHere(task, context);
    return this.#attemptThere(thread, task, context, canChangeThreads(task.job.policy));
  }

  /** Ends the threads; what was under way has been awaited. */
  async end(): Promise<void> {
    this.#timer?.cancel();
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  async #attemptHere(task: Task, context: Context): Promise<AttemptOutcome> {
    this.#here.push(task);
    if (this.#options.loops === 'auto') this.#lookLater();
    const { chunks } = task;
    try {
      return await attempt(task, context);
    } catch (error) {
      if (error !== this.#moved) throw error;
    } finally {
      this.#here.splice(this.#here.indexOf(task), 1);
      this.#moving.delete(task.greenlet);
    }
    return await this.#goOn(task, context, chunks);
  }

  /** The same try in another thread: what is told of it is what would be told of one in this thread. */
  async #goOn(task: Task, context: Context, chunks: number): Promise<AttemptOutcome> {
    const { status } = task;
    task.attempts--;
    const thread = this.#lightest();
    if (thread === null) return await attempt(task, context);
    const outcome = await this.#attemptThere(thread, task, context, false);
    if (outcome === 'saved' && !task.resumed) this.#mayMove = false;
    if (outcome === 'saved') tellAsOneTry(task, status, chunks);
    return outcome;
  }

  /** In the thread, and in this one as soon as further requests would help. */
  async #attemptThere(
    thread: TaskThread,
    task: Task,
    context: Context,
    mayReturn: boolean,
  ): Promise<AttemptOutcome> {
    const { chunks } = task;
    const outcome = await thread.attempt(task, context, mayReturn);
    if (outcome !== 'returned') return outcome;
    const { status, resumed } = task;
    task.attempts--;
    const end = await this.#attemptHere(task, context);
    if (end === 'saved' && !resumed) tellAsOneTry(task, status, chunks);
    return end;
  }

  #choose(): TaskThread | null {
    return this.#options.loops === 'auto' ? this.#relief() : this.#leastLoaded();
  }

  /** With a number, whoever has least to do: this thread first, so that a run of one file starts none. */
  #leastLoaded(): TaskThread | null {
    const isAlways = this.#options.isAlways === true;
    const here = isAlways ? Number.POSITIVE_INFINITY : this.#here.length;
    if (here === 0) return null;
    const thread = this.#lightest();
    if (thread?.load === 0) return thread;
    if (this.#mayStart) return this.#start();
    return thread !== null && thread.load < here ? thread : null;
  }

  /** With `auto`, a thread that runs takes its part of what is large. */
  #relief(): TaskThread | null {
    const thread = this.#lightest();
    const isLarge = this.#options.progress.bytes > this.#tries * LARGE;
    return thread?.isReady === true && isLarge && thread.load < this.#here.length ? thread : null;
  }

  #lightest(): TaskThread | null {
    let lightest: TaskThread | null = null;
    for (const thread of this.#threads)
      if (lightest === null || thread.load < lightest.load) lightest = thread;
    return lightest;
  }

  get #mayStart(): boolean {
    const most = this.#options.isAlways === true ? this.#most : this.#most - 1;
    return this.#threads.size < most && this.#deaths < MOST_DEATHS;
  }

  #start(): TaskThread {
    const { settings, folder, hashed, frees, splitFrom, file } = this.#options;
    const program = file ?? new URL('./task-worker.js', import.meta.url);
    const about = { settings, folder, hashed, frees, ...(splitFrom !== undefined && { splitFrom }) };
    const thread = new TaskThread(program, about, () => {
      this.#deaths++;
      this.#threads.delete(thread);
    });
    this.#threads.add(thread);
    return thread;
  }

  #lookLater(): void {
    if (this.#most > 1)
      this.#timer ??= clock.schedule(LOOK_EVERY, () => {
        this.#timer = null;
        this.#look();
        if (this.#here.length > 0) this.#lookLater();
      });
  }

  #look(): void {
    const { bytes } = this.#options.progress;
    const looks = this.#saturation.look(bytes);
    const movable = this.#movable();
    const isLarge = bytes > this.#tries * LARGE;
    const { worth = WORTH } = this.#options;
    // Begun in time, for that is no small run; used only if it turns out that this loop cannot serve them all.
    const isMuch = movable.length > 1 && movable.reduce((sum, transfer) => sum + left(transfer), 0) > worth;
    if (isMuch || (looks >= ENOUGH_TO_SHARE && isLarge)) this.#startNext();
    if (looks >= ENOUGH_TO_MOVE) this.#move(movable);
  }

  /** One after another: by the next, it is seen what the last has brought. */
  #startNext(): void {
    if (this.#mayStart && [...this.#threads].every(({ isReady, load }) => isReady && load > 0)) this.#start();
  }

  #move(movable: readonly ActiveTransfer[]): void {
    const thread = this.#lightest();
    if (!this.#mayMove || thread?.isReady !== true) return;
    const surplus = Math.floor((this.#here.length - thread.load - 2 * this.#moving.size) / 2);
    for (const transfer of movable.slice(0, Math.max(0, surplus))) {
      this.#moving.add(transfer.greenlet);
      transfer.cancel(this.#moved);
    }
  }

  /** Transfers of this thread that another can go on with, those with the most to come first. */
  #movable(): ActiveTransfer[] {
    const isMovable = (transfer: ActiveTransfer): boolean => {
      const { greenlet } = transfer;
      const task = this.#here.find((each) => each.greenlet === greenlet);
      return (
        task !== undefined && !this.#moving.has(greenlet) && left(transfer) >= MUCH && isSafeToMove(task)
      );
    };
    return [...this.#options.progress.active].filter(isMovable).sort((one, other) => left(other) - left(one));
  }
}

/** Bytes to come; 0 where that is not known. */
function left({ received, expected }: ActiveTransfer): number {
  return expected === null ? 0 : expected - received;
}

/** What two threads have saved one after another is told as one try's. */
function tellAsOneTry(task: Task, status: number | null, chunksBefore: number): void {
  if (!task.resumed) return;
  task.resumed = false;
  task.status = status;
  task.chunks = chunksBefore + Math.ceil((task.size ?? 0) / task.job.policy.chunkSize);
}
