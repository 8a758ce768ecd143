// Deadlock: one greenlet holds the fork and waits for the plate, another holds the plate and waits for the fork. Nothing
// ends that but a timeout. One re-entrant lock for both avoids it: who has the fork has the plate, and who holds the lock
// may take it again.

import { joinall, killall, RLock, Semaphore, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;

/** What a re-entrant lock and a semaphore of one have in common. */
type Lock = RLock | Semaphore;

async function eat(name: string, first: Lock, second: Lock): Promise<void> {
  await first.use(async () => {
    console.log(`${name} has taken one`);
    await sleep(SECOND);
    await second.use(() => console.log(`${name} has taken both, and eats`));
  });
}

async function dine(fork: Lock, plate: Lock): Promise<void> {
  const guests = [spawn(eat, 'ada', fork, plate), spawn(eat, 'grace', plate, fork)];
  const fed = await joinall(guests, { timeout: 5 * SECOND });
  if (fed.length < guests.length) console.log('deadlock: after 5 seconds nobody has eaten');
  await killall(guests);
}

console.log('two locks');
await dine(new Semaphore(1), new Semaphore(1));

console.log('one re-entrant lock');
const lock = new RLock();
await dine(lock, lock);
