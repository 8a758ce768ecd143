// To wait for a greenlet, or not to: `join` waits for its end. What nobody joins works on in the background while the
// program lives, and a program that wants to end kills it: the daemon thread of other languages.

import { GreenletExit, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;

async function download(file: string, seconds: number): Promise<void> {
  console.log(`${file}: begins`);
  await sleep(seconds * SECOND);
  console.log(`${file}: done`);
}

async function keepHeartBeating(): Promise<void> {
  try {
    for (;;) {
      console.log('  beat');
      await sleep(SECOND);
    }
  } catch (error) {
    if (error instanceof GreenletExit) console.log('  the heart was told to stop, and can clean up');
    throw error;
  }
}

const heart = spawn(keepHeartBeating);
const small = spawn(download, 'small file', 1.5);
const large = spawn(download, 'large file', 6.5);

await large.join({ timeout: 3 * SECOND });
console.log(`main: waited 3 seconds, small ready ${small.ready()}, large ready ${large.ready()}`);
await large.join();
console.log(`main: large ready ${large.ready()}, heart ready ${heart.ready()}`);
await heart.kill();
console.log(`main: heart ready ${heart.ready()}; this is the last line`);
