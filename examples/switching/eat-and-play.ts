// Two greenlets that switch to each other by name. The first switch to one begins it, and its value becomes the argument;
// each later switch goes on at the `yield` where it stood, and its value is what the `yield` gives. When one ends, its
// parent goes on: here that is the program, and the other stands at its last `yield` for good.

import { RawGreenlet } from '../../src/index.js';

const eat = new RawGreenlet(function* (name: string) {
  console.log(`${name} eats, 1`);
  const answer: string = yield play.switch(name);
  console.log(`${name} eats, 2, after "${answer}"`);
  yield play.switch();
});

const play = new RawGreenlet(function* (name: string) {
  console.log(`${name} plays, 1`);
  yield eat.switch('one game is over');
  console.log(`${name} plays, 2`);
});

eat.switch('Ada');
console.log(`eat has ended: ${eat.dead}, play has ended: ${play.dead}`);
