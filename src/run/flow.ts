// Requests in flight under one limit: to a host, or to all of them. The limit is a number, or finds itself.

import { clock } from '../coroutine/clock.js';
import type { Task } from '../download/task.js';
import { AdaptiveLimit, type Bounds, type Load, type Outcome } from './adaptive-limit.js';

export class Flow {
  /** Most that have been in flight. */
  peak = 0;
  readonly #limit: number | AdaptiveLimit;
  /** Not a Map, for the reason that `model/active-transfers` is not a Set. */
  readonly #tasks: Task[] = [];
  /** Those of the tasks, in the same places. */
  readonly #ordinals: number[] = [];
  /** Bytes of what is over, less what those in flight had when they went out. */
  #bytes = 0;

  /** @param limit a number, or the bounds between which one is found */
  constructor(limit: number | Bounds) {
    this.#limit = typeof limit === 'number' ? limit : new AdaptiveLimit(limit);
  }

  get inFlight(): number {
    return this.#tasks.length;
  }

  /** Those in flight. */
  get tasks(): Iterable<Task> {
    return this.#tasks;
  }

  get isAdaptive(): boolean {
    return typeof this.#limit !== 'number';
  }

  get limit(): number {
    return typeof this.#limit === 'number' ? this.#limit : this.#limit.limit;
  }

  /** Whether the other side has asked for less: that is not forgotten. */
  get isLowered(): boolean {
    return typeof this.#limit !== 'number' && this.#limit.isLowered;
  }

  get canBeLowered(): boolean {
    return typeof this.#limit !== 'number' && this.#limit.limit > 1;
  }

  begin(task: Task): void {
    this.#tasks.push(task);
    this.#ordinals.push(typeof this.#limit === 'number' ? 0 : this.#limit.begin());
    this.peak = Math.max(this.peak, this.#tasks.length);
    this.#bytes -= task.bytes;
  }

  end(task: Task): void {
    const at = this.#tasks.indexOf(task);
    if (at < 0) return;
    this.#tasks.splice(at, 1);
    this.#ordinals.splice(at, 1);
    this.#bytes += task.bytes;
  }

  /** How a request that is in flight has come out. @param isWaiting whether more would go if the limit were higher */
  tell(task: Task, outcome: Outcome, isWaiting: boolean): void {
    if (typeof this.#limit === 'number') return;
    const ordinal = this.#ordinals[this.#tasks.indexOf(task)];
    if (ordinal === undefined) return;
    this.#limit.ended({ outcome, ordinal }, this.#load(isWaiting));
  }

  /** Time has passed. */
  look(isWaiting: boolean): void {
    if (typeof this.#limit !== 'number') this.#limit.look(this.#load(isWaiting));
  }

  /** Something else than the limit keeps requests back. */
  interrupt(): void {
    if (typeof this.#limit !== 'number') this.#limit.interrupt();
  }

  #load(isWaiting: boolean): Load {
    return { now: clock.now(), inFlight: this.#tasks.length, isWaiting, received: this.#received };
  }

  readonly #received = (): number => {
    let bytes = this.#bytes;
    for (const task of this.#tasks) bytes += task.bytes;
    return bytes;
  };
}
