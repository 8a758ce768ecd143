// Coroutines do not make computing faster. Two computations that never wait, one after the other, and then by turns with
// a switch at every step: the results are the same, and all that the switches do is cost time.

const STEPS = 10_000_000;

function sum(): number {
  let result = 0;
  for (let step = 0; step < STEPS; step++) result += step;
  return result;
}

function mix(): number {
  let result = 1;
  for (let step = 0; step < STEPS; step++) result = (result * 31 + step) % 65_521;
  return result;
}

function* sumBySteps(): Generator<void, number> {
  let result = 0;
  for (let step = 0; step < STEPS; step++) {
    result += step;
    yield;
  }
  return result;
}

function* mixBySteps(): Generator<void, number> {
  let result = 1;
  for (let step = 0; step < STEPS; step++) {
    result = (result * 31 + step) % 65_521;
    yield;
  }
  return result;
}

/** Steps both by turns until they have ended. They have equally many steps. */
function byTurns(one: Generator<void, number>, other: Generator<void, number>): number[] {
  for (;;) {
    const [left, right] = [one.next(), other.next()];
    if (left.done && right.done) return [left.value, right.value];
  }
}

function time(what: string, run: () => number[]): number {
  const start = performance.now();
  const results = run();
  const elapsed = performance.now() - start;
  console.log(`${what}: ${elapsed.toFixed(1)} ms, results ${results.join(' and ')}`);
  return elapsed;
}

const serial = time('serial', () => [sum(), mix()]);
const switching = time('switching', () => byTurns(sumBySteps(), mixBySteps()));
console.log(`switching takes ${(switching / serial).toFixed(1)} times as long`);
