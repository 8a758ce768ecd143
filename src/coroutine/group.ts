// A set of greenlets that are waited for, or killed, together (gevent.pool.Group).

import type { Run } from './drive.js';
import { Event } from './event.js';
import { Greenlet } from './greenlet.js';
import { GreenletExit, type KillError } from './greenlet-exit.js';
import { joinall } from './joinall.js';
import type { TimeLimit, WaitOptions } from './timeout.js';
import { withTimeout } from './with-timeout.js';

/**
 * A greenlet that has ended leaves by itself. What may wait in a Pool gives a promise here too, so that one can stand for
 * the other; in a Group it is done when the call returns.
 */
export class Group implements Iterable<Greenlet> {
  readonly #members = new Set<Greenlet>();
  readonly #empty = new Event();
  readonly #leave = (greenlet: Greenlet) => this.ended(greenlet);

  constructor(greenlets: Iterable<Greenlet> = []) {
    this.#empty.set();
    for (const greenlet of greenlets) this.enroll(greenlet);
  }

  /** Number of members. */
  get size(): number {
    return this.#members.size;
  }

  has(greenlet: Greenlet): boolean {
    return this.#members.has(greenlet);
  }

  [Symbol.iterator](): Iterator<Greenlet> {
    return this.#members.values();
  }

  full(): boolean {
    return false;
  }

  /** Waits until a greenlet could be added. @returns how many could */
  waitAvailable(_options: { readonly timeout?: TimeLimit } = {}): Promise<number> {
    return Promise.resolve(1);
  }

  add(greenlet: Greenlet, _options: WaitOptions = {}): Promise<void> {
    this.enroll(greenlet);
    return Promise.resolve();
  }

  /** Lets a greenlet go that goes on; nothing happens when it is no member. */
  discard(greenlet: Greenlet): void {
    if (!this.#members.delete(greenlet)) return;
    greenlet.unlink(this.#leave);
    if (this.#members.size === 0) this.#empty.set();
  }

  /** Adds a greenlet and starts it. */
  async start(greenlet: Greenlet, options: WaitOptions = {}): Promise<void> {
    await this.add(greenlet, options);
    greenlet.start();
  }

  /** Runs a function in a new greenlet of this group. */
  spawn<T, Args extends unknown[]>(run: Run<Args, T>, ...args: Args): Promise<Greenlet<T>> {
    return Promise.resolve(this.trySpawn(run, ...args));
  }

  /** As `spawn`, at once or not at all. */
  trySpawn<T, Args extends unknown[]>(run: Run<Args, T>, ...args: Args): Greenlet<T> {
    const greenlet = new Greenlet<T, Args>(run, ...args);
    this.enroll(greenlet);
    greenlet.start();
    return greenlet;
  }

  /**
   * Waits until the group is empty, at least once.
   *
   * @param options.raiseError then throw the error of one that was a member at the time of the call
   * @returns false when the timeout was first
   */
  async join({
    timeout,
    raiseError = false,
  }: {
    readonly timeout?: TimeLimit;
    readonly raiseError?: boolean | undefined;
  } = {}): Promise<boolean> {
    const members = raiseError ? [...this.#members] : [];
    const emptied = await this.#empty.wait({ timeout });
    const failed = members.find((greenlet) => greenlet.ready() && !greenlet.successful());
    if (failed !== undefined) throw failed.exception;
    return emptied;
  }

  /**
   * Kills every member once, those that join meanwhile too, and waits until the group is empty.
   *
   * @param error @default a GreenletExit for each
   * @returns also when the timeout is over
   */
  async kill(error: KillError = GreenletExit, { block = true, timeout }: WaitOptions = {}): Promise<void> {
    const dying = new Set<Greenlet>();
    const shoot = () => {
      for (const greenlet of [...this.#members]) {
        if (dying.has(greenlet)) continue;
        dying.add(greenlet);
        void greenlet.kill(error, { block: false });
      }
    };
    shoot();
    if (block) await withTimeout(timeout, () => this.#killAll(shoot), { timeoutValue: undefined });
  }

  /** Kills a member; nothing happens when it is none. */
  async killone(greenlet: Greenlet, error?: KillError, options: WaitOptions = {}): Promise<void> {
    if (this.#members.has(greenlet)) await greenlet.kill(error, options);
  }

  protected enroll(greenlet: Greenlet): void {
    if (this.#members.has(greenlet)) return;
    this.#members.add(greenlet);
    this.#empty.clear();
    greenlet.rawlink(this.#leave);
  }

  /** A member has ended. */
  protected ended(greenlet: Greenlet): void {
    this.discard(greenlet);
  }

  async #killAll(shoot: () => void): Promise<void> {
    while (this.#members.size > 0) {
      shoot();
      await joinall(this.#members);
    }
  }
}
