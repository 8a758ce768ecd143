// The options of the download room: how one URL is fetched.

import { duration, flag, integer, integerOrAuto, size } from '../model/option.js';
import { retryStatuses } from './retry-statuses.js';

export const transferOptions = {
  /**
   * Bytes of a chunk: what is counted, throttled, shown and handed to `onChunk`.
   * @default 1024
   */
  chunkSize: size(1024, { min: 1, max: 1_073_741_824 }, 'bytes of a chunk'),
  /**
   * Tries after the first.
   * @default 5
   */
  retries: integer(5, { min: 0, max: 1000 }, 'tries after the first'),
  /**
   * Base of the back-off between tries: a random time up to base x 2^n.
   * @default '1s'
   */
  retryWait: duration(1_000, { min: 0 }, 'base of the back-off'),
  /**
   * Longest back-off; it does not shorten what a server asks for in Retry-After.
   * @default '60s'
   */
  retryMaxWait: duration(60_000, { min: 0 }, 'longest back-off'),
  /**
   * Statuses that are tried again, in place of the usual ones: numbers and classes, such as `'5xx,429'`.
   * @default '408,425,429,500,502,503,504,520-524'
   */
  retryOn: retryStatuses('statuses that are tried again'),
  /**
   * Go on with a part file, where that is safe: `false` begins every file anew.
   * @default true
   */
  resume: flag('going on with a part file', { default: true }),
  /**
   * Requests that fetch one file of 64 MiB or more at a time, each a range of it, where the host's limit leaves room for them. A number
   * of them are sent at once; `auto`: one, and 4 once it turns out, after a second or later, that one would take more than 5 s for the rest.
   * A number is not to be had with `warc`, `compare`, `delay`, `sequential`, and where one request is the limit: then there is one; so
   * there is with `onChunk`.
   * @default 'auto'
   */
  split: integerOrAuto(
    'auto',
    { min: 1, max: 64 },
    'requests that fetch one file of 64 MiB or more at a time; auto: 4 where one is slow',
  ),
  /**
   * Ask servers for a digest of the file (RFC 9530). One that is sent is verified in any case.
   * @default false
   */
  wantDigest: flag('ask servers for a digest of each file'),
  /**
   * Keep what failed its checksum, as NAME.bad.
   * @default false
   */
  keepBad: flag('keep what failed its checksum as NAME.bad'),
  /**
   * Longest time for one URL, waits included.
   * @default none
   */
  maxTime: duration(null, { min: 1 }, 'longest time for one URL', { defaultText: 'none' }),
  /**
   * Bytes a second that a transfer must have on the average of `speedTime`; a slower one ends with ERR_TIMEOUT, and is tried
   * again. Time in which we hold it back (`limitRate`, a slow disk) does not count.
   * @default none
   */
  minSpeed: size(
    null,
    { min: 1, max: Number.MAX_SAFE_INTEGER },
    'give up what is slower, in bytes a second',
    {
      defaultText: 'none',
    },
  ),
  /**
   * What `minSpeed` is the average of.
   * @default '30s'
   */
  speedTime: duration(30_000, { min: 1 }, 'what --min-speed is the average of'),
  /**
   * Bytes a second, over all transfers.
   * @default none
   */
  limitRate: size(null, { min: 1, max: Number.MAX_SAFE_INTEGER }, 'bytes a second over all', {
    defaultText: 'none',
  }),
};
