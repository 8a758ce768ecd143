// Whose turn it is: hosts that may be asked take turns, and those that may be dead have few of the slots.

import { Line } from '../coroutine/line.js';
import type { Task } from '../download/task.js';
import { Host } from './host.js';

/** Slots for all hosts that were silent when last asked: one of so many. */
const SUSPECTS_SHARE = 16;
/** Hosts that are remembered only because they were silent. */
const MOST_REMEMBERED = 10_000;

export class HostTurns {
  readonly #perHost: number;
  readonly #mostToSuspects: number;
  readonly #hosts = new Map<string, Host>();
  /** Hosts with tasks that wait. */
  readonly #busy = new Set<Host>();
  /** Hosts with a task that may go now, in turn. */
  readonly #ready = new Line<Host>();
  /** The same of hosts that were silent when last asked. */
  readonly #suspects = new Line<Host>();
  /** Requests in flight to suspects. */
  #toSuspects = 0;
  /** Requests in flight to a host of which nothing is known. */
  #mostToUnknown = 1;

  constructor(concurrency: number, perHost: number) {
    this.#perHost = perHost;
    this.#mostToSuspects = Math.max(1, Math.floor(concurrency / SUSPECTS_SHARE));
  }

  find(name: string): Host | undefined {
    return this.#hosts.get(name);
  }

  findOrAdd(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const host = new Host(name);
    this.#hosts.set(name, host);
    return host;
  }

  /** @param isAllThereIs whether no other host can be found by reading on: then nobody needs the slots that are kept free */
  next(isAllThereIs: boolean): Host | undefined {
    if (this.#suspects.size > 0 && this.#toSuspects < this.#mostToSuspects) return this.#suspects.first;
    if (this.#ready.size > 0) return this.#ready.first;
    if (!isAllThereIs) return undefined;
    if (this.#suspects.size > 0) return this.#suspects.first;
    const [alone] = this.#busy.size === 1 ? this.#busy : [];
    return alone !== undefined && this.#mayBeAsked(alone) ? alone : undefined;
  }

  /** Hosts of which nothing is known may be asked twice as often. @returns whether there is any that waits for it */
  trustUnknown(): boolean {
    if (this.#mostToUnknown >= this.#perHost) return false;
    this.#mostToUnknown = Math.min(2 * this.#mostToUnknown, this.#perHost);
    const unknown = [...this.#busy].filter(({ isKnown, breaker }) => !isKnown && !breaker.isSuspect);
    for (const host of unknown) this.consider(host);
    return unknown.length > 0;
  }

  /** A request to the host goes out. */
  begin(host: Host): void {
    host.inFlight++;
    if (host.breaker.isSuspect) this.#toSuspects++;
    host.leaveLine();
  }

  /** A request to the host is over. */
  end(host: Host): void {
    host.inFlight--;
    if (host.breaker.isSuspect) this.#toSuspects--;
  }

  /** The host does not keep slots waiting. */
  heard(host: Host): void {
    if (host.breaker.isSuspect) this.#toSuspects -= host.inFlight;
    host.breaker.heard();
    host.isKnown = true;
  }

  /** The host becomes a suspect. */
  silent(host: Host): void {
    if (!host.breaker.isSuspect) this.#toSuspects += host.inFlight;
    host.breaker.silent();
  }

  /** Puts the host in turn if it may send a request, and forgets it when there is nothing to know of it. */
  consider(host: Host): void {
    if (host.waiting.length === 0) this.#busy.delete(host);
    else this.#busy.add(host);
    const { isSuspect, isOpen } = host.breaker;
    if (host.isIdle) {
      if ((!isSuspect && !isOpen) || this.#hosts.size > MOST_REMEMBERED) this.#hosts.delete(host.name);
    } else if (this.#mayBeAsked(host) && (isSuspect || host.isKnown || host.inFlight < this.#mostToUnknown)) {
      host.queue(isSuspect ? this.#suspects : this.#ready);
    } else {
      host.leaveLine();
    }
  }

  /** Takes out what waits for a host. */
  drain(): Task[] {
    this.#busy.clear();
    return [...this.#hosts.values()].flatMap((host) => {
      host.leaveLine();
      return host.waiting.splice(0);
    });
  }

  wakeNoMore(): void {
    for (const host of this.#hosts.values()) host.wakeNoMore();
  }

  #mayBeAsked(host: Host): boolean {
    return host.waiting.length > 0 && host.inFlight < this.#perHost && !host.isResting;
  }
}
