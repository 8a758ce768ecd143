// What keeping a function's place costs: a plain function that is called for each item, against a generator that was
// primed once and gets each item by `next(item)`. The call starts anew each time, so its sum must live outside; the
// generator's lives in it. Both come to the same sum.

const ITEMS = 2_000_000;

function time(what: string, run: () => number): void {
  const start = performance.now();
  const sum = run();
  const elapsed = performance.now() - start;
  console.log(`${what}: ${elapsed.toFixed(1)} ms, sum ${sum}`);
}

let total = 0;
function add(item: number): void {
  total += item;
}

function* adder(): Generator<number, never, number> {
  let sum = 0;
  for (;;) sum += yield sum;
}

console.log(`${ITEMS} items`);

time('a call for each', () => {
  for (let item = 0; item < ITEMS; item++) add(item);
  return total;
});

time('a primed generator', () => {
  const sums = adder();
  let sum = sums.next().value;
  for (let item = 0; item < ITEMS; item++) sum = sums.next(item).value;
  return sum;
});
