import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRAPS, type Trap } from '../../src/crawl/trap.js';
import { BoundedTrapMemory } from '../../src/crawl/trap-memory.js';
import { TRAP_OPTIONS, TrapDetector, type TrapOptions } from '../../src/crawl/traps.js';

/** The trap of each URL, in turn, by one detector. */
function findAll(paths: readonly string[], options: Partial<TrapOptions> = {}): (Trap | null)[] {
  const detector = new TrapDetector({ ...TRAP_OPTIONS, ...options });
  return paths.map((path) => detector.find(new URL(path, 'https://host'))?.trap ?? null);
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

describe('what a path shows', () => {
  it.each<[string, Trap | null]>([
    ['/', null],
    [`/${'a'.repeat(1900)}`, null],
    [`/?${'a'.repeat(2000)}`, 'growing'],
    [`/${numbers(25).join('/')}`, null],
    [`/${numbers(25).join('/')}/`, null],
    [`/${numbers(26).join('/')}`, 'growing'],
    ['/0/0/0/tile.png', null],
    ['/a/a/a/a', 'repeating'],
    ['/a/a/a/a/', 'repeating'],
    ['/x/a/a/a/a/y', 'repeating'],
    ['/a/b/a/b', null],
    ['/a/b/a/b/a/b', 'repeating'],
    ['/x/a/b/a/b/a/b/y', 'repeating'],
    ['/a/b/c/a/b/c/a/b/c', 'repeating'],
    ['/a/b/c/d/a/b/c/d/a/b/c/d', 'repeating'],
    ['/a/x/b/a/y/b/a/z/b', null],
    ['/a//////b', 'repeating'],
  ])('%s: %s', (path, trap) => {
    expect(findAll([path])).toEqual([trap]);
  });

  it('finds a path that grows by a link to itself, whatever its segments', () => {
    const segment = fc.stringMatching(/^[a-z]{1,5}$/);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (cycle) => {
        expect(findAll([`/${Array(30).fill(cycle.join('/')).join('/')}`])).not.toEqual([null]);
      }),
    );
  });
});

describe('session ids', () => {
  const [one, other] = ['0123456789abcdef', 'fedcba9876543210'];

  it.each([
    ['/a?PHPSESSID=%'],
    ['/a?x=1&sid=%&y=2'],
    ['/a;jsessionid=%?x=1'],
    ['/(S(%))/a'],
    ['/a?CFID=%&CFTOKEN=%'],
    ['/a?ASPSESSIONIDABCDEFGH=%'],
    ['/a?session_id=%'],
  ])('a page is one under each of its session ids: %s', (path) => {
    const [first, second] = [path.replaceAll('%', one), path.replaceAll('%', other)];
    expect(findAll([first, first, second, `/b${second}`])).toEqual([null, null, 'session', null]);
  });

  it.each([
    ['/a?sid=12', '/a?sid=13'],
    ['/a?side=0123456789abcdef', '/a?side=fedcba9876543210'],
    ['/a?id=0123456789abcdef', '/a?id=fedcba9876543210'],
    ['/a/0123456789abcdef', '/a/fedcba9876543210'],
  ])('%s and %s are two pages', (first, second) => {
    expect(findAll([first, second])).toEqual([null, null]);
  });
});

describe('calendars', () => {
  it.each([
    ['a port and a folder', (at: number) => `http://host:8097/${(at % 12) + 1}/page`],
    ['numbers that no year has', (at: number) => `https://host/${at + 4000}-7.html`],
  ])('are not: %s', (_, urlOf) => {
    const detector = new TrapDetector({ ...TRAP_OPTIONS, mostDates: 5 });
    expect(numbers(20).map((at) => detector.find(new URL(urlOf(at))))).toEqual(numbers(20).map(() => null));
  });

  it.each<[string, (n: number) => string]>([
    ['months in a path', (n) => `/cal/${2000 + Math.floor(n / 12)}/${(n % 12) + 1}`],
    ['days in a path', (n) => `/cal/2000-${Math.floor(n / 28) + 1}-${(n % 28) + 1}/`],
    [
      'compact days',
      (n) =>
        `/events/2000${String(Math.floor(n / 28) + 1).padStart(2, '0')}${String((n % 28) + 1).padStart(2, '0')}`,
    ],
    ['parameters', (n) => `/cal?month=${n % 12}&year=${2000 + n}`],
    ['a moment', (n) => `/cal.php?time=${86400 * n}`],
  ])('%s end', (_, path) => {
    const traps = findAll(numbers(12).map(path), { mostDates: 10 });
    expect(traps).toEqual([...numbers(10).map(() => null), 'calendar', 'calendar']);
  });

  it('are not articles that have a date, nor numbers', () => {
    const articles = numbers(50).map((n) => `/2024/05/${(n % 28) + 1}/article-${n}`);
    const records = numbers(50).map((n) => `/record/${100_000 + n}`);
    expect(findAll([...articles, ...records], { mostDates: 10 }).filter((trap) => trap !== null)).toEqual([]);
  });
});

describe('queries', () => {
  it('of one path end', () => {
    const traps = findAll(numbers(1002).map((n) => `/a?x=${n}`));
    expect(traps.indexOf('queries')).toBe(1000);
    expect(findAll(['/a?1', '/a?2', '/b?3', '/a', '/a?1', '/a?4'], { mostQueries: 2 })).toEqual([
      null,
      null,
      null,
      null,
      null,
      'queries',
    ]);
  });

  it('come in few orders', () => {
    expect(findAll(['/?a=1&b=2&c=3', '/?b=2&a=1&c=3', '/?c=3&a=1&b=2', '/?c=4&a=1&b=2'])).toEqual([
      null,
      null,
      'order',
      null,
    ]);
    expect(findAll(['/?a=1&a=2', '/?a=2&a=1', '/?a=2&a=1&b', '/?a=1&a=2&b'], { mostOrders: 1 })).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

it('the same content under many URLs of a host is met a few times', () => {
  const detector = new TrapDetector({ ...TRAP_OPTIONS, mostDuplicates: 2 });
  const find = (url: string, digest = 'd') => detector.findDuplicate(new URL(url), digest)?.trap ?? null;
  expect([find('http://h/1'), find('http://h/2'), find('http://h/1#x')]).toEqual([null, null, null]);
  expect([find('http://h/3'), find('http://h/3', 'e'), find('http://other/3'), find('http://h/2')]).toEqual([
    'duplicate',
    null,
    null,
    null,
  ]);
});

it('each rule can be switched off, and says why', () => {
  const paths: Record<Trap, string[]> = {
    growing: [`/${numbers(30).join('/')}`],
    repeating: ['/a/a/a/a'],
    session: ['/?sid=0123456789abcdef', '/?sid=fedcba9876543210'],
    calendar: ['/2024-01', '/2024-02'],
    order: ['/?a&b', '/?b&a'],
    queries: ['/?a', '/?b'],
    duplicate: ['/1', '/2'],
  };
  const limits = { ...TRAP_OPTIONS, mostDates: 1, mostOrders: 1, mostQueries: 1, mostDuplicates: 1 };
  for (const trap of TRAPS) {
    const others = TRAPS.filter((other) => other !== trap);
    const last = (off: readonly Trap[]) => {
      const detector = new TrapDetector({ ...limits, off });
      return paths[trap].map((path) => {
        const url = new URL(path, 'https://host');
        return detector.find(url) ?? detector.findDuplicate(url, 'd');
      });
    };
    expect(last(others).at(-1)).toMatchObject({ trap, detail: expect.stringMatching(/\w/) });
    expect(last(TRAPS).at(-1)).toBeNull();
  }
});

describe('BoundedTrapMemory', () => {
  it('holds what it may, and forgets the group that was used least lately', () => {
    const memory = new BoundedTrapMemory(4);
    const ask = (group: string, member: string) => memory.admits(group, member, 1);
    expect(['a', 'b', 'c', 'd'].map((group) => ask(group, '1'))).toEqual([true, true, true, true]);
    expect([ask('a', '2'), ask('b', '2')]).toEqual([false, false]);
    // c and d are forgotten for it.
    expect(ask('e', '1')).toBe(true);
    expect([ask('a', '2'), ask('b', '2'), ask('c', '2')]).toEqual([false, false, true]);
  });

  it('never holds more, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(9), fc.nat(9), fc.nat(4))),
        fc.integer({ min: 1, max: 9 }),
        (asked, capacity) => {
          const memory = new BoundedTrapMemory(capacity);
          for (const [group, member, most] of asked) {
            memory.admits(`${group}`, `${member}`, most);
            expect(memory.size).toBeLessThanOrEqual(capacity);
          }
        },
      ),
    );
  });
});
