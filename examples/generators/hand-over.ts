// Two functions that print 1 2 3 4 between them: by turns, when somebody outside steps them both, and by `yield*`, with
// which one lets the other run in its own place until that has ended.

function* odd(): Generator<void> {
  console.log(1);
  yield;
  console.log(3);
}

function* even(): Generator<void> {
  console.log(2);
  yield;
  console.log(4);
}

console.log('by turns');
const [first, second] = [odd(), even()];
first.next();
second.next();
first.next();
second.next();

function* outer(): Generator<number> {
  yield 1;
  yield* inner();
  yield 4;
}

function* inner(): Generator<number> {
  yield 2;
  yield 3;
}

console.log('by yield*');
for (const number of outer()) console.log(number);
