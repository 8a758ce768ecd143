// What keeps a host that does not answer from being asked: it opens, lets a probe through from time to time, and closes
// when the host is heard.

import type { FetchallError } from '../model/errors.js';

/** Silences in a row after which it opens. */
const SILENCES = 5;
/** What parks a host then. */
export const SILENT = `${SILENCES} time-outs in a row`;
/** From one probe to the next, in ms. */
export const PROBE_EVERY = 30_000;

export class CircuitBreaker {
  /** Tries in a row that came to a time-out before anything was heard. */
  #silences = 0;
  /** When the next probe may go, on the clock's ms; null while it is closed. */
  #nextProbe: number | null = null;
  /** What URLs fail with while it is open. */
  #error: FetchallError | null = null;
  /** Whether nothing but the answer to a probe closes it: what was under way when it opened says nothing new. */
  #needsProbe = false;

  get isOpen(): boolean {
    return this.#nextProbe !== null;
  }

  /** Whether the last that was heard is that nothing was. */
  get isSuspect(): boolean {
    return this.#silences > 0;
  }

  /** The host has sent something: it closes, unless it was opened at the host's own wish. */
  heard(): void {
    this.#silences = 0;
    if (this.#needsProbe) return;
    this.#nextProbe = null;
    this.#error = null;
  }

  silent(): void {
    this.#silences++;
  }

  /** Whether it ought to be opened. */
  get isDue(): boolean {
    return !this.isOpen && this.#silences >= SILENCES;
  }

  /**
   * @param until when the first probe may go, on the clock's ms
   * @param error what URLs fail with until then
   * @param needsProbe whether it stays open until then, whatever is heard
   */
  open(until: number, error: FetchallError, needsProbe: boolean): void {
    this.#needsProbe = needsProbe;
    this.#nextProbe = until;
    this.#error = error;
  }

  /** Lets one more through. @returns null, or why it may not go; when a probe is due, it may */
  pass(now: number): FetchallError | null {
    if (this.#nextProbe === null || now < this.#nextProbe) return this.#error;
    this.#nextProbe = now + PROBE_EVERY;
    this.#needsProbe = false;
    return null;
  }
}
