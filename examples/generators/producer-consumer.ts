// Producer and consumer as coroutines in one thread: `next(item)` hands an item to the consumer, which goes on at its
// `yield`; the next `yield` hands an answer back, and the producer goes on. One item is there at a time, and no lock.

const ITEMS = 5;

function* consume(): Generator<string, void, number> {
  let answer = 'ready';
  for (;;) {
    const item = yield answer;
    console.log(`consumer: takes ${item}`);
    answer = `item ${item} is fine`;
  }
}

function produce(consumer: Generator<string, void, number>): void {
  // To its first `yield`: before that there is nowhere to hand an item to.
  console.log(`producer: consumer says "${consumer.next().value}"`);
  for (let item = 1; item <= ITEMS; item++) {
    console.log(`producer: makes ${item}`);
    console.log(`producer: consumer says "${consumer.next(item).value}"`);
  }
  consumer.return();
}

produce(consume());
