// A function that runs after a time, unless it is cancelled before (threading.Timer).

import type { Run } from './drive.js';
import { type Duration, readDuration } from './duration.js';
import { Greenlet } from './greenlet.js';

/** A greenlet that begins an interval after its `start`. */
export class Timer<T = unknown, Args extends unknown[] = unknown[]> extends Greenlet<T, Args> {
  /** In ms. */
  readonly interval: number;
  readonly #state: { begun: boolean };

  /** @throws RangeError when the interval is no length of time; TypeError when `run` is no function */
  constructor(interval: Duration, run: Run<Args, T>, ...args: Args) {
    if (typeof run !== 'function') throw new TypeError('a Timer runs a function');
    const state = { begun: false };
    super(
      (...given: Args) => {
        state.begun = true;
        return run(...given);
      },
      ...args,
    );
    this.#state = state;
    this.interval = readDuration(interval);
  }

  override start(): void {
    this.startLater(this.interval);
  }

  /** The function will not run. Nothing happens when it has begun: use `kill` to end it. */
  cancel(): void {
    if (!this.#state.begun) void this.kill(undefined, { block: false });
  }
}
