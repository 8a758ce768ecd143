// The options of the state room.

import { flag } from '../model/option.js';

export const stateOptions = {
  /**
   * Keep notes in `.fetchall/` of the out folder: complete files are known, parts are gone on with in later runs, and no
   * second run gets in the way.
   * @default true
   */
  state: flag('notes in the out folder, which later runs go on from', { default: true }),
};
