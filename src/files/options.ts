// The options of the files room.

import { choice, text } from '../model/option.js';

export const EXISTING_MODES = ['skip', 'overwrite', 'rename', 'fail'] as const;

/** What to do when the final file is there already. */
export type ExistingMode = (typeof EXISTING_MODES)[number];

export const fileOptions = {
  /**
   * The folder where files go; made if absent.
   * @default 'downloads'
   */
  out: text('downloads', 'DIR', 'where files go; made if absent', { alias: 'o' }),
  /**
   * What to do when the final file is there already.
   * @default 'skip'
   */
  existing: choice('skip', EXISTING_MODES, 'what to do when the file is there already'),
};
