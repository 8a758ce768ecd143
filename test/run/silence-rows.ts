// Politeness towards hosts that say nothing, and towards the others meanwhile. Data only, read as in politeness-rows.

import type { PolitenessRow } from './politeness-rows.js';

/** A failed URL is not asked for again, so that each URL is one request. */
const ONCE = { perHost: 1, retries: 0 };

const BREAKER: readonly PolitenessRow[] = [
  ...['T', 'C', 'S'].map((kind) => ({
    name: `five time-outs of kind ${kind} in a row: parked`,
    list: `${'a'.repeat(40)}b`,
    options: ONCE,
    answers: { a: kind },
    expected: { starts: { a: '0 2000 4000 6000 8000', b: '0' } },
  })),
  {
    name: 'eight at once, and no more after five',
    list: 'a'.repeat(40),
    options: { concurrency: 8, retries: 0 },
    answers: { a: 'T' },
    expected: { requests: { a: 12 } },
  },
  {
    name: 'an answer between',
    list: 'a'.repeat(12),
    options: ONCE,
    answers: { a: 'T T T T 200 T T T T 200' },
    expected: { requests: { a: 12 }, ended: { a: '8 ERR_TIMEOUT, 4 saved' } },
  },
  {
    name: 'a status between',
    list: 'a'.repeat(12),
    options: ONCE,
    answers: { a: 'T T T T 404 T T T T 200' },
    expected: { requests: { a: 12 } },
  },
  {
    name: 'a refused connection between',
    list: 'a'.repeat(12),
    options: ONCE,
    answers: { a: 'T T T T R T T T T 200' },
    expected: { requests: { a: 12 } },
  },
  {
    name: 'refused connections never park',
    list: 'a'.repeat(12),
    options: ONCE,
    answers: { a: 'R' },
    expected: { requests: { a: 12 }, ended: { a: '12 ERR_CONNECT' } },
  },
  {
    name: 'nor do bodies that stop',
    list: 'a'.repeat(12),
    options: ONCE,
    answers: { a: 'B' },
    expected: { requests: { a: 12 }, ended: { a: '12 ERR_TIMEOUT' } },
  },
  {
    name: 'nor time-outs of different hosts',
    list: 'abcdefgh',
    options: ONCE,
    answers: { a: 'T', b: 'T', c: 'T', d: 'T', e: 'T', f: 'T', g: 'T' },
    expected: { requests: { a: 1, g: 1 }, ended: { g: '1 ERR_TIMEOUT', h: '1 saved' } },
  },
  {
    name: 'a probe when 30 s are over',
    list: 'aaaaa....a.aa',
    options: ONCE,
    answers: { a: 'T T T T T 200' },
    expected: { starts: { a: '0 2000 4000 6000 8000 40000 50000 50100' } },
  },
  {
    name: 'one probe, not several',
    list: 'aaaaa....aaa',
    options: ONCE,
    answers: { a: 'T T T T T 200' },
    expected: { requests: { a: 6 }, ended: { a: '5 ERR_TIMEOUT, 2 ERR_CONNECT, 1 saved' } },
  },
  {
    name: 'no probe before',
    list: 'aaaaa...aaa',
    options: ONCE,
    answers: { a: 'T T T T T 200' },
    expected: { requests: { a: 5 }, ended: { a: '5 ERR_TIMEOUT, 3 ERR_CONNECT' } },
  },
  {
    name: 'a probe that fails: another 30 s',
    list: 'aaaaa....a..a..a',
    options: ONCE,
    answers: { a: 'T T T T T T 200' },
    expected: { starts: { a: '0 2000 4000 6000 8000 40000 80000' } },
  },
  {
    name: 'another host goes on while one is parked',
    list: 'aaaaaa...aaba',
    options: ONCE,
    answers: { a: 'T' },
    expected: { starts: { b: '30000' }, ended: { b: '1 saved' } },
  },
];

const MANY = 10_000;
/** After which a host that says nothing is known for that. */
const TIMEOUT = 2000;
/** What 200 URLs of a living host take alone with four at a time: 5 s. */
const LIVING = { concurrency: 16, perHost: 4, retries: 0, retryWait: 1000 };

const DEAD = [...'acdefghijklmnopqrstu'];
/** With limits that find themselves. */
const TWENTY_DEAD = { options: { retries: 0 }, answers: Object.fromEntries(DEAD.map((host) => [host, 'T'])) };

const FAIRNESS: readonly PolitenessRow[] = [
  {
    name: 'hosts take turns, whatever their share',
    list: 'aaaaaab',
    options: { concurrency: 1 },
    expected: { order: 'abaaaaa' },
  },
  {
    name: 'three hosts take turns',
    list: 'aaaabbbbcccc',
    options: { concurrency: 1 },
    expected: { order: 'abcabcabcabc' },
  },
  {
    name: 'a host that is found later is asked at once',
    list: `${'a'.repeat(300)}b`,
    options: { concurrency: 2 },
    expected: { doneBy: { b: 400 } },
  },
  {
    name: 'a slow host holds no slots beyond its share',
    list: 'ab'.repeat(200),
    options: LIVING,
    answers: { a: '200:5000' },
    expected: { most: { a: 4 }, doneBy: { b: 6000 } },
  },
  {
    name: 'a dead host with 10,000 URLs before the living',
    list: 'a'.repeat(MANY) + 'b'.repeat(200),
    options: LIVING,
    answers: { a: 'T' },
    expected: { ended: { b: '200 saved' }, doneBy: { b: 6500 } },
  },
  {
    name: 'a dead host with 10,000 URLs among the living',
    list: `${'a'.repeat(MANY / 200)}b`.repeat(200),
    options: LIVING,
    answers: { a: 'T' },
    expected: { ended: { b: '200 saved' }, doneBy: { b: 6500 } },
  },
  {
    name: 'a dead host with 10,000 URLs behind the living',
    list: 'b'.repeat(200) + 'a'.repeat(MANY),
    options: LIVING,
    answers: { a: 'T' },
    expected: { ended: { b: '200 saved' }, doneBy: { b: 6500 } },
  },
  {
    name: 'a parked host with 10,000 URLs',
    list: 'a'.repeat(MANY) + 'b'.repeat(200),
    options: LIVING,
    answers: { a: '503+7200' },
    expected: { ended: { b: '200 saved' }, doneBy: { b: 6500 } },
  },
  {
    name: 'a cooling host with 10,000 URLs',
    list: 'a'.repeat(MANY) + 'b'.repeat(200),
    options: LIVING,
    answers: { a: '503+60 200' },
    expected: { requests: { a: MANY }, ended: { b: '200 saved' }, doneBy: { b: 6500 } },
  },
  {
    name: 'twenty dead hosts with 10,000 URLs before the living, -c auto',
    ...TWENTY_DEAD,
    list: DEAD.map((host) => host.repeat(MANY / 20)).join('') + 'b'.repeat(200),
    expected: { ended: { b: '200 saved' }, doneBy: { b: TIMEOUT } },
  },
  {
    name: 'twenty dead hosts with 10,000 URLs among the living, -c auto',
    ...TWENTY_DEAD,
    list: DEAD.map((host) => `${host.repeat(MANY / 200)}b`.repeat(10)).join(''),
    expected: { ended: { b: '200 saved' }, doneBy: { b: TIMEOUT } },
  },
];

export const SILENCE_ROWS: readonly PolitenessRow[] = [...BREAKER, ...FAIRNESS];
