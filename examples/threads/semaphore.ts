// Five seats and twenty guests: a semaphore of five lets in that many, and the next only when one leaves.

import { joinall, Semaphore, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;
const SEATS = 5;
const GUESTS = 20;

const seats = new Semaphore(SEATS);
let inside = 0;
let most = 0;

async function dine(guest: number): Promise<void> {
  await seats.acquire();
  try {
    inside++;
    most = Math.max(most, inside);
    console.log(`guest ${guest} sits down, ${inside} inside`);
    await sleep((1 + (guest % 3)) * SECOND);
  } finally {
    inside--;
    seats.release();
  }
}

await joinall(Array.from({ length: GUESTS }, (_, index) => spawn(dine, index + 1)));
console.log(`${GUESTS} guests, never more than ${most} inside, ${seats.counter} seats free at the end`);
