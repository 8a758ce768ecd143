// A semaphore that never has more permits than at the beginning (gevent.lock.BoundedSemaphore).

import { Semaphore } from './semaphore.js';

export class BoundedSemaphore extends Semaphore {
  readonly #most: number;

  constructor(value = 1) {
    super(value);
    this.#most = value;
  }

  /** @throws RangeError when more would be released than were acquired */
  override release(): number {
    if (this.counter >= this.#most) throw new RangeError('Semaphore released too many times');
    return super.release();
  }
}
