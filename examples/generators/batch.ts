// Producer and consumer without coroutines: all is produced, then all is consumed. The whole batch stands in memory
// between the two, and the first item waits for the last. A wrapper takes the time of each.

const ITEMS = 1_000_000;

/** Python's decorator: the same function, which also prints how long it took. */
function timed<Args extends unknown[], T>(name: string, run: (...args: Args) => T): (...args: Args) => T {
  return (...args) => {
    const start = performance.now();
    try {
      return run(...args);
    } finally {
      console.log(`${name} took ${(performance.now() - start).toFixed(1)} ms`);
    }
  };
}

const produce = timed('produce', (count: number): number[] => {
  const batch: number[] = [];
  for (let item = 0; item < count; item++) batch.push(item);
  console.log(`${batch.length} items produced`);
  return batch;
});

const consume = timed('consume', (batch: readonly number[]): void => {
  let consumed = 0;
  for (const _ of batch) consumed++;
  console.log(`${consumed} items consumed`);
});

const produceAndConsume = timed('both', () => consume(produce(ITEMS)));

produceAndConsume();
