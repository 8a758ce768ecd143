// Three queues that hold the same items: first in, first out; last in, first out; and the lowest first. A full queue makes
// who puts wait, an empty one who takes, as long as they are willing to.

import { Empty, Full, LifoQueue, PriorityQueue, Queue, spawnLater } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;

async function drain<T>(queue: Queue<T>): Promise<string> {
  const taken: T[] = [];
  while (!queue.empty()) taken.push(await queue.get());
  return taken.join(' ');
}

const items = ['pear', 'apple', 'cherry'];
console.log(`put:                 ${items.join(' ')}`);
console.log(`first in, first out: ${await drain(new Queue(null, { items }))}`);
console.log(`last in, first out:  ${await drain(new LifoQueue(null, { items }))}`);
console.log(`the lowest first:    ${await drain(new PriorityQueue(null, { items }))}`);

const tasks = new PriorityQueue<[priority: number, task: string]>();
tasks.putNowait([10, 'tidy up']);
tasks.putNowait([2, 'eat']);
tasks.putNowait([1, 'put out the fire']);
while (!tasks.empty()) console.log(`to do: ${(await tasks.get()).join(' ')}`);

const narrow = new Queue<string>(1);
await narrow.put('first');
try {
  narrow.putNowait('second');
} catch (error) {
  if (error instanceof Full) console.log(`Full: ${error.message}`);
}
spawnLater(SECOND, () => narrow.get());
await narrow.put('second');
console.log('a second later there is room');
await narrow.get();
try {
  await narrow.get({ timeout: SECOND });
} catch (error) {
  if (error instanceof Empty) console.log(`Empty: ${error.message}`);
}
