// A generator hands over, but it does not wait: when its consumer blocks for 2 s, the producer stands still for 2 s, and
// five items take 10. What is missing is a scheduler that runs others meanwhile: see gevent/two-tasks.

import { block } from '../block.js';

/** One second of the story, in ms. */
const SECOND = 20;
const ITEMS = 5;

const start = performance.now();
const now = () => `${((performance.now() - start) / SECOND).toFixed(1)} s`;

function* consume(): Generator<void, void, number> {
  for (;;) {
    const item = yield;
    block(2 * SECOND);
    console.log(`item ${item} consumed at ${now()}`);
  }
}

function produce(consumer: Generator<void, void, number>): void {
  consumer.next();
  for (let item = 1; item <= ITEMS; item++) {
    console.log(`item ${item} produced at ${now()}`);
    consumer.next(item);
  }
}

produce(consume());
console.log(`${ITEMS} items in ${now()}`);
