// A group with a limited number of slots (gevent.pool.Pool). p-limit counts the slots.

import pLimit, { type LimitFunction } from 'p-limit';
import type { Run } from './drive.js';
import { Greenlet } from './greenlet.js';
import { Group } from './group.js';
import { Line } from './line.js';
import { Full } from './queue-errors.js';
import { type WaitLimits, type WaitOptions, waitWithin } from './timeout.js';
import { handled, standIn, Waiter } from './waiter.js';

/** Thrown when no slot was free. */
export class PoolFull extends Full {
  override readonly name = 'PoolFull';
}

/** A slot is a task of p-limit's that never ends. */
const forever = new Promise<never>(() => {});

/**
 * Never more than `capacity` greenlets at a time. Who wants a slot waits here, first come, first served, and not in
 * p-limit, whose queue knows neither kill nor timeout. p-limit counts the slots that have been needed so far; from then on a
 * slot passes from a greenlet that has ended to the next, because to give it back and to take it again costs ten promises.
 */
export class Pool extends Group {
  /** The number of slots; Infinity for no limit. */
  readonly capacity: number;
  readonly #limit: LimitFunction;
  /** Slots that were taken from p-limit and are nobody's. */
  #idle = 0;
  readonly #waiting = new Line<Waiter<void>>();
  readonly #watching = new Line<Waiter<void>>();

  /** @throws RangeError unless the capacity is a whole number from 1, or null for no limit */
  constructor(capacity: number | null = null) {
    super();
    this.capacity = capacity ?? Number.POSITIVE_INFINITY;
    if (!(this.capacity >= 1 && (Number.isInteger(capacity) || this.capacity === Number.POSITIVE_INFINITY))) {
      throw new RangeError(`a pool has 1 slot or more, and not ${capacity}`);
    }
    this.#limit = pLimit(this.capacity);
  }

  override full(): boolean {
    return this.freeCount() <= 0;
  }

  /** Slots that are free; 1 when there is no limit. */
  freeCount(): number {
    if (this.capacity === Number.POSITIVE_INFINITY) return 1;
    return this.capacity - this.#limit.activeCount + this.#idle;
  }

  /** Waits until a slot is free, and takes none. @returns the free slots: others may be faster, so perhaps 0 */
  override waitAvailable({ timeout, signal }: WaitLimits = {}): Promise<number> {
    if (!this.full()) return Promise.resolve(this.freeCount());
    const waiter = new Waiter<void>();
    standIn(this.#watching, waiter);
    return handled(waitWithin(waiter, timeout, () => {}, signal).then(() => this.freeCount()));
  }

  /**
   * Adds a greenlet; waits while there is no slot.
   *
   * @throws PoolFull when there was none in time, or at once with `block: false`
   */
  override add(greenlet: Greenlet, options: WaitOptions = {}): Promise<void> {
    if (this.has(greenlet)) return Promise.resolve();
    if (!this.#takeSlot()) return handled(this.#slotLater(options).then(() => this.#fill(greenlet)));
    this.#fill(greenlet);
    return Promise.resolve();
  }

  override discard(greenlet: Greenlet): void {
    if (!this.has(greenlet)) return;
    super.discard(greenlet);
    this.#giveBack();
  }

  /** Waits for a slot and runs a function there, in a new greenlet. @returns when it has its slot, not when it has ended */
  override spawn<T, Args extends unknown[]>(run: Run<Args, T>, ...args: Args): Promise<Greenlet<T>> {
    const greenlet = new Greenlet<T, Args>(run, ...args);
    if (!this.#takeSlot()) return handled(this.#slotLater({}).then(() => this.#launch(greenlet)));
    return Promise.resolve(this.#launch(greenlet));
  }

  /** As `spawn`, at once or not at all. @throws PoolFull */
  override trySpawn<T, Args extends unknown[]>(run: Run<Args, T>, ...args: Args): Greenlet<T> {
    if (!this.#takeSlot()) throw new PoolFull('no slot is free');
    return this.#launch(new Greenlet<T, Args>(run, ...args));
  }

  override applyAsync<T, Args extends unknown[]>(run: Run<Args, T>, ...args: Args): Greenlet<T> {
    if (!this.#takeSlot()) return Greenlet.spawn(() => this.apply(run, ...args));
    return this.#launch(new Greenlet<T, Args>(run, ...args));
  }

  protected override get lookAhead(): number | null {
    return this.capacity === Number.POSITIVE_INFINITY ? null : 2 * this.capacity;
  }

  #launch<T>(greenlet: Greenlet<T>): Greenlet<T> {
    this.#fill(greenlet);
    greenlet.start();
    return greenlet;
  }

  /** Puts a greenlet into a slot that was taken for it. */
  #fill(greenlet: Greenlet): void {
    // It may have been added by another while this caller waited.
    if (this.has(greenlet)) this.#giveBack();
    else {
      try {
        this.enroll(greenlet);
      } catch (error) {
        this.#giveBack();
        throw error;
      }
    }
  }

  /** Nobody takes a slot before those who wait. @returns false when there is none */
  #takeSlot(): boolean {
    if (this.capacity === Number.POSITIVE_INFINITY) return true;
    if (this.#waiting.size > 0) return false;
    if (this.#idle > 0) this.#idle--;
    else if (this.#limit.activeCount < this.capacity) void this.#limit(() => forever);
    else return false;
    return true;
  }

  #slotLater({ block = true, timeout, signal }: WaitOptions): Promise<void> {
    if (!block) return Promise.reject(new PoolFull('no slot is free'));
    const waiter = new Waiter<void>();
    standIn(this.#waiting, waiter);
    const expired = () => {
      throw new PoolFull('no slot became free');
    };
    return waitWithin(waiter, timeout, expired, signal);
  }

  /** To whoever has waited longest, or to those to come. */
  #giveBack(): void {
    if (this.capacity === Number.POSITIVE_INFINITY || this.#waiting.first?.switch()) return;
    this.#idle++;
    while (this.#watching.first?.switch());
  }
}
