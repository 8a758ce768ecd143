// Sites without an end: each rule ends them, says so, and lets go where it is switched off.

import { describe, expect, test } from 'vitest';
import type { CrawlOptions } from '../../src/crawl/crawl.js';
import type { Trap } from '../../src/crawl/trap.js';
import { crawled, type Pages } from '../support/crawled.js';

const links = (...to: string[]): string => to.map((link) => `<a href="${link}">x</a>`).join(' ');
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** A page that leads to so many others, all of which are there. */
function wide(...paths: readonly string[]): Pages {
  const there = paths.map((path): [string, string] => [`h.example${path}`, `this is ${path}`]);
  return { 'h.example/': links(...paths), ...Object.fromEntries(there) };
}

const DAY = 86_400_000;
const days = (count: number, from: number): string[] =>
  numbers(count).map((n) => new Date(from + n * DAY).toISOString().slice(0, 10));
/** Nobody has been there. */
const dates = days(1002, Date.UTC(2100, 0, 1));
const sessions = ['7f3a9c0e51d2b8467f3a9c0e51d2b846', 'b1946ac92492d2347c6235b4d2611184'];
const filters = numbers(1200).map(
  (n) => `/p?a=${n % 12}&b=${Math.floor(n / 12) % 10}&c=${Math.floor(n / 120)}`,
);

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
    wide(...sessions.map((id) => `/p?PHPSESSID=${id}`)),
    2,
    `/p?PHPSESSID=${sessions[1]}`,
    /session id PHPSESSID: met under another one before/,
  ],
  [
    'calendar',
    wide(...dates.map((date) => `/events/${date}`)),
    1001,
    `/events/${dates[1001]}`,
    /more than 1000 dates before 1990 or after 20\d\d of/,
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
    wide(...filters),
    // 12, 10 and 10 values are met for the first time in 30 of them.
    1 + 30 + 1000,
    filters.at(-1) ?? '',
    /more than 1000 queries of \/p that combine the same values/,
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

/** A server that answers whatever is asked with one page: each of its links leads deeper. */
function deepening(): Pages {
  const site: Record<string, string> = { 'h.example/': links('/t/') };
  const grow = (path: string, left: number): void => {
    site[`h.example${path}`] = links('x/', 'y/');
    if (left > 0) for (const next of ['x/', 'y/']) grow(path + next, left - 1);
  };
  grow('/t/', 8);
  return site;
}

test('duplicate: what came under many paths of the same words leads no further, and that is on record', async () => {
  const site = deepening();
  const first = await crawled(site, ['h.example/'], { perHost: 1, depth: 20 });
  const { asked, why, results } = first;
  expect(asked.length).toBeLessThan(70);
  const last = results.at(-1)?.url ?? '';
  const place = `h.example${new URL(last).pathname}`;
  const reason = /same content under more than 10 paths of the same words/;
  expect(await why(place)).toMatch(/^saved trap links not followed: /);
  expect(await why(place)).toMatch(reason);
  expect(await why(`${place}x/`)).toMatch(/^refused trap duplicate: /);
  expect(await why(`${place}x/`)).toMatch(reason);
  // Where the rule is left out the same folder takes up what it had left.
  const free = await first.again(['h.example/'], { perHost: 8, depth: 20, allowTrap: 'duplicate' });
  expect(free.asked).toContain(`${place}x/`);
});

test('pages and style sheets of the same bytes lead elsewhere from each folder', async () => {
  const folders = numbers(20).map((n) => `/album${n}/`);
  const site: Pages = {
    'h.example/': links(...folders),
    ...Object.fromEntries(
      folders.flatMap((folder): [string, Pages[string]][] => [
        [`h.example${folder}`, `${links('1.html')}<link rel=stylesheet href=look.css>`],
        [`h.example${folder}1.html`, `picture of ${folder}`],
        [
          `h.example${folder}look.css`,
          { headers: { 'Content-Type': 'text/css' }, body: 'a{background:url(b.png)}' },
        ],
        [`h.example${folder}b.png`, { headers: { 'Content-Type': 'image/png' }, body: `b of ${folder}` }],
      ]),
    ),
  };
  const { asked } = await crawled(site, ['h.example/'], { perHost: 8 });
  expect(new Set(asked)).toEqual(new Set(Object.keys(site)));
  expect(asked).toHaveLength(81);
});

test('what a caller adds to a page of the same content is followed', async () => {
  const { asked } = await crawled(deepening(), ['h.example/'], {
    perHost: 1,
    depth: 20,
    onPage: ({ url, links: found }) =>
      url.includes('/t/') ? [...found, url.replace('/t/', '/added?p=')] : undefined,
  });
  const pages = asked.filter((place) => place.includes('/t/'));
  expect(pages.length).toBeLessThan(70);
  expect(asked.filter((place) => place.includes('/added?'))).toHaveLength(pages.length);
});

test.each<[string, Pages]>([
  ['a log of each day', wide(...days(420, Date.UTC(2019, 0, 1)).map((day) => `/log/${day}.html`))],
  [
    'sessions of a parliament',
    wide(...numbers(20).map((n) => `/bills?session=${2000 + n}-${2001 + n}-regular`)),
  ],
  ['folders of numbers', wide('/1/1/1/1/', '/a/1/1/1/1/', '/tiles/5/5/5/5/5.png')],
])('an ordinary site is fetched as a whole: %s', async (_, site) => {
  const { asked } = await crawled(site, ['h.example/'], { perHost: 8 });
  expect(asked).toHaveLength(Object.keys(site).length);
});

describe('the same folder again takes up what was left,', () => {
  const site: Pages = {
    'h.example/': `${links('/a/a/a/a')}<a rel=nofollow href=/quiet>q</a>`,
    'h.example/a/a/a/a': 'deep',
    'h.example/quiet': 'quiet',
  };
  const again = async (options: CrawlOptions, ...seeds: string[]): Promise<readonly string[]> => {
    const first = await crawled(site, ['h.example/']);
    const { why } = first;
    expect(await why('h.example/a/a/a/a')).toMatch(/^refused trap repeating/);
    expect(await why('h.example/quiet')).toMatch(/^refused robots nofollow/);
    return (await first.again(['h.example/', ...seeds], options)).asked;
  };

  test('where a rule against traps is left out', async () => {
    expect(await again({ allowTrap: 'repeating' })).toEqual(['h.example/a/a/a/a']);
    expect(await again({ allowTrap: 'growing' })).toEqual([]);
  });

  test('where the rules for robots are left out', async () => {
    expect(await again({ robots: false })).toEqual(['h.example/quiet']);
  });

  test('where it is a seed now', async () => {
    expect(await again({}, 'h.example/a/a/a/a')).toEqual(['h.example/a/a/a/a']);
    expect(await again({}, 'h.example/quiet')).toEqual(['h.example/quiet']);
  });
});

test('a list of links that never ends is left by its own depth, and says so', async () => {
  const chain: Pages = Object.fromEntries(
    numbers(20).map((n) => [`h.example/${n === 0 ? '' : `n${n}`}`, links(`/n${n + 1}`)]),
  );
  const { asked, why } = await crawled(chain, ['h.example/'], {});
  expect(asked).toHaveLength(6);
  expect(await why('h.example/n6')).toBe('refused depth depth 6, --depth 5');
});
