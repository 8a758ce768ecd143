// Politeness: what hosts answer, and what they must see. Data only. Each letter of a list is a URL of that host; `.` is a pause of
// ten seconds in the list.

import type { DownloadOptions } from '../../src/index.js';

export interface PolitenessRow {
  readonly name: string;
  readonly list: string;
  readonly options?: DownloadOptions;
  /**
   * What a host answers in turn, the last one from then on; 200 where nothing is said. `503+5` has Retry-After: 5, `503@5` the same as
   * a date, `T`, `C` and `S` are time-outs (head, connection, TLS) after two seconds, `B` is one in a body, `R` a refusal to connect.
   * `200:900` comes after 900 ms, others after 100.
   */
  readonly answers?: Readonly<Record<string, string>>;
  readonly expected: {
    /** When the requests came, in ms from the first. */
    readonly starts?: Readonly<Record<string, string>>;
    /** The hosts in the order in which they were asked. */
    readonly order?: string;
    /** Requests in flight at once. */
    readonly most?: Readonly<Record<string, number>>;
    readonly requests?: Readonly<Record<string, number>>;
    /** When the last request of the host came, at the latest. */
    readonly doneBy?: Readonly<Record<string, number>>;
    /** How many of a host's URLs were saved, or failed and how. */
    readonly ended?: Readonly<Record<string, string>>;
  };
}

const ONE = { perHost: 1 };
/** A failed URL is not asked for again, so that each URL is one request. */
const ONCE = { perHost: 1, retries: 0 };
const AGAIN = { perHost: 1, retryWait: 0 };

const PER_HOST: readonly PolitenessRow[] = [
  { name: '--per-host 1', list: 'aaaa', options: ONE, expected: { starts: { a: '0 100 200 300' } } },
  {
    name: '--per-host 2',
    list: 'aaaa',
    options: { perHost: 2 },
    expected: { most: { a: 2 }, requests: { a: 4 } },
  },
  {
    name: '--per-host 3, two hosts',
    list: 'aaaaaaaabbbbbbbb',
    options: { perHost: 3 },
    expected: { most: { a: 3, b: 3 } },
  },
  {
    name: '-c 4 outranks --per-host 10',
    list: 'aaaaaaaa',
    options: { concurrency: 4, perHost: 10 },
    expected: { most: { a: 4 } },
  },
  { name: '-c 4 alone', list: 'aaaaaaaa', options: { concurrency: 4 }, expected: { most: { a: 4 } } },
  {
    name: 'as many hosts as there are slots, at once',
    list: 'abcdefgh',
    options: ONE,
    expected: { starts: { a: '0', d: '0', h: '0' } },
  },
  {
    name: 'another port is another host',
    list: '121212',
    options: ONE,
    expected: { starts: { 1: '0 100 200', 2: '0 100 200' } },
  },
  {
    name: 'a retry counts like any other',
    list: 'aaa',
    options: AGAIN,
    answers: { a: '500 200' },
    expected: { most: { a: 1 }, requests: { a: 4 } },
  },
  {
    name: 'failed connections too',
    list: 'aaa',
    options: ONCE,
    answers: { a: 'R' },
    expected: { starts: { a: '0 100 200' }, ended: { a: '3 ERR_CONNECT' } },
  },
  {
    name: '--sequential: one host after another',
    list: 'abab',
    options: { sequential: true },
    expected: { starts: { a: '0 200', b: '100 300' } },
  },
];

const DELAY: readonly PolitenessRow[] = [
  { name: '--delay', list: 'aaa', options: { delay: 1000 }, expected: { starts: { a: '0 1000 2000' } } },
  {
    name: '--delay, two hosts',
    list: 'aabb',
    options: { delay: 1000 },
    expected: { starts: { a: '0 1000', b: '0 1000' } },
  },
  {
    name: '--delay counts from start to start',
    list: 'aaa',
    options: { delay: 1000 },
    answers: { a: '200:2500' },
    expected: { starts: { a: '0 1000 2000' }, most: { a: 3 } },
  },
  {
    name: '--delay and a server that takes longer, one at a time',
    list: 'aaa',
    options: { ...ONE, delay: 1000 },
    answers: { a: '200:1500' },
    expected: { starts: { a: '0 1500 3000' } },
  },
  {
    name: '--delay before a retry',
    list: 'aa',
    options: { ...AGAIN, delay: 1000 },
    answers: { a: '500 200' },
    expected: { starts: { a: '0 1000 2000' } },
  },
  {
    name: '--delay after a failed connection',
    list: 'aaa',
    options: { ...ONCE, delay: 1000 },
    answers: { a: 'R' },
    expected: { starts: { a: '0 1000 2000' } },
  },
  {
    name: '--delay longer than Retry-After',
    list: 'aa',
    options: { ...AGAIN, delay: 5000 },
    answers: { a: '503+1 200' },
    expected: { starts: { a: '0 5000 10000' } },
  },
  {
    name: '--delay shorter than Retry-After',
    list: 'aa',
    options: { ...AGAIN, delay: 1000 },
    answers: { a: '503+5 200' },
    expected: { starts: { a: '0 5100 6100' } },
  },
  {
    name: '--delay is kept over a pause in the list',
    list: 'aa.aa',
    options: { delay: 8000 },
    expected: { starts: { a: '0 8000 16000 24000' } },
  },
];

const patience = (status: string, starts: string): PolitenessRow => ({
  name: `${status}: nothing is asked for before`,
  list: 'aaa',
  options: AGAIN,
  answers: { a: `${status} 200` },
  expected: { starts: { a: starts }, ended: { a: '3 saved' } },
});

/** The URL may wait or fail; the others go on. */
const speaksForOne = (status: string): PolitenessRow => ({
  name: `${status} is about one URL`,
  list: 'aaa',
  options: ONCE,
  answers: { a: `${status} 200` },
  expected: { starts: { a: '0 100 200' }, ended: { a: '1 ERR_STATUS, 2 saved' } },
});

const RETRY_AFTER: readonly PolitenessRow[] = [
  patience('429+5', '0 5100 5200 5300'),
  patience('503+5', '0 5100 5200 5300'),
  patience('500+5', '0 5100 5200 5300'),
  // A date has no fractions of a second.
  patience('429@5', '0 5000 5100 5200'),
  patience('503@5', '0 5000 5100 5200'),
  patience('503+600', '0 600100 600200 600300'),
  patience('429@600', '0 600000 600100 600200'),
  patience('503+0', '0 100 200 300'),
  patience('503@-60', '0 100 200 300'),
  speaksForOne('403+5'),
  speaksForOne('404+5'),
  speaksForOne('408+5'),
  speaksForOne('425+5'),
  speaksForOne('413+5'),
  {
    name: 'what cannot be understood says nothing',
    list: 'aaa',
    options: AGAIN,
    answers: { a: '503+soon 200' },
    expected: { starts: { a: '0 100 200 300' } },
  },
  {
    name: 'nor does a fraction',
    list: 'aaa',
    options: AGAIN,
    answers: { a: '503+1.5 200' },
    expected: { starts: { a: '0 100 200 300' } },
  },
  {
    name: 'the others of the host wait also when the URL is given up',
    list: 'aaa',
    options: ONCE,
    answers: { a: '503+5 200' },
    expected: { starts: { a: '0 5100 5200' }, ended: { a: '1 ERR_STATUS, 2 saved' } },
  },
  {
    name: 'and when its status is not tried again',
    list: 'aaa',
    options: { ...AGAIN, retryOn: '500' },
    answers: { a: '429+5 200' },
    expected: { starts: { a: '0 5100 5200' } },
  },
  {
    name: 'of two, the longer',
    list: 'aaaa',
    options: { perHost: 2, retryWait: 0 },
    answers: { a: '200 503+5 503+2 200' },
    expected: { requests: { a: 6 }, starts: { a: '0 0 100 5100 5100 5200' } },
  },
  {
    name: 'another host is not concerned',
    list: 'ababab',
    options: AGAIN,
    answers: { a: '503+5 200' },
    expected: { starts: { a: '0 5100 5200 5300', b: '0 100 200' } },
  },
  {
    name: 'nor another port',
    list: '121212',
    options: AGAIN,
    answers: { 1: '503+5 200' },
    expected: { starts: { 1: '0 5100 5200 5300', 2: '0 100 200' } },
  },
];

const refusals = (answers: string, starts: string, name = answers): PolitenessRow => ({
  name,
  list: 'a'.repeat(starts.split(' ').length),
  options: { ...ONCE, retryWait: 1000 },
  answers: { a: answers },
  expected: { starts: { a: starts } },
});

const REFUSALS: readonly PolitenessRow[] = [
  refusals('503 503 503 200', '0 100 200 1300 1400'),
  refusals('429 429 429 200', '0 100 200 1300 1400'),
  refusals('429 503 429 200', '0 100 200 1300 1400'),
  refusals('503 503 503 503 503 200', '0 100 200 1300 2400 3500 3600', 'from the third on, each of them'),
  refusals('503 503 200 503 503 200', '0 100 200 300 400 500 600', 'an answer between'),
  refusals('503 503 404 503 503 200', '0 100 200 300 400 500 600', 'another status between'),
  refusals('503 503 503+2 503 503 200', '0 100 200 2300 2400 2500 2600', 'a Retry-After between begins anew'),
  refusals('500 500 500 500 500 200', '0 100 200 300 400 500', '500 is no refusal'),
  refusals('502 504 502 504 502 200', '0 100 200 300 400 500', 'nor are 502 and 504'),
];

const PARKED = { name: '', list: 'aaaaab', options: ONE };
const ALL_OF_A = { starts: { a: '0', b: '0' }, ended: { a: '5 ERR_STATUS', b: '1 saved' } };

const PATIENCE_WITHOUT_END: readonly PolitenessRow[] = [
  { ...PARKED, name: '503 for 601 s: parked', answers: { a: '503+601 200' }, expected: ALL_OF_A },
  { ...PARKED, name: '429 for a day: parked', answers: { a: '429+86400 200' }, expected: ALL_OF_A },
  { ...PARKED, name: '503 until a date: parked', answers: { a: '503@7200 200' }, expected: ALL_OF_A },
  {
    name: '404 for a day: not parked',
    list: 'aaa',
    options: ONE,
    answers: { a: '404+86400 200' },
    expected: { starts: { a: '0 100 200' }, ended: { a: '1 ERR_STATUS, 2 saved' } },
  },
  {
    name: 'it is asked again when it is over',
    list: `aa${'.'.repeat(70)}a.a`,
    options: ONE,
    answers: { a: '503+650 200' },
    expected: { starts: { a: '0 700000 710000' }, ended: { a: '2 ERR_STATUS, 2 saved' } },
  },
];

export const POLITENESS_ROWS: readonly PolitenessRow[] = [
  ...PER_HOST,
  ...DELAY,
  ...RETRY_AFTER,
  ...REFUSALS,
  ...PATIENCE_WITHOUT_END,
];
