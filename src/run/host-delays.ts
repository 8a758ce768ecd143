// How long a host is left alone after each request.

import { clock } from '../coroutine/clock.js';
import type { Host } from './host.js';

export interface DelayLimits {
  /** Least time between two requests to one host, in ms. */
  readonly delay?: number;
  /** The same for one host, in place of `delay`. */
  delayOf?(host: string): number;
  /** A run before may have asked the hosts a moment ago: each is first left alone for its delay. */
  readonly isContinued?: boolean;
}

export class HostDelays {
  readonly #limits: DelayLimits;
  readonly #began = clock.now();

  constructor(limits: DelayLimits) {
    this.#limits = limits;
  }

  /** A request goes out. */
  begin(host: Host): void {
    const delay = this.#of(host);
    if (delay > 0) host.rest(delay);
  }

  /** The host is met, perhaps not for the first time. */
  meet(host: Host): void {
    if (this.#limits.isContinued !== true || !host.isIdle) return;
    const wait = this.#began + this.#of(host) - clock.now();
    if (wait > 0) host.rest(wait);
  }

  #of({ name }: Host): number {
    return this.#limits.delayOf?.(name) ?? this.#limits.delay ?? 0;
  }
}
