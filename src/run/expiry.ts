// Ends what waits longer than `--max-time` allows, wherever it waits.

import { clock, type Scheduled } from '../coroutine/clock.js';
import type { Task } from '../download/task.js';

export class Expiry {
  readonly #timers = new Map<Task, Scheduled>();
  readonly #onExpired: (task: Task) => void;

  constructor(onExpired: (task: Task) => void) {
    this.#onExpired = onExpired;
  }

  /** The task begins to wait. */
  watch(task: Task): void {
    if (task.deadline === null) return;
    const expire = (): void => {
      this.#timers.delete(task);
      this.#onExpired(task);
    };
    this.#timers.set(task, clock.schedule(Math.max(0, task.deadline - clock.now()), expire));
  }

  /** Its wait is over. */
  forget(task: Task): void {
    this.#timers.get(task)?.cancel();
    this.#timers.delete(task);
  }

  forgetAll(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
