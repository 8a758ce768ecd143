// Whose turn it is: hosts that may be asked take turns, and those that may be dead have few of the slots.

import { clock, type Scheduled } from '../coroutine/clock.js';
import { Line } from '../coroutine/line.js';
import type { Task } from '../download/task.js';
import { type Bounds, HOST_BOUNDS, mostOf, type Outcome, TOTAL_BOUNDS } from './adaptive-limit.js';
import { Flow } from './flow.js';
import { Host } from './host.js';

/** Slots for all hosts that were silent when last asked: one of so many. */
const SUSPECTS_SHARE = 16;
/** Hosts that are remembered only because they were silent, or asked for less. */
const MOST_REMEMBERED = 10_000;
/** How often limits that find themselves are looked at, in ms, besides at the ends of requests. */
const LOOK_EVERY = 250;

export class HostTurns {
  readonly #perHost: number | Bounds;
  readonly #mostPerHost: number;
  /** What is under way to all hosts. */
  readonly #total: Flow;
  /** The most that there may be once descriptors have run out. */
  #narrowed = Number.POSITIVE_INFINITY;
  readonly #hosts = new Map<string, Host>();
  /** Hosts with tasks that wait. */
  readonly #busy = new Set<Host>();
  /** Hosts with a task that may go now, in turn. */
  readonly #ready = new Line<Host>();
  /** The same of hosts that were silent when last asked. */
  readonly #suspects = new Line<Host>();
  /** Hosts to which a file would have had another request, had the limit been higher: since the last look. */
  readonly #short = new Set<Host>();
  /** Requests in flight to suspects. */
  #toSuspects = 0;
  /** Requests in flight to a host of which nothing is known. */
  #mostToUnknown = 1;
  #nextLook: Scheduled | null = null;
  readonly #onLooked: () => void;

  /** @param onLooked called when limits have been looked at: they may be others now */
  constructor(concurrency: number | 'auto', perHost: number | 'auto', onLooked: () => void) {
    this.#onLooked = onLooked;
    this.#total = new Flow(concurrency === 'auto' ? TOTAL_BOUNDS : concurrency);
    this.#perHost = perHost === 'auto' ? hostBounds(concurrency) : perHost;
    this.#mostPerHost = mostOf(perHost, HOST_BOUNDS);
  }

  get inFlight(): number {
    return this.#total.inFlight;
  }

  /** Requests in flight: as many as were asked for, or, with `auto`, the most that there have been. */
  get concurrency(): number {
    return this.#total.isAdaptive ? this.#total.peak : this.#total.limit;
  }

  /** Whether one more request may be in flight. */
  get hasRoom(): boolean {
    return this.#total.inFlight < Math.min(this.#total.limit, this.#narrowed);
  }

  /**
   * Whether other hosts are to be looked for. A limit that finds itself has free slots for as long as it likes: as long as requests
   * are in flight to hosts that answer, these need not be filled.
   */
  get needsOthers(): boolean {
    if (!this.#total.isAdaptive) return true;
    let answering = 0;
    for (const { job } of this.#total.tasks)
      if (this.find(job.host)?.isTrusted && ++answering >= HOST_BOUNDS.start) return false;
    return true;
  }

  /** One that is in flight is too many, and so will be as many as now. */
  narrow(): void {
    this.#narrowed = this.#total.inFlight - 1;
  }

  find(name: string): Host | undefined {
    return this.#hosts.get(name);
  }

  findOrAdd(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const host = new Host(name, this.#perHost);
    this.#hosts.set(name, host);
    return host;
  }

  /** @param isAllThereIs whether no other host can be found by reading on: then nobody needs the slots that are kept free */
  next(isAllThereIs: boolean): Host | undefined {
    if (this.#suspects.size > 0 && this.#toSuspects < this.#mostToSuspects()) return this.#suspects.first;
    if (this.#ready.size > 0) return this.#ready.first;
    if (!isAllThereIs) return undefined;
    if (this.#suspects.size > 0) return this.#suspects.first;
    const [alone] = this.#busy.size === 1 ? this.#busy : [];
    return alone !== undefined && this.#mayBeAsked(alone) ? alone : undefined;
  }

  /** Hosts of which nothing is known may be asked twice as often. @returns whether there is any that waits for it */
  trustUnknown(): boolean {
    if (this.#mostToUnknown >= this.#mostPerHost) return false;
    this.#mostToUnknown = Math.min(2 * this.#mostToUnknown, this.#mostPerHost);
    const unknown = [...this.#busy].filter(({ isKnown, breaker }) => !isKnown && !breaker.isSuspect);
    for (const host of unknown) this.consider(host);
    return unknown.length > 0;
  }

  /** Whether one more request may go to the host that none of the tasks waits for. */
  mayLend(host: Host): boolean {
    const isWanted = host.waiting.length > 0 || this.#ready.size > 0 || this.#suspects.size > 0;
    if (isWanted || !this.hasRoom || !host.isTrusted || host.isResting) return false;
    const isFull = host.flow.inFlight >= host.flow.limit;
    if (isFull && host.flow.isAdaptive) {
      this.#short.add(host);
      this.lookLater();
    }
    return !isFull;
  }

  /** A request to the host goes out. */
  begin(host: Host, task: Task): void {
    host.flow.begin(task);
    this.#total.begin(task);
    if (host.breaker.isSuspect) this.#toSuspects++;
    host.leaveLine();
  }

  /** A request to the host is over. */
  end(host: Host, task: Task): void {
    host.flow.end(task);
    this.#total.end(task);
    if (host.breaker.isSuspect) this.#toSuspects--;
  }

  /** How a request that is in flight has come out. */
  tell(host: Host, task: Task, outcome: Outcome): void {
    host.flow.tell(task, outcome, this.#isShort(host));
    // One host that refuses says nothing about the machine.
    this.#total.tell(task, outcome === 'done' ? 'done' : 'failed', this.#ready.size > 0);
  }

  /** Looks at limits that find themselves, while there is something to be seen. */
  lookLater(): void {
    if (this.#nextLook !== null || (!this.#total.isAdaptive && typeof this.#perHost === 'number')) return;
    if (this.#busy.size + this.#short.size === 0 || this.#total.inFlight === 0) return;
    this.#nextLook = clock.schedule(LOOK_EVERY, () => {
      this.#nextLook = null;
      this.#look();
      this.#onLooked();
    });
  }

  /** The host does not keep slots waiting. */
  heard(host: Host): void {
    if (host.breaker.isSuspect) this.#toSuspects -= host.flow.inFlight;
    host.breaker.heard();
    host.isKnown = true;
  }

  /** The host becomes a suspect. */
  silent(host: Host): void {
    if (!host.breaker.isSuspect) this.#toSuspects += host.flow.inFlight;
    host.breaker.silent();
  }

  /** Puts the host in turn if it may send a request, and forgets it when there is nothing to know of it. */
  consider(host: Host): void {
    if (host.waiting.length === 0) this.#busy.delete(host);
    else this.#busy.add(host);
    const { isSuspect, isOpen } = host.breaker;
    const isTooUnknown = !isSuspect && !host.isKnown && host.flow.inFlight >= this.#mostToUnknown;
    if (this.#mayBeAsked(host) && !isTooUnknown) host.queue(isSuspect ? this.#suspects : this.#ready);
    else host.leaveLine();
    if (!host.isIdle) return;
    const isRemembered = isSuspect || isOpen || host.flow.isLowered;
    if (!isRemembered || this.#hosts.size > MOST_REMEMBERED) this.#hosts.delete(host.name);
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
    this.#nextLook?.cancel();
    for (const host of this.#hosts.values()) host.wakeNoMore();
  }

  #look(): void {
    this.#total.look(this.#ready.size > 0);
    for (const host of new Set([...this.#busy, ...this.#short])) {
      host.flow.look(this.#isShort(host));
      this.consider(host);
    }
    // Who still wants more asks again.
    this.#short.clear();
  }

  /** Whether more would go to the host if its limit were higher. */
  #isShort(host: Host): boolean {
    return host.waiting.length > 0 || this.#short.has(host);
  }

  #mostToSuspects(): number {
    return Math.max(1, Math.floor(this.#total.limit / SUSPECTS_SHARE));
  }

  #mayBeAsked(host: Host): boolean {
    return host.waiting.length > 0 && host.flow.inFlight < host.flow.limit && !host.isResting;
  }
}

function hostBounds(concurrency: number | 'auto'): Bounds {
  if (concurrency === 'auto') return HOST_BOUNDS;
  const { least, start, most } = HOST_BOUNDS;
  return { least, start: Math.min(start, concurrency), most: Math.min(most, concurrency) };
}
