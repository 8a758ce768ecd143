// A clock that a test turns by hand: nothing depends on the speed of the machine.

import { type Clock, type Scheduled, systemClock } from '../../src/coroutine/clock.js';

interface Timer extends Scheduled {
  readonly due: number;
  /** Breaks ties: timers that are due together fire in the order in which they were set. */
  readonly order: number;
  readonly callback: () => void;
}

export class FakeClock implements Clock {
  #now = 0;
  #ordinal = 0;
  #requests = 0;
  #seed: number;
  readonly #epoch: number;
  readonly #timers = new Set<Timer>();
  #soon: (() => void)[] = [];

  constructor({ epoch = Date.UTC(2026, 0, 1), seed = 1 }: { epoch?: number; seed?: number } = {}) {
    this.#epoch = epoch;
    this.#seed = seed;
  }

  /** Timers that are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** ms until the next timer is due; null when none is set. */
  get untilNext(): number | null {
    const next = this.#next();
    return next === null ? null : Math.max(0, next.due - this.#now);
  }

  /** How often the clock was asked for something: while this grows, work goes on that needs no time to pass. */
  get requests(): number {
    return this.#requests;
  }

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(this.#epoch + this.#now);
  }

  /** The same numbers for the same seed (a linear congruential generator). */
  random(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed / 2 ** 32;
  }

  schedule(milliseconds: number, callback: () => void): Scheduled {
    this.#requests++;
    const timer: Timer = {
      due: this.#now + milliseconds,
      order: this.#ordinal++,
      callback,
      cancel: () => void this.#timers.delete(timer),
    };
    if (milliseconds !== Number.POSITIVE_INFINITY) this.#timers.add(timer);
    return timer;
  }

  soon(callback: () => void): void {
    this.#requests++;
    this.#soon.push(callback);
  }

  /** Lets promises settle; what `soon` was given stays where it is. */
  settleMicrotasks(): Promise<void> {
    return new Promise((resolve) => systemClock.soon(resolve));
  }

  /** Lets everything run that needs no time to pass. */
  async settle(): Promise<void> {
    for (;;) {
      await this.settleMicrotasks();
      const callbacks = this.#soon;
      if (callbacks.length === 0) return;
      this.#soon = [];
      for (const callback of callbacks) callback();
    }
  }

  /** Lets `milliseconds` pass: due timers fire one by one, in order, and what they set going settles in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await this.settle();
    for (let timer = this.#next(); timer !== null && timer.due <= end; timer = this.#next())
      await this.#fire(timer);
    this.#now = end;
  }

  /**
   * Lets as much time pass as the promise needs.
   *
   * @throws Error when no timer is set any more and the promise still waits: nothing could ever settle it
   */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const note = () => {
      settled = true;
    };
    promise.then(note, note);
    await this.settle();
    while (!settled) {
      const timer = this.#next();
      if (timer === null) throw new Error('this promise would wait for ever');
      await this.#fire(timer);
    }
    return promise;
  }

  async #fire(timer: Timer): Promise<void> {
    this.#now = Math.max(this.#now, timer.due);
    this.#timers.delete(timer);
    timer.callback();
    await this.settle();
  }

  #next(): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.#timers) {
      if (next === null || timer.due < next.due || (timer.due === next.due && timer.order < next.order))
        next = timer;
    }
    return next;
  }
}
