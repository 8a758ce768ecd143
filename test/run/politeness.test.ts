// What hosts see of a run: each row of politeness-rows.ts over a stub that answers in the time of the fake clock, and the points
// that matter most once more over real sockets.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clock, useClock } from '../../src/coroutine/clock.js';
import { FetchallError } from '../../src/model/errors.js';
import { drive } from '../support/drive.js';
import { FakeClock } from '../support/fake-clock.js';
import { ARun } from '../support/runs.js';
import type { StubAnswer } from '../support/stub-transport.js';
import { POLITENESS_ROWS, type PolitenessRow } from './politeness-rows.js';
import { SILENCE_ROWS } from './silence-rows.js';

const PAUSE = 10_000;
const LATENCY = 100;
const TIMEOUT = 2000;

/** What one host has seen. */
class SeenHost {
  readonly starts: number[] = [];
  inFlight = 0;
  most = 0;

  begin(): number {
    this.most = Math.max(this.most, ++this.inFlight);
    return this.starts.push(clock.now()) - 1;
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(milliseconds, resolve));
}

/** A digit is a port, a letter a host. */
function hostOf(letter: string): string {
  return /\d/.test(letter) ? `ports.test:${letter}` : `${letter}.test`;
}

function letterOf({ hostname, port }: URL): string {
  return port === '' ? hostname.slice(0, 1) : port;
}

async function* sources(list: string): AsyncGenerator<string> {
  let index = 0;
  for (const letter of list) {
    if (letter === '.') await wait(PAUSE);
    else yield `http://${hostOf(letter)}/${index++}.bin`;
  }
}

const FAILURES: Readonly<Record<string, StubAnswer>> = {
  T: new FetchallError('ERR_TIMEOUT', 'no head'),
  C: new FetchallError('ERR_TIMEOUT', 'no connection'),
  S: new FetchallError('ERR_TLS', 'no handshake', {
    cause: Object.assign(new Error(), { code: 'ERR_TLS_HANDSHAKE_TIMEOUT' }),
  }),
  B: { body: 'begun', length: 100, error: new FetchallError('ERR_TIMEOUT', 'silence') },
  R: new FetchallError('ERR_CONNECT', 'refused'),
};

async function answer(word: string): Promise<StubAnswer> {
  const [what = '', after] = word.split(':');
  const isSilence = ['T', 'C', 'S'].includes(what);
  await wait(after === undefined ? (isSilence ? TIMEOUT : LATENCY) : Number(after));
  const failure = FAILURES[what];
  if (failure !== undefined) return failure;
  const [, status, form, patience = ''] = /^(\d+)(?:([+@])(.*))?$/.exec(what) ?? [];
  const date = new Date(clock.date().getTime() + 1000 * Number(patience));
  const retryAfter = form === '@' ? date.toUTCString() : patience;
  return {
    status: Number(status),
    body: 'x',
    headers: form === undefined ? {} : { 'retry-after': retryAfter },
  };
}

async function runRow({ list, options = {}, answers = {} }: PolitenessRow, fake: FakeClock) {
  const hosts = new Map<string, SeenHost>();
  let order = '';
  const run = new ARun({
    sources: sources(list),
    options,
    answer: async ({ url }) => {
      const letter = letterOf(url);
      const host = hosts.get(letter) ?? new SeenHost();
      hosts.set(letter, host);
      order += letter;
      const words = (answers[letter] ?? '200').split(' ');
      const word = words[Math.min(host.begin(), words.length - 1)] ?? '';
      const answered = await answer(word);
      host.inFlight--;
      return answered;
    },
  });
  await drive(fake, run.toEnd());
  return { hosts, order, results: run.results };
}

/** As `1 ERR_STATUS, 2 saved`. */
function endedOf(letter: string, results: ARun['results']): string {
  const counts = new Map<string, number>();
  for (const { url, outcome, error } of results) {
    if (letterOf(new URL(url)) !== letter) continue;
    const how = error?.code ?? outcome;
    counts.set(how, (counts.get(how) ?? 0) + 1);
  }
  return [...counts].map(([how, count]) => `${count} ${how}`).join(', ');
}

describe('politeness', () => {
  let fake: FakeClock;
  let restore: () => void;

  beforeEach(() => {
    fake = new FakeClock();
    restore = useClock(fake);
  });

  afterEach(() => {
    restore();
    expect(fake.timers).toBe(0);
  });

  it.for([...POLITENESS_ROWS, ...SILENCE_ROWS])('$name', async (row) => {
    const { hosts, order, results } = await runRow(row, fake);
    const { starts = {}, most = {}, requests = {}, doneBy = {}, ended = {} } = row.expected;
    expect(results).toHaveLength(row.list.replaceAll('.', '').length);
    for (const [letter, wanted] of Object.entries(starts))
      expect([letter, hosts.get(letter)?.starts.join(' ')]).toEqual([letter, wanted]);
    for (const [letter, wanted] of Object.entries(most))
      expect([letter, hosts.get(letter)?.most]).toEqual([letter, wanted]);
    for (const [letter, wanted] of Object.entries(requests))
      expect([letter, hosts.get(letter)?.starts.length]).toEqual([letter, wanted]);
    for (const [letter, wanted] of Object.entries(ended))
      expect([letter, endedOf(letter, results)]).toEqual([letter, wanted]);
    for (const [letter, latest] of Object.entries(doneBy))
      expect(hosts.get(letter)?.starts.at(-1)).toBeLessThanOrEqual(latest);
    if (row.expected.order !== undefined) expect(order).toBe(row.expected.order);
  });
});
