// Time, timers and chance: the only file that touches them. A test puts its own clock in place of the system's.

export interface Scheduled {
  /** Idempotent; does nothing once the callback has run. */
  cancel(): void;
}

export interface Clock {
  /** Monotonic time in ms, from an arbitrary origin. */
  now(): number;
  /** Wall time. */
  date(): Date;
  /** From 0 up to, but not including, 1. */
  random(): number;
  /** Calls back once, not before `milliseconds` have passed; any length is allowed, Infinity means never. */
  schedule(milliseconds: number, callback: () => void): Scheduled;
  /** Calls back once all that is ready to run now has run. */
  soon(callback: () => void): void;
}

/** The longest time that a timer of Node can wait, in ms: beyond it fires at once. */
const LONGEST = 2 ** 31 - 1;

class SystemTimer implements Scheduled {
  #timeout: NodeJS.Timeout | null = null;

  constructor(milliseconds: number, callback: () => void) {
    if (milliseconds <= LONGEST) this.#timeout = setTimeout(callback, milliseconds);
    else if (milliseconds !== Number.POSITIVE_INFINITY) this.#inStages(milliseconds, callback);
  }

  cancel(): void {
    if (this.#timeout !== null) clearTimeout(this.#timeout);
  }

  #inStages(milliseconds: number, callback: () => void): void {
    const stage = Math.min(milliseconds, LONGEST);
    const rest = milliseconds - stage;
    this.#timeout = setTimeout(() => (rest > 0 ? this.#inStages(rest, callback) : callback()), stage);
  }
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  random: () => Math.random(),
  schedule: (milliseconds, callback) => new SystemTimer(milliseconds, callback),
  soon(callback) {
    setImmediate(callback);
  },
};

/** The clock in force. Always read it afresh: `clock.now()`. */
export let clock: Clock = systemClock;

/** Puts another clock in force. @returns a function that puts the one before back */
export function useClock(next: Clock): () => void {
  const before = clock;
  clock = next;
  return () => {
    clock = before;
  };
}
