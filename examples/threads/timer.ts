// A timer calls a function once, some time after its start, unless it is cancelled before. One whose function starts the
// next keeps something fresh: here a code that is replaced every second.

import { sleep, Timer } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;

class Code {
  #number = 0;
  #next: Timer | null = null;

  /** Replaces the code now, and once a second from now on. */
  renew(): void {
    this.#number++;
    console.log(`the code is now ${this.#number}`);
    this.#next = new Timer(SECOND, () => this.renew());
    this.#next.start();
  }

  /** The last code stays. */
  stop(): void {
    this.#next?.cancel();
  }
}

const greeting = new Timer(0.5 * SECOND, (name: string) => console.log(`hello ${name}`), 'ada');
const never = new Timer(2.5 * SECOND, () => console.log('nobody sees this'));
greeting.start();
never.start();
console.log('two timers run');
await greeting.join();
never.cancel();
console.log('one has fired, the other is cancelled');

const code = new Code();
code.renew();
await sleep(3.5 * SECOND);
code.stop();
await sleep(2 * SECOND);
console.log('the code is no longer replaced');
