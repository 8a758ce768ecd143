// What is done against idle slots: the list is read on for hosts that may be asked; when there is no more to read, hosts of which
// nothing is known get more of them.

import { clock, type Scheduled } from '../coroutine/clock.js';
import type { HostTurns } from './host-turns.js';
import type { LookAhead } from './look-ahead.js';

/** For hosts of which nothing is known, in ms. */
const PATIENCE = 500;

export interface Starved {
  /** Whether a slot is free, and none of the tasks may go. */
  isStarved(): boolean;
  /** More may go now. */
  serve(): void;
}

export class Relief {
  readonly #turns: HostTurns;
  readonly #lookAhead: LookAhead;
  readonly #gate: Starved;
  #scheduled: Scheduled | null = null;

  constructor(turns: HostTurns, lookAhead: LookAhead, gate: Starved) {
    this.#turns = turns;
    this.#lookAhead = lookAhead;
    this.#gate = gate;
  }

  /** Relieves after a while, if it is still needed then. */
  seek(): void {
    if (this.#scheduled !== null || !this.#gate.isStarved()) return;
    const { isAllThereIs, hasRoom } = this.#lookAhead;
    if (isAllThereIs) this.#afterwards(PATIENCE, () => this.#turns.trustUnknown());
    else if (!hasRoom && this.#turns.needsOthers) this.#afterwards(0, () => this.#stretch());
  }

  cancel(): void {
    this.#scheduled?.cancel();
  }

  /** @param relieve returns whether more may go by that */
  #afterwards(wait: number, relieve: () => boolean): void {
    this.#scheduled = clock.schedule(wait, () => {
      this.#scheduled = null;
      if (this.#gate.isStarved() && relieve()) this.#gate.serve();
    });
  }

  #stretch(): boolean {
    if (this.#turns.needsOthers) this.#lookAhead.stretch();
    return true;
  }
}
