// Part records where nothing outlives the run: what a task knows of its own part is enough to go on within one.

import type { PartRecords } from '../model/part-record.js';

export const forgetfulParts: PartRecords = {
  find: () => null,
  keep: () => Promise.resolve(),
  drop: () => {},
};
