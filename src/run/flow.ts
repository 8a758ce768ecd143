// Requests in flight under one limit: to a host, or to all of them. The limit is a number, or finds itself.

import { clock } from '../coroutine/clock.js';
import type { Task } from '../download/task.js';
import { AdaptiveLimit, type Bounds, type Load, type Outcome } from './adaptive-limit.js';

export class Flow {
  /** Most that have been in flight. */
  peak = 0;
  readonly #limit: number | AdaptiveLimit;
  /** Each with its ordinal. */
  readonly #tasks = new Map<Task, number>();
  /** Bytes of what is over, less what those in flight had when they went out. */
  #bytes = 0;

  /** @param limit a number, or the bounds between which one is found */
  constructor(limit: number | Bounds) {
    this.#limit = typeof limit === 'number' ? limit : new AdaptiveLimit(limit);
  }

  get inFlight(): number {
    return this.#tasks.size;
  }

  /** Those in flight. */
  get tasks(): Iterable<Task> {
    return this.#tasks.keys();
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
    const inFlight = this.#tasks.size + 1;
    this.#tasks.set(task, typeof this.#limit === 'number' ? 0 : this.#limit.begin());
    this.peak = Math.max(this.peak, inFlight);
    this.#bytes -= task.bytes;
  }

  end(task: Task): void {
    if (this.#tasks.delete(task)) this.#bytes += task.bytes;
  }

  /** How a request that is in flight has come out. @param isWaiting whether more would go if the limit were higher */
  tell(task: Task, outcome: Outcome, isWaiting: boolean): void {
    const ordinal = this.#tasks.get(task);
    if (typeof this.#limit === 'number' || ordinal === undefined) return;
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
    return { now: clock.now(), inFlight: this.#tasks.size, isWaiting, received: this.#received };
  }

  readonly #received = (): number => {
    let bytes = this.#bytes;
    for (const task of this.#tasks.keys()) bytes += task.bytes;
    return bytes;
  };
}
