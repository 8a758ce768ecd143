// A greenlet from a class: it extends Greenlet, holds its own data, and its run() is what the greenlet does. Worth it when
// others want to ask the greenlet something while it works.

import { Greenlet, sleep } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;

class Countdown extends Greenlet<string> {
  left: number;

  constructor(name: string, from: number) {
    super(() => this.run());
    this.name = name;
    this.left = from;
  }

  async run(): Promise<string> {
    for (; this.left > 0; this.left--) await sleep(SECOND);
    return `${this.name} has landed`;
  }
}

const rocket = new Countdown('rocket', 10);
console.log(`${rocket.name}: started ${rocket.started}, ${rocket.left} left`);

rocket.start();
await sleep(3.5 * SECOND);
console.log(`${rocket.name}: started ${rocket.started}, ${rocket.left < 10 ? 'fewer' : 'still all'} left`);

console.log(await rocket.get());
console.log(`${rocket.name}: ready ${rocket.ready()}, ${rocket.left} left`);
