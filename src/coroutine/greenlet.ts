// A coroutine with a name, an outcome and an end that others can wait for, or bring about (gevent.greenlet.Greenlet).

import { clock, type Scheduled } from './clock.js';
import { drive, type Run } from './drive.js';
import { type Duration, readDuration } from './duration.js';
import { GreenletExit, type KillError, toError } from './greenlet-exit.js';
import { handleError } from './handle-error.js';
import { freeIdent, takeIdent } from './ident.js';
import { Outcome } from './outcome.js';
import type { Seat, Seated } from './roster.js';
import { Scope } from './scope.js';
import type { WaitLimits, WaitOptions } from './timeout.js';

/** Not thenable on purpose: else `await pool.spawn()` would wait for its end. Use `get` or `join`. */
export class Greenlet<T = unknown, Args extends unknown[] = unknown[]> implements Seated {
  #stage: 'new' | 'scheduled' | 'running' | 'ended' = 'new';
  #run: Run<unknown[], unknown> | null;
  #args: unknown[];
  readonly #outcome = new Outcome<T, this>(this);
  #begun = false;
  #timer: Scheduled | null = null;
  #name: string | null = null;
  #ident: number | null = null;
  #killedWith: Error | null = null;
  #controller: AbortController | null = null;
  readonly #scope = new Scope(this);
  /** The kernel's own: its places in the groups that it is a member of. */
  seat: Seat | null = null;

  /** @throws TypeError when `run` is no function */
  constructor(run: Run<Args, T>, ...args: Args) {
    if (typeof run !== 'function') throw new TypeError('a Greenlet runs a function');
    this.#run = run as Run<unknown[], unknown>;
    this.#args = args;
  }

  /** Makes one and starts it. */
  static spawn<T, Args extends unknown[]>(run: Run<Args, T>, ...args: Args): Greenlet<T> {
    const greenlet = new Greenlet<T, Args>(run, ...args);
    greenlet.start();
    return greenlet;
  }

  /** Makes one and starts it after a time. */
  static spawnLater<T, Args extends unknown[]>(
    duration: Duration,
    run: Run<Args, T>,
    ...args: Args
  ): Greenlet<T> {
    const greenlet = new Greenlet<T, Args>(run, ...args);
    greenlet.startLater(duration);
    return greenlet;
  }

  /** The arguments; none once it has run. */
  get args(): readonly unknown[] {
    return this.#args;
  }

  /** The result after success, else undefined. Of a killed greenlet: the GreenletExit, whatever T is. */
  get value(): T | undefined {
    return this.#outcome.value;
  }

  /** What was thrown, after failure; else null. */
  get exception(): unknown {
    return this.#outcome.error;
  }

  /** True when it has ended. */
  ready(): boolean {
    return this.#outcome.ready;
  }

  /** True when it has ended without error; an end by GreenletExit is one. */
  successful(): boolean {
    return this.#outcome.successful;
  }

  /** True when it has ended, or was killed before it began. */
  get dead(): boolean {
    return this.ready();
  }

  /** True from `start` to the end. */
  get started(): boolean {
    return this.#stage === 'scheduled' || this.#stage === 'running';
  }

  /** True once its function was called, also after its end. */
  get begun(): boolean {
    return this.#begun;
  }

  /** `Greenlet-` and `minimalIdent`, unless another was given. */
  get name(): string {
    this.#name ??= `Greenlet-${this.minimalIdent}`;
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
  }

  /** The lowest number from 0 that no other living greenlet has, chosen when first read. */
  get minimalIdent(): number {
    if (this.#ident === null) {
      this.#ident = takeIdent();
      if (this.dead) freeIdent(this.#ident);
    }
    return this.#ident;
  }

  /**
   * Aborted by `kill`, once and for good, with the error as its reason: for what is not ours to wake, such as `fetch`.
   * Made when first read.
   */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#killedWith !== null) this.#controller.abort(this.#killedWith);
    }
    return this.#controller.signal;
  }

  /** Begins after all that was started before, never at once. Does nothing when it was started or is dead. */
  start(): void {
    if (this.#stage !== 'new') return;
    this.#stage = 'scheduled';
    void NOW.then(() => this.#begin());
  }

  /** Begins after a time. Does nothing when it was started or is dead. */
  startLater(duration: Duration): void {
    if (this.#stage !== 'new') return;
    const milliseconds = readDuration(duration);
    this.#stage = 'scheduled';
    this.#timer = clock.schedule(Math.max(0, milliseconds), () => this.#begin());
  }

  /**
   * The result.
   *
   * @throws whatever the greenlet failed with: the same object each time
   * @throws Timeout when it has not ended in time, or at once with `block: false`
   */
  get(options: WaitOptions = {}): Promise<T> {
    return this.#outcome.get(options);
  }

  /** Waits for the end, however it ends, or for the timeout: ask `ready()`. Never throws the greenlet's error. */
  join(limits: WaitLimits = {}): Promise<void> {
    return this.#outcome.join(limits);
  }

  /**
   * Throws an error into the greenlet wherever it waits in this kernel, or else in its next wait; `signal` is aborted.
   * One that has not begun never runs. It may catch the error and go on.
   *
   * @param error @default a GreenletExit
   * @returns when the greenlet has ended or the timeout is over; at once with `block: false`
   */
  kill(error: KillError = new GreenletExit(), { block = true, ...limits }: WaitOptions = {}): Promise<void> {
    if (this.ready()) return Promise.resolve();
    const thrown = toError(error);
    this.#killedWith ??= thrown;
    if (this.#stage !== 'running') {
      this.#timer?.cancel();
      this.#fail(thrown);
      return Promise.resolve();
    }
    this.#scope.throw(thrown);
    this.#controller?.abort(thrown);
    return block ? this.join(limits) : Promise.resolve();
  }

  /** Spawns `callback(greenlet)` when the greenlet has ended. Callbacks are told in the order of their registration. */
  link(callback: (greenlet: this) => unknown): void {
    this.#outcome.link(callback, (self) => void Greenlet.spawn(callback, self));
  }

  /** As `link`, if it ends well. */
  linkValue(callback: (greenlet: this) => unknown): void {
    this.#outcome.link(callback, (self) => void (self.successful() && Greenlet.spawn(callback, self)));
  }

  /** As `link`, if it fails. */
  linkException(callback: (greenlet: this) => unknown): void {
    this.#outcome.link(callback, (self) => void (self.successful() || Greenlet.spawn(callback, self)));
  }

  /** Calls back outside any greenlet when this one has ended, never at once. The callback must not wait. */
  rawlink(callback: (greenlet: this) => void): void {
    if (typeof callback !== 'function') throw new TypeError('a link is a function');
    this.#outcome.link(callback, callback);
  }

  /** Takes one registration of the callback back; none is fine. */
  unlink(callback: (greenlet: this) => unknown): void {
    this.#outcome.unlink(callback);
  }

  /** Takes all callbacks back; callers who wait go on waiting. */
  unlinkAll(): void {
    this.#outcome.unlinkAll();
  }

  /** How many there are to tell, waiting callers included. */
  hasLinks(): number {
    return this.#outcome.links;
  }

  /** Runs a synchronous function as this greenlet, where a socket or a timer calls: `getcurrent()` gives it. */
  enter<Result>(run: () => Result): Result {
    return this.#scope.run(run);
  }

  /** `await using greenlet = spawn(...)`: the block is left when it has ended; a wait that is cut short kills it. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.join();
    } finally {
      await this.kill();
    }
  }

  toString(): string {
    return `<Greenlet "${this.name}">`;
  }

  #begin(): void {
    if (this.#stage !== 'scheduled') return;
    this.#stage = 'running';
    this.#begun = true;
    this.#timer = null;
    this.#scope.run(
      drive,
      this.#run as Run<unknown[], unknown>,
      this.#args,
      (value: unknown) => this.#succeed(value as T),
      (error: unknown) => this.#fail(error),
    );
  }

  #succeed(value: T): void {
    this.#outcome.succeed(value);
    this.#end();
    this.#outcome.announce();
  }

  #fail(error: unknown): void {
    if (error instanceof GreenletExit) this.#outcome.succeed(error as T);
    else {
      this.#outcome.fail(error);
      handleError(error, this);
    }
    this.#end();
    if (this.#begun) this.#outcome.announce();
    else this.#outcome.announceSoon();
  }

  /** Lets go of what only a living greenlet needs. */
  #end(): void {
    this.#stage = 'ended';
    this.#run = null;
    this.#args = [];
    if (this.#ident !== null) freeIdent(this.#ident);
  }
}

const NOW = Promise.resolve();
