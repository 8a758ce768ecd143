// Who am I, who else lives, and how many are we: `getcurrent` gives the running greenlet, a Group lists and counts those
// that have not ended. Outside any greenlet getcurrent() is null: that is the main program.

import { Group, getcurrent, sleep, spawnLater } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;

const workers = new Group();
const names = () => [...workers].map((greenlet) => greenlet.name).join(', ') || 'nobody';

async function work(seconds: number): Promise<void> {
  const me = getcurrent();
  console.log(`${me?.name}: I am number ${me?.minimalIdent} of ${workers.size}`);
  await sleep(seconds * SECOND);
  console.log(`${me?.name}: still the same after a wait? ${getcurrent() === me}`);
}

for (const [name, seconds] of Object.entries({ short: 1, middle: 3, long: 5 })) {
  const greenlet = workers.trySpawn(work, seconds);
  greenlet.name = name;
}
console.log(`main: I am ${getcurrent()?.name ?? 'no greenlet'}; ${workers.size} live: ${names()}`);

for (const seconds of [2, 4, 6]) {
  spawnLater(seconds * SECOND, () => {
    console.log(`after ${seconds} seconds ${workers.size} live: ${names()}`);
  });
}
