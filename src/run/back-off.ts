// Tasks between two tries, soonest first, and the timer for the next of them.

import { clock, type Scheduled } from '../coroutine/clock.js';
import type { Task } from '../download/task.js';

interface Delayed {
  readonly task: Task;
  /** On the clock's ms. */
  readonly notBefore: number;
}

export class BackOff {
  readonly #delayed: Delayed[] = [];
  readonly #onDue: (due: readonly Task[]) => void;
  #timer: Scheduled | null = null;

  constructor(onDue: (due: readonly Task[]) => void) {
    this.#onDue = onDue;
  }

  /** @param wait ms until it is due */
  add(task: Task, wait: number): void {
    const notBefore = clock.now() + wait;
    const place = this.#delayed.findLastIndex((other) => other.notBefore <= notBefore) + 1;
    this.#delayed.splice(place, 0, { task, notBefore });
    if (place === 0) this.#wait();
  }

  /** @returns false when it is not here, or no more */
  remove(task: Task): boolean {
    const place = this.#delayed.findIndex((delayed) => delayed.task === task);
    if (place !== -1) this.#delayed.splice(place, 1);
    if (place === 0) this.#wait();
    return place !== -1;
  }

  /** Gives all of them up. */
  drain(): Task[] {
    const tasks = this.#delayed.splice(0).map(({ task }) => task);
    this.#wait();
    return tasks;
  }

  #wait(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const [next] = this.#delayed;
    if (next === undefined) return;
    this.#timer = clock.schedule(Math.max(0, next.notBefore - clock.now()), () => {
      const now = clock.now();
      const later = this.#delayed.findIndex(({ notBefore }) => notBefore > now);
      const due = this.#delayed.splice(0, later === -1 ? this.#delayed.length : later);
      this.#onDue(due.map(({ task }) => task));
      this.#wait();
    });
  }
}
