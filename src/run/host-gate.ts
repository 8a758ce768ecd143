// Which task may go next. Keeps a bounded look-ahead by host and admits a task only when its host allows it, so that
// nobody waits in a slot. Politeness lives here: later limits are further conditions of `#mayGo`.

import { clock, type Scheduled } from '../coroutine/clock.js';
import { Event, Waiter } from '../coroutine/index.js';
import { Line, type Place } from '../coroutine/line.js';
import type { Task } from '../download/task.js';
import { RetryBudget } from './retry-budget.js';

interface Host {
  readonly name: string;
  /** Tasks that may go as soon as the host allows it, oldest first. */
  readonly waiting: Task[];
  inFlight: number;
  /** Tasks in back-off: while there are some, the host is not forgotten. */
  delayed: number;
  readonly budget: RetryBudget;
  /** When it may be asked again, on the clock's ms: after the last request's delay, or when it has cooled. */
  notBefore: number;
  /** Wakes it then. */
  wake: Scheduled | null;
  /** 429 and 503 in a row that did not say for how long. */
  refusals: number;
  /** Its place among those whose turn comes; null while none of its tasks may go. */
  turn: Place<Host> | null;
}

interface Delayed {
  readonly task: Task;
  /** On the clock's ms. */
  readonly notBefore: number;
}

export interface GateLimits {
  /** Requests in flight to one host. */
  readonly perHost: number;
  /** Least time between two requests to one host, in ms. */
  readonly delay?: number;
  /** Tasks that have not ended, those in slots included, before `put` waits. */
  readonly unended: number;
}

/** Refusals in a row after which a host cools. */
const REFUSALS = 3;

function newHost(name: string): Host {
  const budget = new RetryBudget();
  return {
    name,
    waiting: [],
    inFlight: 0,
    delayed: 0,
    budget,
    notBefore: 0,
    wake: null,
    refusals: 0,
    turn: null,
  };
}

function wakeNoMore(host: Host): void {
  host.wake?.cancel();
  host.wake = null;
}

export class HostGate {
  readonly #limits: GateLimits;
  readonly #delay: number;
  readonly #hosts = new Map<string, Host>();
  /** Hosts with a task that may go now, in turn. */
  readonly #ready = new Line<Host>();
  /** Tasks in back-off, soonest first. */
  readonly #delayed: Delayed[] = [];
  #timer: Scheduled | null = null;
  /** Tasks that have been put and have not ended. */
  #unended = 0;
  #closed = false;
  /** Who waits for the next task. */
  #reader: Waiter<Task | null> | null = null;
  readonly #room = new Event();
  #inFlight = 0;
  /** Requests in flight to all hosts: fewer than slots once descriptors have run out. */
  #most = Number.POSITIVE_INFINITY;

  constructor(limits: GateLimits) {
    this.#limits = limits;
    this.#delay = limits.delay ?? 0;
    this.#room.set();
  }

  /** Takes a new task: at once, or when fewer have not ended. After {@link drain} it is dropped. */
  put(task: Task): Promise<void> | undefined {
    if (this.#unended >= this.#limits.unended) return this.#putLater(task);
    this.#take(task);
    return undefined;
  }

  /** No new tasks will come: the reader comes to the end when those that are here have ended. */
  close(): void {
    this.#closed = true;
    this.#serve();
  }

  /** The task has left its slot and has ended. */
  end(task: Task): void {
    this.#count(-1);
    this.#leave(task);
  }

  /** The task has left its slot and shall have another try, not before `wait` ms from now. */
  putBack(task: Task, wait: number): void {
    const notBefore = clock.now() + wait;
    const host = this.#hosts.get(task.job.host);
    if (host !== undefined) host.delayed++;
    const place = this.#delayed.findLastIndex((other) => other.notBefore <= notBefore) + 1;
    this.#delayed.splice(place, 0, { task, notBefore });
    this.#leave(task);
    this.#wakeForDelayed();
  }

  /** The host has asked for so many ms of patience: none of its tasks goes before. */
  cool({ job }: Task, wait: number): void {
    const host = this.#hosts.get(job.host);
    if (host === undefined) return;
    host.refusals = 0;
    this.#rest(host, wait);
  }

  /** The host has refused and did not say for how long; several times in a row, it cools for the back-off of the last. */
  refused({ job }: Task, wait: number): void {
    const host = this.#hosts.get(job.host);
    if (host !== undefined && ++host.refusals >= REFUSALS) this.#rest(host, wait);
  }

  /** The host has answered, and not refused. */
  answered({ job }: Task): void {
    const host = this.#hosts.get(job.host);
    if (host !== undefined) host.refusals = 0;
  }

  /** Books a retry. @returns false when the task's host has had too many of them: see {@link RetryBudget} */
  mayRetry(task: Task): boolean {
    return this.#hosts.get(task.job.host)?.budget.take() ?? true;
  }

  /**
   * Descriptors have run out: the task leaves its slot, goes again when another has ended, and from now on no more are
   * in flight than now are. Its try does not count.
   *
   * @returns false when nothing else is in flight, so that waiting for others cannot help
   */
  narrow(task: Task): boolean {
    if (this.#inFlight <= 1) return false;
    this.#most = this.#inFlight - 1;
    task.attempts--;
    this.#enqueue(task);
    this.#leave(task);
    return true;
  }

  /** Takes every task out that is not in a slot, and closes. @returns those that have been begun already */
  drain(): Task[] {
    const held = [...this.#hosts.values()].flatMap((host) => host.waiting.splice(0));
    held.push(...this.#delayed.splice(0).map(({ task }) => task));
    this.#timer?.cancel();
    for (const host of this.#hosts.values()) wakeNoMore(host);
    for (let host = this.#ready.shift(); host !== undefined; host = this.#ready.shift()) host.turn = null;
    this.#count(-held.length);
    this.close();
    return held.filter((task) => task.greenlet > 0);
  }

  /** The next admitted task, to be given back by `end` or `putBack`; null when all have ended. For one reader. */
  next(): Promise<Task | null> {
    this.#reader = new Waiter();
    const next = this.#reader.get();
    this.#serve();
    return next;
  }

  /** Gives the reader what it waits for, if there is something. */
  #serve(): void {
    const reader = this.#reader;
    if (reader === null) return;
    const task = this.#admit();
    if (task === null && !(this.#closed && this.#unended === 0)) return;
    // Nobody comes any more for whom a host would have to be remembered.
    if (task === null) for (const host of this.#hosts.values()) wakeNoMore(host);
    this.#reader = null;
    reader.switch(task);
  }

  async #putLater(task: Task): Promise<void> {
    while (this.#unended >= this.#limits.unended) await this.#room.wait();
    this.#take(task);
  }

  #take(task: Task): void {
    if (this.#closed) return;
    this.#count(1);
    this.#enqueue(task);
    this.#serve();
  }

  #admit(): Task | null {
    if (this.#inFlight >= this.#most) return null;
    const host = this.#ready.shift();
    if (host === undefined) return null;
    host.turn = null;
    const task = host.waiting.shift();
    if (task === undefined) return null;
    host.inFlight++;
    this.#inFlight++;
    if (task.greenlet === 0) host.budget.begin();
    if (this.#delay > 0) this.#rest(host, this.#delay);
    // To the end of the turn, so that one host's thousand URLs do not go before another's one.
    this.#consider(host);
    return task;
  }

  #enqueue(task: Task): void {
    const { host: name } = task.job;
    let host = this.#hosts.get(name);
    if (host === undefined) {
      host = newHost(name);
      this.#hosts.set(name, host);
    }
    host.waiting.push(task);
    this.#consider(host);
  }

  #resume(task: Task): void {
    const host = this.#hosts.get(task.job.host);
    if (host !== undefined) host.delayed--;
    this.#enqueue(task);
  }

  #leave(task: Task): void {
    const host = this.#hosts.get(task.job.host);
    if (host === undefined) return;
    host.inFlight--;
    this.#inFlight--;
    this.#consider(host);
    this.#serve();
  }

  /** Puts the host in turn if it may send a request, and forgets it when there is nothing to know of it. */
  #consider(host: Host): void {
    if (host.waiting.length === 0) {
      if (host.inFlight === 0 && host.delayed === 0 && !this.#isResting(host)) this.#hosts.delete(host.name);
    } else if (host.inFlight < this.#limits.perHost && !this.#isResting(host)) {
      host.turn ??= this.#ready.push(host);
    }
  }

  /** Lets nothing go to the host for so long. */
  #rest(host: Host, wait: number): void {
    host.notBefore = Math.max(host.notBefore, clock.now() + wait);
    if (host.turn !== null) this.#ready.remove(host.turn);
    host.turn = null;
  }

  /** Whether the host must not be asked now; then it is considered again when it may. */
  #isResting(host: Host): boolean {
    if (host.notBefore === 0) return false;
    const wait = host.notBefore - clock.now();
    if (wait <= 0) return false;
    host.wake ??= clock.schedule(wait, () => {
      host.wake = null;
      this.#consider(host);
      this.#serve();
    });
    return true;
  }

  #count(change: number): void {
    this.#unended += change;
    if (this.#unended < this.#limits.unended) this.#room.set();
    else this.#room.clear();
  }

  #wakeForDelayed(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const [next] = this.#delayed;
    if (next === undefined) return;
    this.#timer = clock.schedule(Math.max(0, next.notBefore - clock.now()), () => {
      const now = clock.now();
      while (this.#delayed[0] !== undefined && this.#delayed[0].notBefore <= now) {
        const due = this.#delayed.shift();
        if (due !== undefined) this.#resume(due.task);
      }
      this.#serve();
      this.#wakeForDelayed();
    });
  }
}
