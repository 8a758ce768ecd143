// Spawn, join, value. While one greenlet sleeps the other runs: nobody says whom to switch to, as in switching/.

import { joinall, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 100;

async function eat(name: string): Promise<string> {
  console.log(`${name} eats, 1`);
  await sleep(2 * SECOND);
  console.log(`${name} eats, 2`);
  return `${name} is full`;
}

async function play(name: string): Promise<string> {
  console.log(`${name} plays, 1`);
  await sleep(1 * SECOND);
  console.log(`${name} plays, 2`);
  return `${name} is tired`;
}

console.log('join each');
const eater = spawn(eat, 'Ada');
const player = spawn(play, 'Ben');
console.log(`spawned, and not begun: ${eater.value}`);
await eater.join();
await player.join();
console.log(`${eater.value}, ${player.value}`);

console.log('join all');
const ended = await joinall([spawn(eat, 'Cleo'), spawn(play, 'Dan')]);
console.log(`in the order of their ends: ${ended.map(({ value }) => value).join(', ')}`);
