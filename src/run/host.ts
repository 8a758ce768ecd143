// One host, as the gate sees it: what waits for it, what is under way to it, and when it may be asked.

import { clock, type Scheduled } from '../coroutine/clock.js';
import type { Line, Place } from '../coroutine/line.js';
import type { Task } from '../download/task.js';
import type { FetchallError } from '../model/errors.js';
import type { Bounds } from './adaptive-limit.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { Flow } from './flow.js';
import { RetryBudget } from './retry-budget.js';

/** Refusals in a row after which a host cools. */
const REFUSALS = 3;

/** A task that is not sent, since its host is parked. */
export interface Refusal {
  readonly task: Task;
  readonly error: FetchallError;
}

export class Host {
  /** Tasks that may go as soon as the host allows it, oldest first. */
  readonly waiting: Task[] = [];
  /** What is under way to it, and how much of that there may be. */
  readonly flow: Flow;
  /** Tasks in back-off: while there are some, the host is not forgotten. */
  delayed = 0;
  /** Whether it is known how the host answers, or that it fails at once: until then, it is asked once at a time. */
  isKnown = false;
  readonly breaker = new CircuitBreaker();
  readonly budget = new RetryBudget();
  /** When it may be asked again, on the clock's ms: after the last request's delay, or when it has cooled. */
  #notBefore = 0;
  /** Its request is about to go out: until it has, nothing else goes. */
  #leaving: Task | null = null;
  /** Wakes it then. */
  #wake: Scheduled | null = null;
  /** 429 and 503 in a row that did not say for how long. */
  #refusals = 0;
  /** Its place among those whose turn comes, and where that is; null while none of its tasks may go. */
  #place: Place<Host> | null = null;
  #line: Line<Host> | null = null;

  constructor(
    readonly name: string,
    limit: number | Bounds,
  ) {
    this.flow = new Flow(limit);
  }

  /** Nobody needs to remember it. */
  get isIdle(): boolean {
    return this.flow.inFlight === 0 && this.waiting.length === 0 && this.delayed === 0 && !this.isResting;
  }

  /** It answers, as far as is known. */
  get isTrusted(): boolean {
    return this.isKnown && !this.breaker.isSuspect && !this.breaker.isOpen;
  }

  get isResting(): boolean {
    return this.#leaving !== null || (this.#notBefore > 0 && this.#notBefore > clock.now());
  }

  /** Takes its place in the line, or keeps it there. */
  queue(line: Line<Host>): void {
    if (this.#line === line) return;
    this.leaveLine();
    this.#line = line;
    this.#place = line.push(this);
  }

  leaveLine(): void {
    if (this.#place !== null) this.#line?.remove(this.#place);
    this.#place = null;
    this.#line = null;
  }

  /** Lets nothing go to it for so many ms. */
  rest(wait: number): void {
    this.#notBefore = Math.max(this.#notBefore, clock.now() + wait);
    this.leaveLine();
    this.flow.interrupt();
  }

  /** Lets nothing go to it until the task's request has. */
  awaitSending(task: Task): void {
    this.#leaving = task;
    this.leaveLine();
  }

  /** The task's request has gone out, or will not. */
  hasLeft(task: Task): void {
    if (this.#leaving === task) this.#leaving = null;
  }

  /** @param onRested called once, when the host may be asked again, as far as that is known */
  wakeWhenRested(onRested: (host: Host) => void): void {
    if (this.#leaving !== null) return;
    this.#wake ??= clock.schedule(this.#notBefore - clock.now(), () => {
      this.#wake = null;
      onRested(this);
    });
  }

  wakeNoMore(): void {
    this.#wake?.cancel();
    this.#wake = null;
  }

  /** It has asked for so many ms of patience. */
  cool(wait: number): void {
    this.#refusals = 0;
    this.rest(wait);
  }

  /** It has refused and did not say for how long; several times in a row, it cools for so many ms. */
  refused(wait: number): void {
    if (++this.#refusals >= REFUSALS) this.rest(wait);
  }

  /** It has answered, and not refused. */
  answered(): void {
    this.#refusals = 0;
  }
}
