// Whether this thread's event loop has as much to do as it can, and with bodies: then another loop would make the run faster.

import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** Part of the time that the loop is not idle. */
const BUSY = 0.9;
/** Bytes between two looks below which it is not the bodies that keep the loop busy, but what each file takes. */
const ENOUGH = 4 * 1_048_576;

export class Saturation {
  readonly #read: () => EventLoopUtilization;
  #before: EventLoopUtilization;
  #bytes = 0;
  #inARow = 0;

  /** @param read how long the loop has been active and idle so far */
  constructor(read = (): EventLoopUtilization => performance.eventLoopUtilization()) {
    this.#read = read;
    this.#before = read();
  }

  /** @param bytes received so far @returns for how many looks in a row the loop has been saturated */
  look(bytes: number): number {
    const now = this.#read();
    const { utilization } = performance.eventLoopUtilization(now, this.#before);
    const isBusy = utilization >= BUSY && bytes - this.#bytes >= ENOUGH;
    this.#before = now;
    this.#bytes = bytes;
    this.#inARow = isBusy ? this.#inARow + 1 : 0;
    return this.#inARow;
  }
}
