// A queue that knows what is still to be done (gevent.queue.Queue, once JoinableQueue).

import { Event } from './event.js';
import { type QueueOptions, SimpleQueue, type Stock } from './simple-queue.js';
import type { WaitOptions } from './timeout.js';

export interface TaskQueueOptions<T> extends QueueOptions<T> {
  /** Tasks that count as unfinished at the beginning. @default the number of items */
  readonly unfinishedTasks?: number | undefined;
}

/** Each item is a task, unfinished from its `put` until a `taskDone`. */
export class Queue<T> extends SimpleQueue<T> {
  #unfinishedTasks: number;
  readonly #finished = new Event();

  constructor(maxsize: number | null = null, options: TaskQueueOptions<T> = {}, stock?: Stock<T>) {
    super(maxsize, options, stock);
    this.#unfinishedTasks = options.unfinishedTasks ?? this.size;
    if (this.#unfinishedTasks === 0) this.#finished.set();
  }

  get unfinishedTasks(): number {
    return this.#unfinishedTasks;
  }

  /** One item that was taken out is worked off. @throws RangeError when more are done than were put */
  taskDone(): void {
    if (this.#unfinishedTasks <= 0) throw new RangeError('taskDone() called too many times');
    if (--this.#unfinishedTasks === 0) this.#finished.set();
  }

  /** Waits until no task is unfinished. @returns false when the timeout was first */
  join(options: WaitOptions = {}): Promise<boolean> {
    return this.#finished.wait(options);
  }

  /** As there; what is thrown away counts as done. */
  override shutdown({ immediate = false }: { readonly immediate?: boolean | undefined } = {}): void {
    const thrownAway = immediate ? this.size : 0;
    super.shutdown({ immediate });
    for (let left = Math.min(thrownAway, this.#unfinishedTasks); left > 0; left--) this.taskDone();
  }

  protected override insert(item: T): void {
    this.#unfinishedTasks++;
    this.#finished.clear();
    super.insert(item);
  }
}
