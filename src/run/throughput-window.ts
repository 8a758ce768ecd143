// What came in while a limit stood: in files, or, where these are large, in bytes.

/** Files of which the mean is larger count by their bytes. */
const LARGE = 256 * 1024;
/** What a step must gain. */
const GAIN = 1.05;
/** A change beyond noise. */
const FAR = 1.4;
/** In which much has come without a file's end, in ms. */
const LONG = 500;

export interface Enough {
  /** As many requests as are in flight, so many times. */
  readonly rounds: number;
  /** Ended requests at the least: fewer are noise. */
  readonly ended: number;
  /** In ms: less is noise. */
  readonly time: number;
}

export const enough = {
  /** Until what was in flight before the limit stood is over, and connections are open. */
  settled: { rounds: 1, ended: 1, time: 0 },
  /** While steps are large, so that their gain is as well. */
  early: { rounds: 1, ended: 8, time: 25 },
  steady: { rounds: 3, ended: 24, time: 100 },
} as const satisfies Readonly<Record<string, Enough>>;

export class ThroughputWindow {
  /** Requests that have ended, and those that brought a file. */
  ended = 0;
  files = 0;
  /** Whether the limit was what kept more from being in flight. */
  wasFull = false;
  isSettled = false;
  #began: number;
  #before: number;
  #bytes = 0;
  #time = 0;

  /**
   * @param now on the clock's ms
   * @param received bytes so far
   */
  constructor(now: number, received: number) {
    this.#began = now;
    this.#before = received;
  }

  /** What counts begins now. */
  settle(now: number, received: number): void {
    this.isSettled = true;
    this.ended = 0;
    this.files = 0;
    this.#began = now;
    this.#before = received;
  }

  has(
    { rounds, ended, time }: Enough,
    limit: number,
    { now, received }: { readonly now: number; received(): number },
  ): boolean {
    const elapsed = now - this.#began;
    if (this.ended >= Math.max(rounds * limit, ended)) return elapsed >= time;
    // Ends of large files are rare; their bytes say enough.
    return elapsed >= LONG * rounds && received() - this.#before >= LARGE * Math.max(limit, this.ended);
  }

  close(now: number, received: number): void {
    this.#time = now - this.#began;
    this.#bytes = received - this.#before;
  }

  /** Files a ms, or bytes a ms. */
  rate(isByBytes: boolean): number {
    return (isByBytes ? this.#bytes : this.files) / Math.max(1, this.#time);
  }

  get isEmpty(): boolean {
    return this.files === 0 && this.#bytes === 0;
  }

  get isByBytes(): boolean {
    return this.#bytes >= LARGE * Math.max(1, this.files);
  }
}

/** Whether the first came to so much more than the second. */
export function isGain(window: ThroughputWindow, reference: ThroughputWindow, gain = GAIN): boolean {
  const { isByBytes } = window;
  const rate = window.rate(isByBytes);
  return rate > 0 && rate >= gain * reference.rate(isByBytes);
}

export function isFar(window: ThroughputWindow, reference: ThroughputWindow): boolean {
  return isGain(window, reference, FAR) || isGain(reference, window, FAR);
}
