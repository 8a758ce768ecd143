// Two workers that hand over to each other for ever: neither ends, neither calls the other, and the stack does not grow.
// The pause blocks, for greenlets that switch by hand have nobody else to run meanwhile. So that this program ends, they
// work for 5 rounds only, or as many as you say:
//
//     npm run example switching/for-ever Infinity

import { RawGreenlet } from '../../src/index.js';
import { block } from '../block.js';

/** One second of the story, in ms. */
const SECOND = 50;
const rounds = Number(process.argv[2] ?? 5);

const work1 = new RawGreenlet(function* () {
  for (let round = 1; round <= rounds; round++) {
    console.log(`work1, round ${round}`);
    block(0.5 * SECOND);
    yield work2.switch();
  }
});

const work2 = new RawGreenlet(function* () {
  for (let round = 1; round <= rounds; round++) {
    console.log(`work2, round ${round}`);
    block(0.5 * SECOND);
    yield work1.switch();
  }
});

work1.switch();
