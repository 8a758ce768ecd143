// `--split auto`: one request fetches the file alone while that is fast enough. Looked at now and then, not at each piece.

import { clock, type Scheduled } from '../coroutine/clock.js';
import type { Stretch } from './allotment.js';
import type { Intake } from './intake.js';

/** Between two looks, in ms. */
const LOOK_EVERY = 1000;

/** Ranges gain nothing worth having where what is left takes no longer than that, in ms. */
const WORTH = 5000;

/** In bytes a ms: hardly a server that limits connections gives one so much. What is slow then is a core or a link, and ranges cost more. */
const FAST = 32_000;

/** @param pace bytes a ms; not a number where the server has had no time to send */
export function isWorthSplitting(pace: number, left: number): boolean {
  return pace < FAST && left > pace * WORTH;
}

/** Like {@link SpeedFloor} it counts only time in which the server could send: others could write no faster than we do. */
export class Patience {
  readonly #front: Readonly<Stretch>;
  readonly #intake: Intake;
  readonly #split: () => boolean;
  readonly #start: number;
  readonly #began = clock.now();
  #timer = this.#lookLater();

  /** @param split called when the front is too slow. @returns whether others help it now; else it is looked at again */
  constructor(front: Readonly<Stretch>, intake: Intake, split: () => boolean) {
    this.#front = front;
    this.#intake = intake;
    this.#split = split;
    this.#start = front.position;
  }

  /** Idempotent. */
  end(): void {
    this.#timer.cancel();
  }

  #lookLater(): Scheduled {
    return clock.schedule(LOOK_EVERY, () => {
      const { position, end } = this.#front;
      const pace = (position - this.#start) / (clock.now() - this.#began - this.#intake.heldBack);
      if (isWorthSplitting(pace, end - position) && this.#split()) return;
      this.#timer = this.#lookLater();
    });
  }
}
