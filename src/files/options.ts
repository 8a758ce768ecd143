// The options of the files room.

import { choice, flag, text } from '../model/option.js';

export const EXISTING_MODES = ['skip', 'update', 'overwrite', 'rename', 'fail'] as const;

/** What to do when the final file is there already. */
export type ExistingMode = (typeof EXISTING_MODES)[number];

export const FSYNC_MODES = ['never', 'file', 'always'] as const;

export type FsyncMode = (typeof FSYNC_MODES)[number];

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
  /**
   * Take a file's name from the server's Content-Disposition, where it gives one and the list does not.
   * @default false
   */
  contentDisposition: flag('take names from the Content-Disposition of servers'),
  /**
   * A file of checksums as sha256sum writes it (GNU or BSD lines): what it names is verified.
   * @default none
   */
  checksums: text(null, 'FILE', 'verify what this list of checksums names (as sha256sum writes it)', {
    defaultText: 'none',
  }),
  /**
   * A file that gets the SHA-256 of every file of the run, as `sha256sum -c` reads it in the out folder.
   * @default none
   */
  manifest: text(null, 'FILE', 'write the checksum of every file, as sha256sum -c reads it', {
    defaultText: 'none',
  }),
  /**
   * What is made safe against a loss of power: nothing, each file and part, or what is remembered of them too.
   * @default 'never'
   */
  fsync: choice('never', FSYNC_MODES, 'what is made safe against a loss of power'),
};
