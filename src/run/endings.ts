// The endings of a pass, on their way to its reader; whoever else wants to know is told here.

import { clock } from '../coroutine/clock.js';
import { Queue } from '../coroutine/index.js';
import type { Context } from '../download/context.js';
import type { Ending } from '../download/task.js';
import { handOver } from './hand-over.js';

/** Endings that nobody has read yet. */
const MOST_UNREAD = 64;

export class Endings {
  readonly #context: Pick<Context, 'emit' | 'progress' | 'visitor'>;
  readonly #unread = new Queue<Ending | null>(MOST_UNREAD);
  #beganAt: number | null = null;
  #endedAt = 0;

  constructor(context: Pick<Context, 'emit' | 'progress' | 'visitor'>) {
    this.#context = context;
  }

  /** From the first entry to the last ending, in seconds. */
  get seconds(): number {
    return this.#beganAt === null ? 0 : Math.max(0, this.#endedAt - this.#beganAt) / 1000;
  }

  /** There is an entry. */
  begin(): void {
    this.#beganAt ??= clock.now();
  }

  /** One that the visitor has not seen. @returns a promise only where the reader has to be waited for, or the visitor */
  add(ending: Ending): Promise<void> | undefined {
    const { visitor } = this.#context;
    if (!visitor || ending.task === null) return this.addSeen(ending);
    return visitor.onEnd(ending).then((seen) => this.addSeen(seen));
  }

  /** @returns a promise only where the reader has to be waited for */
  addSeen(ending: Ending): Promise<void> | undefined {
    const { progress } = this.#context;
    if (ending.task?.job.isSilent) {
      progress.read--;
      return undefined;
    }
    progress.ended++;
    if (ending.result.outcome === 'failed') progress.failed++;
    this.begin();
    this.#endedAt = clock.now();
    this.#context.emit({ event: 'finished', ...ending.result }, ending.error ?? undefined);
    return handOver(this.#unread, ending);
  }

  /** No more will come. */
  close(): Promise<void> {
    return this.#unread.put(null);
  }

  /** All that nobody has read yet at a time: a promise for each would take as long as its request. */
  async *unread(): AsyncGenerator<Ending[]> {
    for (let over = false; !over; ) {
      const unread = [await this.#unread.get()];
      while (!this.#unread.empty()) unread.push(this.#unread.getNowait());
      over = unread.at(-1) === null;
      yield unread.filter((ending) => ending !== null);
    }
  }
}
