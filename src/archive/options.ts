// The options of the archive room.

import { flag, size, text } from '../model/option.js';

export const archiveOptions = {
  /**
   * A WARC/1.1 archive of every request and response of the run, `NAME.warc.gz`, with an index `NAME.cdxj`. One that is there is gone
   * on with. Part files are begun anew then: an archive wants whole bodies.
   * @default none
   */
  warc: text(null, 'FILE', 'archive every request and response as WARC/1.1, gone on with if there', {
    defaultText: 'none',
    allowed: { test: (written) => !/(?:^|[/\\])\.{0,2}$/.test(written), says: 'give the name of a file' },
  }),
  /**
   * The archive goes on in `NAME-00001.warc.gz` and so on when a file has reached this size, in bytes as compressed.
   * @default '1g'
   */
  warcSize: size(
    2 ** 30,
    { min: 1024, max: Number.MAX_SAFE_INTEGER },
    'begin the next archive file at this size',
    {
      defaultText: '1g',
    },
  ),
  /**
   * Packs the archive with its index as `NAME.wacz` at the end.
   * @default false
   */
  wacz: flag('pack the archive and its index as NAME.wacz too'),
};
