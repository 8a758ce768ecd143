// Sites without an end: each rule ends them, says so, and lets go where it is switched off.

import { expect, test } from 'vitest';
import type { Trap } from '../../src/crawl/trap.js';
import { crawled, type Pages } from '../support/crawled.js';

const links = (...to: string[]): string => to.map((link) => `<a href="${link}">x</a>`).join(' ');
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const session = (n: number): string => n.toString(16).padStart(16, 'a');

/** A page that leads to so many others, all of which are there. */
function wide(...paths: readonly string[]): Pages {
  const there = paths.map((path): [string, string] => [`h.example${path}`, `this is ${path}`]);
  return { 'h.example/': links(...paths), ...Object.fromEntries(there) };
}

const DAY = 86_400_000;
const dates = numbers(402).map((n) => new Date(Date.UTC(2024, 0, 1) + n * DAY).toISOString().slice(0, 10));
const same = numbers(14).map((n) => `/mirror${n}`);

/** The site, how many of its pages are asked for, and one that is not, with its reason. */
const cases: [Trap, Pages, number, string, RegExp][] = [
  [
    'growing',
    wide('/short', `/${numbers(26).join('/')}`),
    2,
    `/${numbers(26).join('/')}`,
    /26 path segments, more than 25/,
  ],
  ['repeating', wide('/a/b/a/b', '/a/b/a/b/a/b'), 2, '/a/b/a/b/a/b', /\/a\/b more than 2 times in a row/],
  [
    'session',
    wide(`/p?sid=${session(1)}`, `/p?sid=${session(2)}`),
    2,
    `/p?sid=${session(2)}`,
    /session id sid: met under another one before/,
  ],
  [
    'calendar',
    wide(...dates.map((date) => `/events/${date}`)),
    401,
    `/events/${dates[401]}`,
    /more than 400 dates of/,
  ],
  [
    'order',
    wide('/p?a=1&b=2&c=3', '/p?b=2&a=1&c=3', '/p?c=3&a=1&b=2'),
    3,
    '/p?c=3&a=1&b=2',
    /more than 2 orders of the same parameters/,
  ],
  [
    'queries',
    wide(...numbers(1002).map((n) => `/p?n=${n}`)),
    1001,
    '/p?n=1001',
    /more than 1000 queries of \/p/,
  ],
];

test.each(cases)('%s', async (trap, site, count, path, detail) => {
  const { asked, why } = await crawled(site, ['h.example/'], { perHost: 8 });
  expect(asked).toHaveLength(count);
  expect(new Set(asked).size).toBe(count);
  const reason = await why(`h.example${path}`);
  expect(reason).toMatch(new RegExp(`^refused trap ${trap}: `));
  expect(reason).toMatch(detail);
  const free = await crawled(site, ['h.example/'], { perHost: 8, allowTrap: trap });
  expect(free.asked).toHaveLength(Object.keys(site).length);
  expect(await free.why(`h.example${path}`)).toBe('saved');
});

test('duplicate: what came under many URLs leads no further', async () => {
  // Each would lead to another of the same content, for ever.
  const site = {
    'h.example/': links(...same),
    ...Object.fromEntries(same.map((path) => [`h.example${path}`, links('only-here')])),
    'h.example/only-here': 'x',
  };
  const { asked, why } = await crawled(site, ['h.example/'], { perHost: 1 });
  expect(asked).toHaveLength(same.length + 2);
  const reasons: (string | null)[] = [];
  for (const path of same) reasons.push(await why(`h.example${path}`));
  expect(reasons.filter((reason) => reason === 'saved')).toHaveLength(10);
  expect(reasons.filter((reason) => reason !== 'saved')).toEqual(
    Array(4).fill('saved trap links not followed: the same content under more than 10 URLs'),
  );
  const free = await crawled(site, ['h.example/'], { perHost: 1, allowTrap: 'duplicate' });
  for (const path of same) expect(await free.why(`h.example${path}`)).toBe('saved');
});

test('a list of links that never ends is left by its own depth, and says so', async () => {
  const chain: Pages = Object.fromEntries(
    numbers(20).map((n) => [`h.example/${n === 0 ? '' : `n${n}`}`, links(`/n${n + 1}`)]),
  );
  const { asked, why } = await crawled(chain, ['h.example/'], {});
  expect(asked).toHaveLength(6);
  expect(await why('h.example/n6')).toBe('refused depth depth 6, --depth 5');
});
