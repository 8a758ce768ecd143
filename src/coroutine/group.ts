// A set of greenlets that are waited for, or killed, together (gevent.pool.Group).

import { type Run, settle } from './drive.js';
import { getcurrent } from './getcurrent.js';
import { Greenlet } from './greenlet.js';
import { GreenletExit, type KillError } from './greenlet-exit.js';
import { Imap, type ImapOptions } from './imap.js';
import type { Items } from './items.js';
import { joinall } from './joinall.js';
import { Line } from './line.js';
import { Roster } from './roster.js';
import { type WaitLimits, type WaitOptions, waitWithin } from './timeout.js';
import { handled, standIn, Waiter } from './waiter.js';
import { withTimeout } from './with-timeout.js';

export interface GroupJoinOptions extends WaitLimits {
  /** Throw the error of one that was a member at the time of the call. @default false */
  readonly raiseError?: boolean | undefined;
}

/**
 * A greenlet that has ended leaves by itself. What may wait in a Pool gives a promise here too, so that one can stand for
 * the other; in a Group it is done when the call returns.
 */
export class Group implements Iterable<Greenlet> {
  readonly #members = new Roster<Greenlet>();
  /** Calls of `kill`. */
  #kills = 0;
  readonly #joining = new Line<Waiter<boolean>>();
  readonly #leave = (greenlet: Greenlet) => this.ended(greenlet);

  constructor(greenlets: Iterable<Greenlet> = []) {
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
    return this.#members[Symbol.iterator]();
  }

  full(): boolean {
    return false;
  }

  /** Waits until a greenlet could be added. @returns how many could */
  waitAvailable(_limits: WaitLimits = {}): Promise<number> {
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
    if (this.#members.size === 0) while (this.#joining.first?.switch(true));
  }

  /** Adds a greenlet and starts it. */
  start(greenlet: Greenlet, options: WaitOptions = {}): Promise<void> {
    return handled(this.add(greenlet, options).then(() => greenlet.start()));
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
   * @returns false when the timeout was first
   */
  join(options: GroupJoinOptions = {}): Promise<boolean> {
    return handled(this.#join(options));
  }

  /**
   * Kills every member once, those that join meanwhile too, and waits until the group is empty. What an `imap` made before
   * has not begun is not begun any more: it ends with a GreenletExit.
   *
   * @param error @default a GreenletExit for each
   * @returns also when the timeout is over
   */
  kill(error: KillError = GreenletExit, { block = true, timeout, signal }: WaitOptions = {}): Promise<void> {
    this.#kills++;
    const dying = new Set<Greenlet>();
    const shoot = () => {
      for (const greenlet of [...this.#members]) {
        if (dying.has(greenlet)) continue;
        dying.add(greenlet);
        void greenlet.kill(error, { block: false });
      }
    };
    shoot();
    if (!block) return Promise.resolve();
    return handled(withTimeout(timeout, () => this.#killAll(shoot), { timeoutValue: undefined, signal }));
  }

  /** Kills a member; nothing happens when it is none. */
  killone(greenlet: Greenlet, error?: KillError, options: WaitOptions = {}): Promise<void> {
    return this.#members.has(greenlet) ? greenlet.kill(error, options) : Promise.resolve();
  }

  /**
   * Runs a function over items, in their order, and gives the results in that order.
   *
   * @throws the first error in the order of the items, once all are spawned; the others go on
   */
  async map<Item, T>(run: Run<[Item], T>, items: Items<Item>): Promise<T[]> {
    const greenlets: Greenlet<T>[] = [];
    for await (const item of items) greenlets.push(await this.spawn(run, item as Item));
    const results: T[] = [];
    for (const greenlet of greenlets) results.push(await greenlet.get());
    return results;
  }

  /** `map` in a greenlet of its own, which is no member. */
  mapAsync<Item, T>(run: Run<[Item], T>, items: Items<Item>): Greenlet<T[]> {
    return Greenlet.spawn(() => this.map(run, items));
  }

  /** `map` over sources of any length: items are taken, and results given, one by one. */
  imap<Item, T>(run: Run<[Item], T>, items: Items<Item>, options: ImapOptions = {}): Imap<Item, T> {
    return this.#imap(run, items, true, options);
  }

  /** As `imap`, with the results as they come. */
  imapUnordered<Item, T>(run: Run<[Item], T>, items: Items<Item>, options: ImapOptions = {}): Imap<Item, T> {
    return this.#imap(run, items, false, options);
  }

  /** Runs a function and gives its result. Called by a member it runs in that one: another slot might never come. */
  async apply<T, Args extends unknown[]>(run: Run<Args, T>, ...args: Args): Promise<T> {
    const current = getcurrent();
    if (current !== null && this.has(current)) return settle(run, ...args);
    return (await this.spawn(run, ...args)).get();
  }

  /** Spawns, and never waits: when the group is full, it is a greenlet outside that waits, and `join` does not. */
  applyAsync<T, Args extends unknown[]>(run: Run<Args, T>, ...args: Args): Greenlet<T> {
    return this.trySpawn(run, ...args);
  }

  /** Runs a function and then joins the group; when the function throws, the members are killed at once. */
  async use<T>(run: Run<[this], T>): Promise<T> {
    try {
      const result = await settle(run, this);
      await this.join();
      return result;
    } finally {
      await this.kill();
    }
  }

  /**
   * `await using group = new Group()`: the block is left when its members have ended, also when it was left by an error,
   * of which nothing is known here: `use` kills them then. A wait that is cut short kills them.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.use(() => {});
  }

  /** How far `imap` may run ahead when nothing was said. */
  protected get lookAhead(): number | null {
    return null;
  }

  protected enroll(greenlet: Greenlet): void {
    if (this.#members.has(greenlet)) return;
    greenlet.rawlink(this.#leave);
    this.#members.add(greenlet);
  }

  /** A member has ended. */
  protected ended(greenlet: Greenlet): void {
    this.discard(greenlet);
  }

  #imap<Item, T>(
    run: Run<[Item], T>,
    items: Items<Item>,
    isOrdered: boolean,
    options: ImapOptions,
  ): Imap<Item, T> {
    const { maxsize = this.lookAhead } = options;
    const kills = this.#kills;
    const spawn = async (item: Item) => {
      if (this.#kills !== kills) throw new GreenletExit('the group was killed');
      const greenlet = await this.spawn(run, item);
      // It may have waited for its slot meanwhile.
      if (this.#kills !== kills) void greenlet.kill(undefined, { block: false });
      return greenlet;
    };
    return new Imap({ items, isOrdered, maxsize, spawn });
  }

  async #join({ raiseError = false, ...limits }: GroupJoinOptions): Promise<boolean> {
    const members = raiseError ? [...this.#members] : [];
    const emptied = this.#members.size === 0 || (await this.#untilEmpty(limits));
    const failed = members.find((greenlet) => greenlet.ready() && !greenlet.successful());
    if (failed !== undefined) throw failed.exception;
    return emptied;
  }

  #untilEmpty({ timeout, signal }: WaitLimits): Promise<boolean> {
    const waiter = new Waiter<boolean>();
    standIn(this.#joining, waiter);
    return waitWithin(waiter, timeout, () => false, signal);
  }

  async #killAll(shoot: () => void): Promise<void> {
    while (this.#members.size > 0) {
      shoot();
      await joinall(this.#members);
    }
  }
}
