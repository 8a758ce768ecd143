import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRAPS, type Trap } from '../../src/crawl/trap.js';
import { BoundedTrapMemory } from '../../src/crawl/trap-memory.js';
import { TRAP_OPTIONS, type TrapOptions } from '../../src/crawl/trap-options.js';
import { TrapDetector } from '../../src/crawl/traps.js';

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
    ['/a/1/1/1/1/', null],
    ['/tiles/1/1/1/1.png', null],
    ['/v/10/0/0/0/0/0/0', null],
    [`/${'1/'.repeat(10)}`, 'repeating'],
    ['/1/2/1/2/1/2/1/2', null],
    ['/a/1/a/1/a/1', 'repeating'],
    ['/src/main/java/org/main/java/org/src', null],
    ['/x/y/y/x/x/y/x/y', 'repeating'],
    ['/a/1/b/1/c/1/d/1/e/1/f/1/g/1', null],
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
  const token = (n: number): string => createHash('sha256').update(`token ${n}`).digest('hex').slice(0, 32);
  const [one, other] = [token(1), token(2)];

  it.each([
    ['/a?PHPSESSID=%'],
    ['/a;jsessionid=%?x=1'],
    ['/a?x=1&JSESSIONID=%&y=2'],
    ['/(S(%))/a'],
    ['/a?CFID=%&CFTOKEN=%'],
    ['/a?ASPSESSIONIDABCDEFGH=%'],
    ['/a?osCsid=%'],
  ])('a page is one under each of them: %s', (path) => {
    const [first, second] = [path.replaceAll('%', one), path.replaceAll('%', other)];
    expect(findAll([first, first, second, `/b${second}`])).toEqual([null, null, 'session', null]);
  });

  it.each(['sid', 'session', 'session_id', 'sessionid', 'sess'])(
    'a token that is on many URLs is one, whatever it is called: %s',
    (name) => {
      const visit = (n: number, pages: number) =>
        numbers(pages).map((page) => `/p${page}?x=1&${name}=${token(n)}`);
      const found = findAll([...visit(1, 22), ...visit(2, 22), ...visit(3, 3), '/p99?sid=0']);
      expect(found).toEqual([...numbers(22).map(() => null), ...numbers(25).map(() => 'session'), null]);
    },
  );

  it('a token that is on a few URLs may name what they are about', () => {
    const pages = numbers(300).flatMap((n) =>
      numbers(12).map((language) => `/talk?session=${token(n)}&language=${language}`),
    );
    expect(findAll(pages).filter((trap) => trap !== null)).toEqual([]);
  });

  it('tokens that have one body under one URL are such, too', () => {
    const detector = new TrapDetector();
    const found = numbers(5).map((n) => {
      const url = new URL(`https://host/a?sid=${token(n)}`);
      const trap = detector.find(url)?.trap ?? null;
      if (trap === null) detector.findDuplicate(url, 'the same', []);
      return trap;
    });
    expect(found).toEqual([null, null, null, 'session', 'session']);
  });

  it.each<[string, (n: number) => string]>([
    ['words', (n) => `/talks?session=machine-learning-${n + 100}`],
    ['years', (n) => `/bills?session=${2001 + n}-${2002 + n}-regular`],
    ['a moment', (n) => `/article.pl?sid=20010112173${String(n).padStart(3, '0')}`],
    ['words and numbers', (n) => `/agenda?sessionid=Keynote-OpeningByTheChair-${n}`],
    ['numbers', (n) => `/a?sid=${n}`],
    ['tokens of one list', (n) => `/agenda?session=${token(n)}`],
    [
      'identifiers of one list',
      (n) => `/agenda?sessionId=${token(n).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`,
    ],
    ['the id of a field', (n) => `/a?cfid=${n + 1000}`],
    ['another name', (n) => `/a?side=${token(n)}`],
    ['a part of the path', (n) => `/a/${token(n)}`],
  ])('%s are none', (_, path) => {
    const detector = new TrapDetector();
    for (const n of numbers(300)) {
      const url = new URL(path(n), 'https://host');
      expect(detector.find(url)).toBeNull();
      expect(detector.findDuplicate(url, `body ${n}`, [])).toBeNull();
    }
  });
});

describe('calendars', () => {
  const day = (n: number, from = Date.UTC(2010, 0, 1)): string =>
    new Date(from + n * 86_400_000).toISOString().slice(0, 10);

  it.each<[string, (at: number) => string]>([
    ['a port and a folder', (at) => `http://host:8097/${(at % 12) + 1}/page`],
    ['numbers that no year has', (at) => `https://host/${at + 4000}-7.html`],
    ['the pages of a list', (at) => `https://host/list?start=${at * 25}`],
    ['amounts', (at) => `https://host/rates?from=${at}&to=9`],
    ['versions', (at) => `https://host/asset.js?ts=${1_600_000_000 + at}`],
    ['months and days without a year', (at) => `https://host/?month=${at}&day=${at}`],
    ['the place on a map', (at) => `https://host/map?x=${at}&y=${at}`],
  ])('are not: %s', (_, urlOf) => {
    const detector = new TrapDetector({ ...TRAP_OPTIONS, mostDates: 5, mostFarDates: 5 });
    expect(numbers(20).map((at) => detector.find(new URL(urlOf(at))))).toEqual(numbers(20).map(() => null));
  });

  it.each<[string, (n: number) => string]>([
    ['days of a log', (n) => `/log/${day(n)}.html`],
    ['every second day of a comic', (n) => `/comics/${day(2 * n)}`],
    ['the pictures of days', (n) => `/${day(n).replaceAll('-', '/')}/cover.jpg`],
    ['parameters', (n) => `/cal?year=${2010 + (n % 16)}&month=${(n % 12) + 1}&day=${(n % 31) + 1}`],
  ])('an archive is none: %s', (_, path) => {
    expect(findAll(numbers(2500).map(path)).filter((trap) => trap !== null)).toEqual([]);
  });

  it.each<[string, (n: number) => string]>([
    ['months in a path', (n) => `/cal/${2100 + Math.floor(n / 12)}/${(n % 12) + 1}`],
    ['days in a path', (n) => `/cal/${day(n, Date.UTC(2090, 0, 1))}/`],
    ['compact days', (n) => `/events/${day(n, Date.UTC(2090, 0, 1)).replaceAll('-', '')}`],
    ['parameters', (n) => `/cal?month=${n % 12}&year=${2100 + n}`],
    ['short parameters', (n) => `/cal?y=${2100 + n}&m=${n % 12}`],
    ['years that grow', (n) => `/cal?year=${9995 + n}`],
    ['years before', (n) => `/cal?year=${5 - n}`],
    ['days before', (n) => `/cal/${day(-n, Date.UTC(1989, 11, 31))}/`],
    ['a moment', (n) => `/cal.php?time=${4_000_000_000 + 86_400 * n}`],
  ])('%s end soon where nobody has been', (_, path) => {
    const traps = findAll(numbers(12).map(path), { mostFarDates: 10 });
    expect(traps).toEqual([...numbers(10).map(() => null), 'calendar', 'calendar']);
  });

  it('end at last where everybody has been', () => {
    const traps = findAll(
      numbers(12).map((n) => `/cal/${day(n)}`),
      { mostDates: 10 },
    );
    expect(traps).toEqual([...numbers(10).map(() => null), 'calendar', 'calendar']);
  });

  it('a calendar of days that goes both ways ends after what there was and a thousand days each', () => {
    const detector = new TrapDetector();
    const walk = (step: number): number => {
      for (let n = 1; ; n++)
        if (detector.find(new URL(`https://host/cal/${day(step * n)}`)) !== null) return n;
    };
    const [forth, back] = [walk(1), walk(-1)];
    expect(forth + back).toBeLessThan(16_000);
    // What is far is counted once, on both sides.
    expect(back).toBe(365 * 20 + 5 + 1);
  });

  it('are not articles that have a date, nor numbers', () => {
    const articles = numbers(50).map((n) => `/2024/05/${(n % 28) + 1}/article-${n}`);
    const records = numbers(50).map((n) => `/record/${100_000 + n}`);
    expect(findAll([...articles, ...records], { mostDates: 10 }).filter((trap) => trap !== null)).toEqual([]);
  });
});

describe('queries', () => {
  const combined = (n: number): string =>
    `/shop?a=${n % 15}&b=${Math.floor(n / 15) % 15}&c=${Math.floor(n / 225)}`;

  it('that combine the same values end', () => {
    const found = findAll(numbers(3000).map(combined));
    const passed = found.filter((trap) => trap === null).length;
    // 15 + 15 + 14 values, of which the first query brings three.
    expect(passed).toBeGreaterThanOrEqual(1000);
    expect(passed).toBeLessThanOrEqual(1000 + 44);
    expect(new Set(found)).toEqual(new Set([null, 'queries']));
    expect(found.at(-1)).toBe('queries');
  });

  it('say the same when they are asked again', () => {
    const options = { mostCombined: 3, mostCombinedEach: 0 };
    const detector = new TrapDetector({ ...TRAP_OPTIONS, ...options });
    const ask = () =>
      numbers(60).map((n) => detector.find(new URL(combined(n), 'https://host'))?.trap ?? null);
    expect(ask()).toEqual(ask());
  });

  it.each<[string, (n: number) => string]>([
    ['the topics of a forum', (n) => `/viewtopic.php?t=${n}`],
    [
      'the pages of its topics',
      (n) => `/viewtopic.php?f=${n % 7}&t=${Math.floor(n / 4)}&start=${(n % 4) * 25}`,
    ],
    ['the pages of a wiki', (n) => `/index.php?title=Page_${n}`],
    ['what was changed there', (n) => `/index.php?title=Page_${n % 500}&action=history&oldid=${n}`],
    ['articles', (n) => `/index.php?option=com_content&view=article&id=${n}&catid=${n % 30}`],
    ['days', (n) => `/log?year=${2000 + (n % 25)}&month=${(n % 12) + 1}&day=${(n % 28) + 1}`],
    ['a list in two orders', (n) => `/list?page=${Math.floor(n / 2)}&sort=${n % 2}`],
  ])('of an ordinary site do not: %s', (_, path) => {
    expect(findAll(numbers(3000).map(path)).filter((trap) => trap !== null)).toEqual([]);
  });

  it('of one path end at last, whatever they are', () => {
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

describe('the same content', () => {
  const find = (detector: TrapDetector, url: string, digest: string, ...links: string[]): Trap | null =>
    detector.findDuplicate(new URL(url), digest, links)?.trap ?? null;

  it('that leads to the same is met a few times on a host', () => {
    const detector = new TrapDetector({ ...TRAP_OPTIONS, mostDuplicates: 2 });
    const urls = ['http://h/1', 'http://h/2', 'http://h/1#x', 'http://h/3', 'http://other/3', 'http://h/2'];
    expect(urls.map((url) => find(detector, url, 'd', 'http://h/'))).toEqual([
      null,
      null,
      null,
      'duplicate',
      null,
      null,
    ]);
    expect(find(detector, 'http://h/3', 'e', 'http://h/')).toBeNull();
  });

  it('that leads elsewhere from each folder is ordinary', () => {
    const detector = new TrapDetector();
    const found = numbers(500).map((n) =>
      find(detector, `http://h/album${n}/`, 'd', `http://h/album${n}/1.html`),
    );
    expect(found.filter((trap) => trap !== null)).toEqual([]);
  });

  it('that leads to itself under paths of the same words ends', () => {
    const detector = new TrapDetector();
    const grow = (path: string, left: number): number => {
      if (left === 0 || detector.find(new URL(`http://h${path}`)) !== null) return 0;
      if (find(detector, `http://h${path}`, 'd', `http://h${path}x/`, `http://h${path}y/`) !== null) return 1;
      return 1 + grow(`${path}x/`, left - 1) + grow(`${path}y/`, left - 1);
    };
    expect(grow('/', 30)).toBeLessThan(50);
  });
});

it('each rule can be switched off, and says why', () => {
  const paths: Record<Trap, string[]> = {
    growing: [`/${numbers(30).join('/')}`],
    repeating: ['/a/a/a/a'],
    session: ['/?PHPSESSID=0123456789abcdef', '/?PHPSESSID=fedcba9876543210'],
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
        return detector.find(url) ?? detector.findDuplicate(url, 'd', []);
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

  it('tells what it has without a change', () => {
    const memory = new BoundedTrapMemory(4);
    expect([memory.has('a', '1'), memory.count('a'), memory.size]).toEqual([false, 0, 0]);
    expect([memory.admits('a', '1', 2), memory.admits('a', '2', 2)]).toEqual([true, true]);
    expect([memory.has('a', '1'), memory.has('a', '3'), memory.count('a'), memory.size]).toEqual([
      true,
      false,
      2,
      2,
    ]);
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
