// One producer, two consumers with names: of each pair of buns, either gets one. The baker decides who runs and when; a
// consumer only says, by `yield`, that it is hungry.

const ROUNDS = 5;

function* consumer(name: string): Generator<void, void, number> {
  console.log(`${name} sits down, hungry`);
  try {
    for (;;) {
      const bun = yield;
      console.log(`${name} eats bun ${bun}`);
    }
  } finally {
    console.log(`${name} has had enough`);
  }
}

function bake(eaters: readonly Generator<void, void, number>[]): void {
  for (const eater of eaters) eater.next();
  let bun = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    console.log(`baker: round ${round}, ${eaters.length} buns`);
    for (const eater of eaters) eater.next(++bun);
  }
  for (const eater of eaters) eater.return();
}

bake([consumer('Ada'), consumer('Ben')]);
