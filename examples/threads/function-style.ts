// A greenlet from a function: `spawn(run, ...arguments)` is the whole of it. Ten greetings of two seconds each go on side
// by side, so all of them together take as long as one.

import { joinall, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;

async function greet(name: string, seconds: number): Promise<string> {
  console.log(`hello ${name}`);
  await sleep(seconds * SECOND);
  console.log(`goodbye ${name}`);
  return name.toUpperCase();
}

const names = [
  'ada',
  'alan',
  'barbara',
  'donald',
  'edsger',
  'frances',
  'grace',
  'john',
  'katherine',
  'niklaus',
];
const start = performance.now();
const greenlets = names.map((name) => spawn(greet, name, 2));
console.log('all are spawned, and none has begun');
await joinall(greenlets);

console.log(`results: ${greenlets.map((greenlet) => greenlet.value).join(' ')}`);
const seconds = (performance.now() - start) / SECOND;
console.log(`one by one: ${names.length * 2} seconds; side by side: ${seconds.toFixed(1)} seconds`);
