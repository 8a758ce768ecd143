// Which task may go next. Keeps a bounded look-ahead by host and admits a task only when its host allows it, so that
// nobody waits in a slot. Politeness lives here, and patience: hosts that may be dead get few of the slots.

import { clock } from '../coroutine/clock.js';
import { Queue, Waiter } from '../coroutine/index.js';
import { type Task, tookTooLong } from '../download/task.js';
import { type ErrorCode, FetchallError } from '../model/errors.js';
import type { Outcome } from './adaptive-limit.js';
import { BackOff } from './back-off.js';
import { PROBE_EVERY, SILENT } from './circuit-breaker.js';
import { Expiry } from './expiry.js';
import type { Host, Refusal } from './host.js';
import { HostDelays } from './host-delays.js';
import { HostTurns } from './host-turns.js';
import { LookAhead } from './look-ahead.js';
import type { GateLimits } from './pass-limits.js';
import { Relief } from './relief.js';

export class HostGate {
  readonly #turns: HostTurns;
  readonly #lookAhead: LookAhead;
  readonly #backOff = new BackOff(this.#resume.bind(this));
  readonly #expiry = new Expiry(this.#expire.bind(this));
  /** Who waits for the next task. */
  #reader: Waiter<Task | null> | null = null;
  readonly #delays: HostDelays;
  readonly #relief: Relief;

  /** Tasks of parked hosts, to be given back by `endRefused`; null when all have ended. */
  readonly refusals = new Queue<Refusal | null>();
  /** Called when a slot may be free that nobody waits for. */
  readonly borrowers = new Set<() => void>();

  constructor(limits: GateLimits) {
    this.#delays = new HostDelays(limits);
    this.#lookAhead = new LookAhead(limits.unended, limits.unendedWhileIdle ?? limits.unended);
    this.#turns = new HostTurns(limits.concurrency, limits.perHost, () => this.#serve());
    this.#relief = new Relief(this.#turns, this.#lookAhead, {
      isStarved: () => this.#isStarved(),
      serve: () => this.#serve(),
    });
  }

  /** Takes a new task: at once, or when fewer have not ended. After {@link drain} it is dropped. */
  put(task: Task): Promise<void> | undefined {
    if (!this.#lookAhead.hasRoom) return this.#putLater(task);
    this.#take(task);
    return undefined;
  }

  /** Requests in flight: as many as were asked for, or, with `auto`, the most that there have been. */
  get concurrency(): number {
    return this.#turns.concurrency;
  }

  /** No new tasks will come: the reader comes to the end when those that are here have ended. */
  close(): void {
    this.#lookAhead.close();
    this.#serve();
  }

  /** The task has left its slot and has ended. */
  end(task: Task): void {
    this.#lookAhead.ended();
    this.leave(task);
  }

  /** The refused task has ended. */
  endRefused(): void {
    this.#lookAhead.ended();
    this.#serve();
  }

  /** A slot for another request of a task that has one, to be given back by `leave`; null unless nobody waits for it. */
  lend(task: Task): Task | null {
    const host = this.hostOf(task);
    if (host === undefined || this.#reader === null || !this.#turns.mayLend(host)) return null;
    const request: Task = { ...task, bytes: 0, isAnswered: true };
    this.#turns.begin(host, request);
    this.#delays.begin(host);
    return request;
  }

  /** The task has left its slot and shall have another try, not before `wait` ms from now. */
  putBack(task: Task, wait: number): void {
    const host = this.hostOf(task);
    if (host !== undefined) host.delayed++;
    this.#backOff.add(task, wait);
    this.#expiry.watch(task);
    this.leave(task);
  }

  /** The host of a task that has not ended, as far as it is remembered. */
  hostOf({ job }: Task): Host | undefined {
    return this.#turns.find(job.host);
  }

  /** A request of the task has gone out to its host. */
  sent(task: Task): void {
    const host = this.hostOf(task);
    if (host !== undefined && this.#delays.sent(host, task)) this.#consider(host);
  }

  /** The try is over, the task still in its slot: limits that find themselves learn from it. */
  tell(task: Task, outcome: Outcome): void {
    const host = this.hostOf(task);
    if (host !== undefined) this.#turns.tell(host, task, outcome);
  }

  /** Something has come from the host, or it has failed without delay: it does not keep slots waiting. */
  heard(task: Task): void {
    const host = this.hostOf(task);
    if (host === undefined || host.isTrusted) return;
    this.#turns.heard(host);
    this.#reconsider(host);
  }

  /** A time-out, and nothing was heard. @returns what the host's URLs fail with, when it is parked by that */
  silent(task: Task): FetchallError | null {
    const host = this.hostOf(task);
    if (host === undefined) return null;
    this.#turns.silent(host);
    this.#consider(host);
    return host.breaker.isDue ? this.#open(host, PROBE_EVERY, 'ERR_CONNECT', SILENT) : null;
  }

  /** Nothing goes to the host for so many ms, and its URLs fail. @returns what with, unless it was parked before */
  park(task: Task, wait: number, why: string): FetchallError | null {
    const host = this.hostOf(task);
    return host === undefined || host.breaker.isOpen ? null : this.#open(host, wait, 'ERR_STATUS', why);
  }

  /**
   * Books a retry.
   *
   * @param isRefused whether the host asked for less: while it can have that, the try was ours to spare, and is not counted
   * @returns false when the task's host is parked, or has had too many of them: see {@link RetryBudget}
   */
  mayRetry(task: Task, isRefused = false): boolean {
    const host = this.hostOf(task);
    if (host === undefined) return true;
    return !host.breaker.isOpen && ((isRefused && host.flow.canBeLowered) || host.budget.take());
  }

  /**
   * Descriptors have run out: the task leaves its slot, goes again when another has ended, and from now on no more are
   * in flight than now are. Its try does not count.
   *
   * @returns false when nothing else is in flight, so that waiting for others cannot help
   */
  narrow(task: Task): boolean {
    if (this.#turns.inFlight <= 1) return false;
    this.#turns.narrow();
    task.attempts--;
    this.#enqueue(task);
    this.leave(task);
    return true;
  }

  /** No more is begun: what waits for its first try is dropped, and so is what still comes. */
  finish(): void {
    for (const task of this.#turns.drain())
      if (task.greenlet > 0) this.#enqueue(task);
      else this.#lookAhead.ended();
    this.close();
  }

  /** Takes every task out that is not in a slot, and closes. @returns those that have been begun already */
  drain(): Task[] {
    const held = [...this.#turns.drain(), ...this.#backOff.drain()];
    this.#turns.wakeNoMore();
    this.#relief.cancel();
    this.#expiry.forgetAll();
    this.#lookAhead.ended(held.length);
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

  /** Gives the reader what it waits for, if there is something; if not, that may be helped. */
  #serve(): void {
    const reader = this.#reader;
    if (reader !== null) {
      const task = this.#admit();
      const isOver = task === null && this.#lookAhead.isOver;
      if (isOver) {
        // Nobody comes any more for whom a host would have to be remembered.
        this.#turns.wakeNoMore();
        this.#relief.cancel();
        this.refusals.putNowait(null);
      }
      if (task !== null || isOver) {
        this.#reader = null;
        reader.switch(task);
      }
    }
    for (const borrow of this.borrowers) borrow();
    this.#relief.seek();
    this.#turns.lookLater();
  }

  /** Whether a slot is free, and none of the tasks may go. */
  #isStarved(): boolean {
    return this.#reader !== null && this.#turns.hasRoom && this.#lookAhead.unended > this.#turns.inFlight;
  }

  async #putLater(task: Task): Promise<void> {
    while (!this.#lookAhead.hasRoom) await this.#lookAhead.room();
    this.#take(task);
  }

  #take(task: Task): void {
    if (this.#lookAhead.isClosed) return;
    this.#lookAhead.took();
    this.#enqueue(task);
    this.#serve();
  }

  #admit(): Task | null {
    if (!this.#turns.hasRoom) return null;
    const host = this.#turns.next(this.#lookAhead.isAllThereIs);
    const task = host?.waiting.shift();
    if (host === undefined || task === undefined) return null;
    this.#turns.begin(host, task);
    this.#expiry.forget(task);
    if (task.greenlet === 0) host.budget.begin();
    this.#delays.begin(host, task);
    // To the end of the turn, so that one host's thousand URLs do not go before another's one.
    this.#consider(host);
    return task;
  }

  #enqueue(task: Task): void {
    const host = this.#turns.findOrAdd(task.job.host);
    this.#delays.meet(host);
    const error = host.breaker.pass(clock.now());
    if (error === null) host.waiting.push(task);
    else this.#refuse(task, error);
    this.#consider(host);
  }

  #open(host: Host, wait: number, code: ErrorCode, why: string): FetchallError {
    const error = new FetchallError(code, `host parked: ${why}`);
    host.breaker.open(clock.now() + wait, error, code === 'ERR_STATUS');
    for (const task of host.waiting.splice(0)) this.#refuse(task, error);
    this.#reconsider(host);
    return error;
  }

  #resume(due: readonly Task[]): void {
    for (const task of due) {
      const host = this.hostOf(task);
      if (host !== undefined) host.delayed--;
      this.#enqueue(task);
    }
    this.#serve();
  }

  #expire(task: Task): void {
    const host = this.hostOf(task);
    if (this.#backOff.remove(task)) {
      if (host !== undefined) host.delayed--;
    } else host?.waiting.splice(host.waiting.indexOf(task), 1);
    if (host !== undefined) this.#consider(host);
    this.#refuse(task, tookTooLong(task));
  }

  #refuse(task: Task, error: FetchallError): void {
    this.#expiry.forget(task);
    this.refusals.putNowait({ task, error });
  }

  /** The slot is free for others. */
  leave(task: Task): void {
    const host = this.hostOf(task);
    if (host === undefined) return;
    this.#turns.end(host, task);
    host.hasLeft(task);
    this.#reconsider(host);
  }

  #consider(host: Host): void {
    this.#turns.consider(host);
    if (host.isResting) host.wakeWhenRested(this.#reconsider);
  }

  readonly #reconsider = (host: Host): void => {
    this.#consider(host);
    this.#serve();
  };
}
