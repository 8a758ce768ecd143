// How many requests may be in flight at once, found by trying: a step is kept only where it gains throughput, and given up by half
// where the other side asks for less. Plain data in, a limit out: it knows no timer and sends nothing.

import { enough, isFar, isGain, ThroughputWindow } from './throughput-window.js';

/** How a request ended, as far as it tells of the limit. An answer that is an error is none of progress, however fast it came. */
export type Outcome = 'done' | 'failed' | 'refused' | 'silent' | 'reset';

export interface Ended {
  readonly outcome: Outcome;
  /** What {@link AdaptiveLimit.begin} gave when it went out. */
  readonly ordinal: number;
}

/** What goes on as the limit is looked at. */
export interface Load {
  /** On the clock's ms. */
  readonly now: number;
  /** Requests, one that ends now included. */
  readonly inFlight: number;
  /** Whether more would go if the limit were higher. */
  readonly isWaiting: boolean;
  /** Bytes of bodies so far, those of requests in flight included. */
  received(): number;
}

export interface Bounds {
  readonly least: number;
  readonly start: number;
  readonly most: number;
}

/** Of requests to one host. */
export const HOST_BOUNDS: Bounds = { least: 1, start: 8, most: 64 };
/** Of requests to all hosts: what the machine makes of them. */
export const TOTAL_BOUNDS: Bounds = { least: 64, start: 64, most: 256 };

/** What a limit can come to. */
export function mostOf(limit: number | 'auto', bounds: Bounds): number {
  return limit === 'auto' ? bounds.most : limit;
}

/** Steps: while each gains, once one did not, and where throughput has fallen. */
const DOUBLE = 2;
const STEP = 1.25;
const HALF = 0.5;
/** Resets in a row that are more than bad luck. */
const RESETS = 3;
/** From a step that gained nothing to the next, in ms: twice as long each time. */
const SOONEST_PROBE = 500;
const RAREST_PROBE = 30_000;
/** How long a limit that was refused is not tried again, in ms: twice as long each time. */
const SHORTEST_HOLD = 10_000;
const LONGEST_HOLD = 300_000;

/** A step that has to prove itself. */
interface Trial {
  /** The limit before, and what it came to. */
  readonly from: number;
  readonly reference: ThroughputWindow;
}

export class AdaptiveLimit {
  readonly #bounds: Bounds;
  #limit: number;
  /** As many as can be in flight from before it stood. */
  #before: number;
  /** No step goes above it, until {@link #heldUntil}. */
  #ceiling: number;
  #heldUntil = 0;
  #hold = SHORTEST_HOLD;
  /** When the limit was last lowered, on the clock's ms, and the last request that had gone out by then. */
  #loweredAt = Number.NEGATIVE_INFINITY;
  #loweredAfter = 0;
  /** The limit before that, less what was refused of it. */
  #granted = 0;
  #begun = 0;
  #resets = 0;
  /** Whether nothing is known against doubling. */
  #isEarly = true;
  #trial: Trial | null = null;
  /** Windows of the trial that have gained. */
  #proofs = 0;
  #window: ThroughputWindow | null = null;
  /** The best of the last two windows at this limit: noise shall not pass for gain. */
  #usual: ThroughputWindow | null = null;
  #last: ThroughputWindow | null = null;
  /** Whether there was more at this limit before. */
  #hasFallen = false;
  #nextProbe = 0;
  #pause = SOONEST_PROBE;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
    this.#limit = bounds.start;
    this.#before = bounds.start;
    this.#ceiling = bounds.most;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Whether it stands below where others begin: it would be forgetful to begin there again. */
  get isLowered(): boolean {
    return this.#limit < this.#bounds.start || this.#ceiling < this.#bounds.most;
  }

  /** A request goes out. @returns its ordinal */
  begin(): number {
    return ++this.#begun;
  }

  /** What is under way says nothing about the limit: something else keeps requests back. */
  interrupt(): void {
    this.#window = null;
  }

  /** A request is over. */
  ended({ outcome, ordinal }: Ended, load: Load): void {
    this.#resets = outcome === 'reset' ? this.#resets + 1 : 0;
    if (outcome === 'refused' || outcome === 'silent' || this.#resets >= RESETS) {
      if (ordinal > this.#loweredAfter) this.#lower(load.now);
      else if (outcome === 'refused') this.#countTooMany();
      return;
    }
    if (this.#window !== null) {
      this.#window.ended++;
      if (outcome === 'done') this.#window.files++;
    }
    this.look(load);
  }

  /** Time has passed: of large files more can be seen than their ends. */
  look(load: Load): void {
    if (!load.isWaiting) {
      this.#window = null;
      return;
    }
    this.#window ??= new ThroughputWindow(load.now, load.received());
    const window = this.#window;
    window.wasFull ||= load.inFlight >= this.#limit;
    const rounds = this.#isEarly ? enough.early : enough.steady;
    if (!window.isSettled) {
      if (window.has(enough.settled, this.#before, load)) window.settle(load.now, load.received());
    } else if (window.has(rounds, this.#limit, load)) {
      window.close(load.now, load.received());
      this.#window = null;
      if (window.wasFull) this.#judge(window, load.now);
    }
  }

  #judge(window: ThroughputWindow, now: number): void {
    const trial = this.#trial;
    // Errors, however fast they come, are no reason for anything.
    if (trial === null && window.isEmpty) return;
    if (trial === null) this.#watch(window, now);
    else if (!isGain(window, trial.reference)) this.#giveUp(trial, now);
    else if (this.#isEarly || ++this.#proofs > 1) {
      const isDown = this.#limit < trial.from;
      this.#trial = null;
      this.#pause = SOONEST_PROBE;
      this.#nextProbe = now;
      if (isDown) this.#try(HALF, window);
      else this.#watch(window, now);
    } else this.#go(this.#limit);
  }

  /** One more window at a limit that stands: is it time for a step? */
  #watch(window: ThroughputWindow, now: number): void {
    if (now >= this.#heldUntil) this.#ceiling = this.#bounds.most;
    const usual = this.#usual;
    if (usual !== null && isFar(window, usual)) {
      // The world has changed, and what was found out before is void. This window may be of both worlds.
      this.#usual = null;
      this.#last = null;
      this.#hasFallen = isGain(usual, window);
      this.#isEarly = now >= this.#heldUntil;
      this.#pause = SOONEST_PROBE;
      this.#nextProbe = now;
      return;
    }
    const last = this.#last;
    this.#last = window;
    this.#usual = last !== null && isGain(last, window, 1) ? last : window;
    const hasFallen = this.#hasFallen;
    this.#hasFallen = false;
    if (hasFallen && this.#try(HALF, window)) return;
    if (now >= this.#nextProbe) this.#try(this.#isEarly ? DOUBLE : STEP, this.#usual);
  }

  #try(factor: number, reference: ThroughputWindow): boolean {
    const from = this.#limit;
    const most = Math.min(this.#ceiling, this.#bounds.most);
    const aim = factor > 1 ? Math.max(from + 1, Math.ceil(from * factor)) : Math.floor(from * factor);
    const limit = Math.max(this.#bounds.least, factor > 1 ? Math.max(from, Math.min(most, aim)) : aim);
    if (limit === from) {
      this.#isEarly = false;
      return false;
    }
    this.#trial = { from, reference };
    this.#go(limit);
    this.#proofs = 0;
    return true;
  }

  #giveUp({ from }: Trial, now: number): void {
    this.#trial = null;
    if (this.#limit > from) {
      this.#isEarly = false;
      this.#nextProbe = now + this.#pause;
      this.#pause = Math.min(2 * this.#pause, RAREST_PROBE);
    }
    this.#go(from);
  }

  #lower(now: number): void {
    const from = this.#trial?.from ?? this.#limit;
    if (now - this.#loweredAt > 4 * this.#hold) this.#hold = SHORTEST_HOLD;
    else this.#hold = Math.min(2 * this.#hold, LONGEST_HOLD);
    // What stood before the step that was refused; where there was no step, less than what stands.
    this.#ceiling = from < this.#limit ? from : Math.floor(this.#limit * 0.75);
    this.#ceiling = Math.max(this.#bounds.least, this.#ceiling);
    this.#heldUntil = now + this.#hold;
    this.#granted = this.#limit - 1;
    this.#loweredAt = now;
    this.#loweredAfter = this.#begun;
    this.#resets = 0;
    this.#isEarly = false;
    this.#trial = null;
    this.#pause = SOONEST_PROBE;
    this.#nextProbe = now + this.#pause;
    this.#go(Math.max(this.#bounds.least, Math.floor(this.#limit / 2)));
  }

  /** What was in flight when it was lowered is no reason to lower it again, but says how many were too many. */
  #countTooMany(): void {
    this.#granted--;
    this.#ceiling = Math.max(this.#limit, Math.min(this.#ceiling, this.#granted));
  }

  #go(limit: number): void {
    if (limit !== this.#limit) {
      this.#usual = null;
      this.#last = null;
    }
    this.#before = Math.max(limit, this.#limit);
    this.#limit = limit;
    this.#window = null;
  }
}
