// How long a host is left alone after each request.

import { clock } from '../coroutine/clock.js';
import type { Task } from '../download/task.js';
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

  /** A request is about to go out. @param task whose first one it is: until that is sent, nothing else goes to the host */
  begin(host: Host, task: Task | null = null): void {
    const delay = this.#of(host);
    if (delay === 0) return;
    host.rest(delay);
    if (task !== null) host.awaitSending(task);
  }

  /** It has gone out: names and connections take their time, and the host is left alone from now on. @returns whether it is */
  sent(host: Host, task: Task): boolean {
    const delay = this.#of(host);
    host.hasLeft(task);
    if (delay > 0) host.rest(delay);
    return delay > 0;
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
