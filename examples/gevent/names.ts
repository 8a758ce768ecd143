// Who am I? `getcurrent()` is the greenlet that runs this code, also after a wait and in the functions that it calls. A
// greenlet has a number for a name until it gets a better one. Outside any greenlet there is none.

import { getcurrent, joinall, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 100;

const me = () => getcurrent()?.name ?? 'no greenlet';

async function eat(): Promise<void> {
  console.log(`eat, 1: ${me()}`);
  await sleep(2 * SECOND);
  console.log(`eat, 2: ${me()}`);
}

async function play(): Promise<void> {
  console.log(`play, 1: ${me()}`);
  await sleep(1 * SECOND);
  console.log(`play, 2: ${me()}`);
}

const players = [spawn(eat), spawn(play), spawn(play)];
for (const player of players.slice(2)) player.name = 'the last one';
console.log(`main: ${me()}`);
await joinall(players);
console.log(`main: ${me()}`);
