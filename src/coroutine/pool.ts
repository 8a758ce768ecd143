// A group with a limited number of slots (gevent.pool.Pool). p-limit counts the slots.

import pLimit, { type LimitFunction } from 'p-limit';
import type { Run } from './drive.js';
import { Greenlet } from './greenlet.js';
import { Group } from './group.js';
import { Line } from './line.js';
import { Full } from './queue.js';
import { type WaitLimits, type WaitOptions, waitWithin } from './timeout.js';
import { handled, standIn, Waiter } from './waiter.js';

/** Thrown when no slot was free. */
export class PoolFull extends Full {
  override readonly name = 'PoolFull';
}

/** Gives a slot back to p-limit; with a greenlet, that one leaves the pool when the slot is free. */
type Slot = (leaving: Greenlet | null) => void;

/**
 * Never more than `capacity` greenlets at a time. Who wants a slot waits here, first come, first served, and not in
 * p-limit, whose queue knows neither kill nor timeout. A slot passes from a greenlet that has ended straight to whoever
 * has waited longest; only when nobody waits is it given back to p-limit.
 */
export class Pool extends Group {
  /** The number of slots; Infinity for no limit. */
  readonly capacity: number;
  readonly #limit: LimitFunction;
  readonly #slots = new Map<Greenlet, Slot>();
  readonly #waiting = new Line<Waiter<Slot>>();
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

  /** Slots that are free; 1 when there is no limit. A slot is freed a few microtasks after its greenlet has ended. */
  freeCount(): number {
    return this.capacity === Number.POSITIVE_INFINITY ? 1 : this.capacity - this.#limit.activeCount;
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
    const slot = this.#takeSlot();
    if (slot === null) return handled(this.#slotLater(options).then((later) => this.#fill(later, greenlet)));
    this.#fill(slot, greenlet);
    return Promise.resolve();
  }

  override discard(greenlet: Greenlet): void {
    const slot = this.#slots.get(greenlet);
    if (slot === undefined) return;
    this.#slots.delete(greenlet);
    super.discard(greenlet);
    if (!this.#handOver(slot)) slot(null);
  }

  /** Waits for a slot and runs a function there, in a new greenlet. @returns when it has its slot, not when it has ended */
  override spawn<T, Args extends unknown[]>(run: Run<Args, T>, ...args: Args): Promise<Greenlet<T>> {
    const greenlet = new Greenlet<T, Args>(run, ...args);
    const slot = this.#takeSlot();
    if (slot === null) return handled(this.#slotLater({}).then((later) => this.#launch(later, greenlet)));
    return Promise.resolve(this.#launch(slot, greenlet));
  }

  /** As `spawn`, at once or not at all. @throws PoolFull */
  override trySpawn<T, Args extends unknown[]>(run: Run<Args, T>, ...args: Args): Greenlet<T> {
    const slot = this.#takeSlot();
    if (slot === null) throw new PoolFull('no slot is free');
    return this.#launch(slot, new Greenlet<T, Args>(run, ...args));
  }

  override applyAsync<T, Args extends unknown[]>(run: Run<Args, T>, ...args: Args): Greenlet<T> {
    const slot = this.#takeSlot();
    if (slot === null) return Greenlet.spawn(() => this.apply(run, ...args));
    return this.#launch(slot, new Greenlet<T, Args>(run, ...args));
  }

  protected override get lookAhead(): number | null {
    return this.capacity === Number.POSITIVE_INFINITY ? null : 2 * this.capacity;
  }

  protected override ended(greenlet: Greenlet): void {
    const slot = this.#slots.get(greenlet);
    if (slot === undefined) return;
    this.#slots.delete(greenlet);
    if (this.#handOver(slot)) super.discard(greenlet);
    // Who has joined the pool finds its slots free: so the last ones leave only when p-limit has counted them.
    else slot(greenlet);
  }

  #launch<T>(slot: Slot, greenlet: Greenlet<T>): Greenlet<T> {
    this.#fill(slot, greenlet);
    greenlet.start();
    return greenlet;
  }

  #fill(slot: Slot, greenlet: Greenlet): void {
    if (this.has(greenlet)) {
      // It was added by another while this caller waited.
      if (!this.#handOver(slot)) slot(null);
      return;
    }
    try {
      this.enroll(greenlet);
      this.#slots.set(greenlet, slot);
    } catch (error) {
      if (!this.#handOver(slot)) slot(null);
      throw error;
    }
  }

  /** Nobody takes a slot before those who wait. */
  #takeSlot(): Slot | null {
    return this.#waiting.size > 0 || this.#limit.activeCount >= this.capacity ? null : this.#occupy();
  }

  #slotLater({ block = true, timeout, signal }: WaitOptions): Promise<Slot> {
    if (!block) return Promise.reject(new PoolFull('no slot is free'));
    const waiter = new Waiter<Slot>();
    standIn(this.#waiting, waiter);
    const expired = () => {
      throw new PoolFull('no slot became free');
    };
    return waitWithin(waiter, timeout, expired, signal);
  }

  #handOver(slot: Slot): boolean {
    return this.#waiting.first?.switch(slot) ?? false;
  }

  /** A slot is a promise that p-limit waits for. */
  #occupy(): Slot {
    let giveBack: Slot = () => {};
    const occupied = new Promise<Greenlet | null>((resolve) => {
      giveBack = resolve;
    });
    void this.#limit(() => occupied).then((leaving) => this.#freed(leaving));
    return giveBack;
  }

  #freed(leaving: Greenlet | null): void {
    // Somebody may have come while p-limit was counting.
    if (this.#waiting.size > 0 && this.#limit.activeCount < this.capacity) this.#handOver(this.#occupy());
    if (!this.full()) while (this.#watching.first?.switch());
    if (leaving !== null) super.discard(leaving);
  }
}
