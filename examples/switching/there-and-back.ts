// 12 56 34 78: each function is left in its middle and gone on with there. Nothing decides who is next but the functions.

import { RawGreenlet } from '../../src/index.js';

const first = new RawGreenlet(function* () {
  console.log(12);
  yield second.switch();
  console.log(34);
  yield second.switch();
});

const second = new RawGreenlet(function* () {
  console.log(56);
  yield first.switch();
  console.log(78);
});

first.switch();
