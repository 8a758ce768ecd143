// What would be accepted and ignored is a usage error; what nobody wrote never is.

import { describe, expect, it } from 'vitest';
import { flagName } from '../../src/model/option.js';
import { type DownloadOptions, resolveSettings } from '../../src/run/options.js';
import type { Seams } from '../../src/run/seams.js';

type Written = Omit<DownloadOptions, keyof Seams>;

const STAYS = {
  warc: 'a.warc.gz',
  compare: true,
  delay: '1s',
  limitRate: '1M',
  sequential: true,
  concurrency: 1,
  perHost: 1,
} satisfies Written;

const CLASHES: readonly [keyof typeof STAYS, 'split' | 'workers'][] = [
  ['warc', 'split'],
  ['compare', 'split'],
  ['delay', 'split'],
  ['sequential', 'split'],
  ['concurrency', 'split'],
  ['perHost', 'split'],
  ['warc', 'workers'],
  ['compare', 'workers'],
  ['limitRate', 'workers'],
  ['sequential', 'workers'],
  ['concurrency', 'workers'],
];

describe.each(CLASHES)('%s and %s', (stays, goes) => {
  const written = { [stays]: STAYS[stays] };

  it('exclude each other, which is told in one line', () => {
    const says = new RegExp(`^${flagName(stays)} .+; leave ${flagName(goes)} out$`);
    expect(() => resolveSettings({ ...written, [goes]: 2 }, flagName)).toThrow(says);
  });

  it.each(['auto', 1])('do not where the latter is %s', (value) => {
    expect(() => resolveSettings({ ...written, [goes]: value }, flagName)).not.toThrow();
  });

  it('do not where the latter is not written', () => {
    expect(() => resolveSettings(written, flagName)).not.toThrow();
  });
});

it.each<[Written, string]>([
  [
    { sequential: true, compare: true },
    '--compare makes a sequential run of its own; leave --sequential out',
  ],
  [{ warc: 'a', compare: true }, '--compare fetches everything twice; leave --warc out'],
  [{ warc: 'a', http2: true }, '--warc keeps the heads of HTTP/1.1; leave --http2 out'],
  [{ wacz: true }, '--wacz packs what --warc writes; give that too'],
])('%j exclude each other', (written, says) => {
  expect(() => resolveSettings(written, flagName)).toThrow(says);
});

it.each<Written>([
  { split: 4, limitRate: '1M' },
  { split: 4, workers: 2 },
  { workers: 2, delay: '1s', perHost: 1 },
  { split: 4, concurrency: 'auto', perHost: 'auto' },
  { split: 4, delay: 0 },
])('%j go together', (written) => {
  expect(() => resolveSettings(written)).not.toThrow();
});
