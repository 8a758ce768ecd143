// Workers that wait until the database is ready. The first simply wait for the event; the others look again and again, and
// say so: one of them has enough after three tries.

import { Event, joinall, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;

const databaseIsReady = new Event();

async function startDatabase(): Promise<void> {
  console.log('database: starting');
  await sleep(6 * SECOND);
  console.log('database: ready');
  databaseIsReady.set();
}

async function wait(name: string): Promise<void> {
  console.log(`${name}: waits`);
  await databaseIsReady.wait();
  console.log(`${name}: connected`);
}

async function poll(name: string, tries: number): Promise<void> {
  for (let attempt = 1; attempt <= tries; attempt++) {
    console.log(`${name}: try ${attempt}`);
    if (await databaseIsReady.wait({ timeout: 0.5 * SECOND })) {
      console.log(`${name}: connected`);
      return;
    }
  }
  console.log(`${name}: gave up after ${tries} tries`);
}

await joinall([
  spawn(wait, 'waiting one'),
  spawn(wait, 'waiting two'),
  spawn(poll, 'patient', 1000),
  spawn(poll, 'impatient', 3),
  spawn(startDatabase),
]);
