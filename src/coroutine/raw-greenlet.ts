// Coroutines that hand over to each other by name (greenlet.greenlet), with no scheduler and no promise.

import { isGenerator } from './generator-run.js';
import { GreenletExit } from './greenlet-exit.js';

/** Who goes on, and with what. */
interface Handover {
  readonly target: RawGreenlet;
  readonly how: 'next' | 'throw';
  readonly value: unknown;
}

/** null while the main one runs. */
let running: RawGreenlet | null = null;
/** Made by the running one, and to be yielded by it. */
let due: Handover | null = null;
let main: RawGreenlet | null = null;

/**
 * A generator that goes on when another switches to it, and until it switches itself:
 *
 *     const first = new RawGreenlet(function* () { print(12); yield second.switch(); print(34); });
 *     const second = new RawGreenlet(function* () { print(56); yield first.switch(); print(78); });
 *     first.switch();                                                                              12 56 34
 *
 * Inside a RawGreenlet a switch takes effect when it is yielded, and the `yield` gives what this one is switched back with.
 * Outside of all, in the main one, it takes effect at once and returns that. One that has ended hands its result to its
 * parent, or throws its error there; a GreenletExit counts as a result. It waits for nothing: a Greenlet does.
 */
export class RawGreenlet {
  readonly #run: (first: never) => void;
  #parent: RawGreenlet | null;
  #generator: Generator<unknown, unknown, unknown> | null = null;
  #dead = false;

  /**
   * @param run called with the value of the first switch; a plain function runs to its end. Its result counts, though
   * the type says nothing of it: else the types of two that name each other would depend on each other
   * @param parent @default the one that runs now
   */
  constructor(run: (first: never) => void, parent?: RawGreenlet) {
    if (typeof run !== 'function') throw new TypeError('a RawGreenlet runs a function');
    this.#run = run;
    this.#parent = parent ?? running ?? main;
  }

  /** The one in which everything runs that runs in no other; it never dies. */
  static get main(): RawGreenlet {
    main ??= new RawGreenlet(() => {});
    return main;
  }

  /** The one that runs now (greenlet.getcurrent). */
  static get current(): RawGreenlet {
    return running ?? RawGreenlet.main;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Who goes on when this one has ended; null for the main one. */
  get parent(): RawGreenlet | null {
    return this === main ? null : (this.#parent ?? RawGreenlet.main);
  }

  /** @throws RangeError when that would make it its own ancestor */
  set parent(parent: RawGreenlet) {
    if (this === main) throw new RangeError('the main greenlet has no parent');
    for (let each: RawGreenlet | null = parent; each !== null; each = each.parent) {
      if (each === this) throw new RangeError('a greenlet is not its own ancestor');
    }
    this.#parent = parent;
  }

  /** Goes on there, with the value: that of its `yield`, or the argument of its function. If it is dead, at its parent. */
  switch(value?: unknown): unknown {
    return RawGreenlet.#handOver({ target: this, how: 'next', value });
  }

  /** Goes on there, with an error that is thrown at its `yield`; one that has not begun dies of it at once. */
  throw(error: unknown = new GreenletExit()): unknown {
    return RawGreenlet.#handOver({ target: this, how: 'throw', value: error });
  }

  /** A loop and not a recursion: the stack does not grow, however often they switch. */
  static #handOver(first: Handover): unknown {
    if (running !== null) {
      if (due !== null) throw misuse();
      due = first;
      return first;
    }
    for (let next = first; ; next = next.target.#resume(next)) {
      while (next.target.dead) next = passedOn(next);
      if (next.target !== main) continue;
      if (next.how === 'throw') throw next.value;
      return next.value;
    }
  }

  /** Goes on until it hands over, or ends. */
  #resume({ how, value }: Handover): Handover {
    running = this;
    try {
      return this.#step(how, value);
    } catch (error) {
      return this.#end(error instanceof GreenletExit ? 'next' : 'throw', error);
    } finally {
      running = null;
      due = null;
    }
  }

  #step(how: 'next' | 'throw', value: unknown): Handover {
    if (this.#generator === null) {
      if (how === 'throw') throw value;
      const begun: unknown = this.#run(value as never);
      if (!isGenerator(begun)) return this.#leave(begun);
      this.#generator = begun;
    }
    const generator = this.#generator;
    let result = how === 'next' ? generator.next(value) : generator.throw(value);
    while (!result.done) {
      if (due !== null && result.value === due) return due;
      result = generator.throw(misuse());
    }
    return this.#leave(result.value);
  }

  #leave(result: unknown): Handover {
    if (due !== null) throw misuse();
    return this.#end('next', result);
  }

  #end(how: 'next' | 'throw', value: unknown): Handover {
    this.#dead = true;
    this.#generator = null;
    return { target: this.#parent ?? RawGreenlet.main, how, value };
  }
}

/** The dead hand all they get to their parents. */
function passedOn({ target, how, value }: Handover): Handover {
  return {
    target: target.parent ?? RawGreenlet.main,
    how: value instanceof GreenletExit ? 'next' : how,
    value,
  };
}

function misuse(): TypeError {
  const message =
    due === null
      ? 'a RawGreenlet yields nothing but its switches'
      : 'a switch does nothing until it is yielded';
  due = null;
  return new TypeError(message);
}
