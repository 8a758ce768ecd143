// The options of a run: those of all the rooms that take part in it, and its own.

import { archiveOptions } from '../archive/options.js';
import { transferOptions } from '../download/options.js';
import { fileOptions } from '../files/options.js';
import { httpOptions } from '../http/options.js';
import { UsageError } from '../model/errors.js';
import type { Policy } from '../model/job.js';
import {
  duration,
  flag,
  integerOrAuto,
  type OptionsFor,
  type Resolved,
  resolveOptions,
} from '../model/option.js';
import { VERSION } from '../model/version.js';
import { stateOptions } from '../state/options.js';
import { refuseClashes } from './option-clashes.js';
import type { Seams } from './seams.js';

/** More greenlets than this do not make a machine faster. */
const MOST = 1024;

const runOptions = {
  /**
   * Greenlets in flight; `auto`: as many as gain something, 256 at most.
   * @default 'auto'
   */
  concurrency: integerOrAuto('auto', { min: 1, max: MOST }, 'greenlets in flight', { alias: 'c' }),
  /**
   * Requests in flight to one host; `auto`: from 8, as many as gain something and are not refused, 64 at most.
   * @default the value of `concurrency`
   */
  perHost: integerOrAuto(null, { min: 1, max: MOST }, 'requests in flight to one host', {
    defaultText: 'the value of -c',
  }),
  /**
   * Least time between two requests to one host.
   * @default 0
   */
  delay: duration(0, { min: 0 }, 'least time between two requests to one host'),
  /**
   * Longest time for the whole run. What is under way then ends with ERR_DEADLINE.
   * @default none
   */
  deadline: duration(null, { min: 1 }, 'longest time for the whole run', { defaultText: 'none' }),
  /**
   * Event loops, each in a thread of its own; `auto`: more than one on a machine of three cores or more, when one has too much to do
   * with large files. What is fetched in ranges stays in the first. Not to be had with `warc`, `compare`, `sequential`, `limitRate` and
   * `concurrency` 1: then there is one; so there is with what a caller reaches in (`onChunk`, `fetch`, `transport`).
   * @default 'auto'
   */
  workers: integerOrAuto('auto', { min: 1, max: 64 }, 'event loops, each in a thread of its own'),
  /**
   * One after another, in list order: the baseline, measured. Outranks `concurrency`.
   * @default false
   */
  sequential: flag('one after another: the baseline, measured'),
  /**
   * The sequential run, then the concurrent one; their files are compared byte for byte.
   * @default false
   */
  compare: flag('the sequential run, then the concurrent one, and the speed-up'),
  /**
   * Say what would be fetched and under which names; no request is sent, nothing is written.
   * @default false
   */
  dryRun: flag('say what would be fetched and under which names; send nothing'),
};

/** Every option of a download, by the room that it belongs to. */
export const downloadOptions = {
  ...fileOptions,
  ...stateOptions,
  ...runOptions,
  ...transferOptions,
  ...httpOptions,
  ...archiveOptions,
};

/** What the library's functions take; each option is its command line twin. */
export type DownloadOptions = OptionsFor<typeof downloadOptions> & Seams;

type Options = Resolved<typeof downloadOptions>;

/** The options, understood: nothing is left to be decided later. */
export interface Settings extends Options {
  readonly perHost: number | 'auto';
  /** What each job carries with it. */
  readonly policy: Policy;
}

/**
 * @param spell how the caller writes an option's name
 * @throws UsageError that names the option, the value and what is allowed
 */
export function resolveSettings(
  written: OptionsFor<typeof downloadOptions>,
  spell: (key: string) => string = (key) => key,
): Settings {
  const options = resolveOptions(downloadOptions, written, spell);
  refuseClashes(options, spell);
  if (options.wacz && options.warc === null)
    throw new UsageError(`${spell('wacz')} packs what ${spell('warc')} writes; give that too`, spell('wacz'));
  const concurrency = options.sequential ? 1 : options.concurrency;
  return Object.freeze({
    ...options,
    concurrency,
    perHost: options.sequential ? 1 : lesser(options.perHost ?? concurrency, concurrency),
    policy: policyOf(options),
  });
}

/** Requests in flight, where that is known beforehand; 0 where the run finds it. */
export function fixedConcurrency({ concurrency }: Settings): number {
  return concurrency === 'auto' ? 0 : concurrency;
}

function lesser(perHost: number | 'auto', concurrency: number | 'auto'): number | 'auto' {
  return perHost === 'auto' || concurrency === 'auto' ? perHost : Math.min(perHost, concurrency);
}

/** The same run with one slot. */
export function sequentially(settings: Settings): Settings {
  return Object.freeze({ ...settings, sequential: true, concurrency: 1, perHost: 1 });
}

/** What `auto` stands for: more gain little, and look like greed. */
const RANGES = 4;

/**
 * An archive wants whole bodies, a comparison measures what is fetched side by side, and who asks for time between two requests
 * does not want more of them.
 */
function mayBeSplit({ warc, compare, delay }: Options): boolean {
  return warc === null && !compare && delay === 0;
}

function policyOf(options: Options): Policy {
  const {
    header,
    maxRedirects,
    allowDowngrade,
    denyPrivate,
    allowPrivateRedirects,
    maxSize,
    decode,
    minSpeed,
    speedTime,
    maxTime,
    retries,
    retryWait,
    retryMaxWait,
    retryOn,
    resume,
    wantDigest,
    keepBad,
    contentDisposition,
    chunkSize,
  } = options;
  const userAgent = options.userAgent ?? `fetchall/${VERSION}`;
  const split = options.split === 'auto' ? RANGES : options.split;
  return Object.freeze({
    header,
    userAgent,
    maxRedirects,
    allowDowngrade,
    denyPrivate,
    allowPrivateRedirects,
    maxSize,
    decode,
    minSpeed,
    speedTime,
    maxTime,
    retries,
    retryWait,
    retryMaxWait,
    retryOn,
    // An archive wants whole bodies, not the rests of parts.
    resume: resume && options.warc === null,
    split: mayBeSplit(options) ? split : 1,
    splitsWhenSlow: options.split === 'auto',
    wantDigest,
    keepBad,
    contentDisposition,
    fsync: options.fsync !== 'never',
    chunkSize,
  });
}
