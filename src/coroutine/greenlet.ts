// A coroutine with a name, an outcome and an end that others can wait for, or bring about (gevent.greenlet.Greenlet).

import { clock, type Scheduled } from './clock.js';
import { type Duration, readDuration } from './duration.js';
import { GreenletExit, type KillError, toError } from './greenlet-exit.js';
import { handleError } from './handle-error.js';
import { freeIdent, takeIdent } from './ident.js';
import { Links } from './links.js';
import { currentScope, Scope } from './scope.js';
import { expiryOf, type TimeLimit, waitWithin } from './timeout.js';
import { Waiter } from './waiter.js';

/** What a greenlet runs. */
export type Run<Args extends unknown[], T> = (...args: Args) => T | PromiseLike<T>;

export interface WaitOptions {
  /** @default true; false never waits */
  readonly block?: boolean | undefined;
  /** Longest wait. @default null, no limit */
  readonly timeout?: TimeLimit;
}

type State = 'new' | 'scheduled' | 'running' | 'successful' | 'failed';

/** Not thenable on purpose: else `await pool.spawn()` would wait for its end. Use `get` or `join`. */
export class Greenlet<T = unknown, Args extends unknown[] = unknown[]> {
  #state: State = 'new';
  #run: Run<unknown[], unknown> | null;
  #args: readonly unknown[];
  #value: T | undefined = undefined;
  #error: unknown = null;
  #links: Links<this> | null = null;
  #timer: Scheduled | null = null;
  #name: string | null = null;
  #ident: number | null = null;
  #killedWith: Error | null = null;
  #controller: AbortController | null = null;
  readonly #scope = new Scope(this);

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

  /** The arguments; none once it has run. */
  get args(): readonly unknown[] {
    return this.#args;
  }

  /** The result after success, else undefined. Of a killed greenlet: the GreenletExit, whatever T is. */
  get value(): T | undefined {
    return this.#value;
  }

  /** What was thrown, after failure; else null. */
  get exception(): unknown {
    return this.#error;
  }

  /** True when it has ended. */
  ready(): boolean {
    return this.#state === 'successful' || this.#state === 'failed';
  }

  /** True when it has ended without error; an end by GreenletExit is one. */
  successful(): boolean {
    return this.#state === 'successful';
  }

  /** True when it has ended, or was killed before it began. */
  get dead(): boolean {
    return this.ready();
  }

  /** True from `start` to the end. */
  get started(): boolean {
    return this.#state === 'scheduled' || this.#state === 'running';
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
    if (this.#state !== 'new') return;
    this.#state = 'scheduled';
    void NOW.then(() => this.#begin());
  }

  /** Begins after a time. Does nothing when it was started or is dead. */
  startLater(duration: Duration): void {
    if (this.#state !== 'new') return;
    const milliseconds = readDuration(duration);
    this.#state = 'scheduled';
    this.#timer = clock.schedule(Math.max(0, milliseconds), () => this.#begin());
  }

  /**
   * The result.
   *
   * @throws whatever the greenlet failed with: the same object each time
   * @throws Timeout when it has not ended in time, or at once with `block: false`
   */
  get({ block = true, timeout }: WaitOptions = {}): Promise<T> {
    if (this.#state === 'successful') return Promise.resolve(this.#value as T);
    if (this.#state === 'failed') return Promise.reject(this.#error);
    if (!block) return Promise.reject(expiryOf(null));
    return this.#await(
      (waiter) => {
        if (this.#state === 'failed') waiter.throw(this.#error);
        else waiter.switch(this.#value as T);
      },
      timeout,
      () => {
        throw expiryOf(timeout);
      },
    );
  }

  /** Waits for the end, however it ends, or for the timeout: ask `ready()`. Never throws the greenlet's error. */
  join({ timeout }: { readonly timeout?: TimeLimit } = {}): Promise<void> {
    if (this.ready()) return Promise.resolve();
    return this.#await<void>(
      (waiter) => {
        waiter.switch();
      },
      timeout,
      () => {},
    );
  }

  /**
   * Throws an error into the greenlet wherever it waits in this kernel, or else in its next wait; `signal` is aborted.
   * One that has not begun never runs. It may catch the error and go on.
   *
   * @param error @default a GreenletExit
   * @returns when the greenlet has ended or the timeout is over; at once with `block: false`
   */
  kill(error: KillError = new GreenletExit(), { block = true, timeout }: WaitOptions = {}): Promise<void> {
    if (this.ready()) return Promise.resolve();
    const thrown = toError(error);
    this.#killedWith ??= thrown;
    if (this.#state !== 'running') {
      this.#timer?.cancel();
      this.#fail(thrown, true);
      return Promise.resolve();
    }
    this.#scope.throw(thrown);
    this.#controller?.abort(thrown);
    return block ? this.join({ timeout }) : Promise.resolve();
  }

  /** Spawns `callback(greenlet)` when the greenlet has ended. Callbacks are told in the order of their registration. */
  link(callback: (greenlet: this) => unknown): void {
    this.#link(callback, (self) => void Greenlet.spawn(callback, self));
  }

  /** As `link`, if it ends well. */
  linkValue(callback: (greenlet: this) => unknown): void {
    this.#link(callback, (self) => void (self.successful() && Greenlet.spawn(callback, self)));
  }

  /** As `link`, if it fails. */
  linkException(callback: (greenlet: this) => unknown): void {
    this.#link(callback, (self) => void (self.successful() || Greenlet.spawn(callback, self)));
  }

  /** Calls back outside any greenlet when this one has ended, never at once. The callback must not wait. */
  rawlink(callback: (greenlet: this) => void): void {
    if (typeof callback !== 'function') throw new TypeError('a link is a function');
    this.#link(callback, callback);
  }

  /** Takes one registration of the callback back; none is fine. */
  unlink(callback: (greenlet: this) => unknown): void {
    this.#links?.remove(callback);
  }

  /** Runs a synchronous function as this greenlet, where a socket or a timer calls: `getcurrent()` gives it. */
  enter<Result>(run: () => Result): Result {
    return this.#scope.run(run);
  }

  toString(): string {
    return `<Greenlet "${this.name}">`;
  }

  #link(callback: unknown, call: (greenlet: this) => void): void {
    this.#links ??= new Links();
    this.#links.add(callback, call);
    if (this.ready()) void NOW.then(() => this.#notify());
  }

  #notify(): void {
    this.#links?.notify(this);
  }

  #await<Result>(
    ended: (waiter: Waiter<Result>) => void,
    timeout: TimeLimit,
    expired: () => Result,
  ): Promise<Result> {
    const waiter = new Waiter<Result>();
    const link = () => ended(waiter);
    this.#link(link, link);
    waiter.onWake(() => this.#links?.remove(link));
    return waitWithin(waiter, timeout, expired);
  }

  #begin(): void {
    if (this.#state !== 'scheduled') return;
    this.#state = 'running';
    this.#timer = null;
    this.#scope.run(() => this.#execute());
  }

  #execute(): void {
    try {
      // A generator's steps would be driven from here.
      const result = this.#run?.(...this.#args);
      if (!isThenable(result)) this.#succeed(result as T);
      else {
        result.then(
          (value) => this.#succeed(value as T),
          (error: unknown) => this.#fail(error),
        );
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #succeed(value: T): void {
    this.#state = 'successful';
    this.#value = value;
    this.#end();
    this.#notify();
  }

  #fail(error: unknown, beforeBegin = false): void {
    if (error instanceof GreenletExit) {
      this.#state = 'successful';
      this.#value = error as T;
    } else {
      this.#state = 'failed';
      this.#error = error;
      handleError(error, this);
    }
    this.#end();
    if (!beforeBegin) this.#notify();
    // Links never run inside the call that brought them about.
    else if (this.#links !== null) void NOW.then(() => this.#notify());
  }

  /** Lets go of what only a living greenlet needs. */
  #end(): void {
    this.#run = null;
    this.#args = [];
    if (this.#ident !== null) freeIdent(this.#ident);
  }
}

/** The greenlet that runs this code; null outside any. */
export function getcurrent(): Greenlet | null {
  const { owner } = currentScope();
  return owner instanceof Greenlet ? owner : null;
}

const NOW = Promise.resolve();

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
