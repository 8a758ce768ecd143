// Parts of a site that have no end, and ordinary ones that look like them: one for each host of the site.

import { createHash } from 'node:crypto';

export interface SitePart {
  /** Where it begins. */
  readonly path: string;
  /** By path and query. */
  readonly pages: ReadonlyMap<string, PartPage>;
}

interface PartPage {
  readonly body: string;
  /** Whether a crawl has to ask for it; or never must. */
  readonly isWanted: boolean;
}

const DAY = 86_400_000;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const links = (paths: readonly string[]): string =>
  paths.map((path) => `<a href="${path.replaceAll('&', '&amp;')}">x</a>`).join('\n');
const token = (text: string): string => createHash('md5').update(text).digest('hex');

/** Months that nobody has come to yet, of which each leads to the next fifty; others than us come to an end too. */
function calendar(): SitePart {
  const pathOf = (n: number): string =>
    `/calendar/${2100 + Math.floor(n / 12)}/${String((n % 12) + 1).padStart(2, '0')}/`;
  const months = numbers(1200).map((n): [string, PartPage] => {
    const next = numbers(50).map((more) => pathOf(Math.min(n + more + 1, 1199)));
    return [pathOf(n), { body: `month ${n} ${links(next)}`, isWanted: n < 1000 }];
  });
  return { path: pathOf(0), pages: new Map(months) };
}

/** The filters of a shop: 34 values, which make 1,440 combinations. */
function shop(): SitePart {
  const met = new Set<string>();
  let combined = 0;
  const filters = numbers(1440).map((n): [string, PartPage] => {
    const values = [`colour=${n % 12}`, `size=${Math.floor(n / 12) % 12}`, `brand=${Math.floor(n / 144)}`];
    const isNew = values.some((value) => !met.has(value));
    for (const value of values) met.add(value);
    return [`/shop?${values.join('&')}`, { body: `filtered ${n}`, isWanted: isNew || ++combined <= 1000 }];
  });
  const hub = { body: links(filters.map(([path]) => path)), isWanted: true };
  return { path: '/shop', pages: new Map([['/shop', hub], ...filters]) };
}

/** Every page gives its visitor a session of his own; beside it sessions of other kinds. */
function forum(): SitePart {
  const topic = (n: number, page: string): string => `/forum/topic.php?t=${n}&sid=${token(page)}`;
  const pages = new Map<string, PartPage>();
  for (const n of numbers(30)) {
    const others = numbers(30).map((other) => topic(other, `page ${n}`));
    for (const path of others) pages.set(path, { body: `never ${path}`, isWanted: false });
    pages.set(topic(n, 'hub'), { body: `topic ${n} ${links(others)}`, isWanted: true });
  }
  const ordinary = numbers(30).flatMap((n) => [
    `/talks?session=machine-learning-${n + 100}`,
    `/bills?session=${1990 + n}-${1991 + n}-regular`,
    `/article.pl?sid=200101121730${n + 10}`,
    `/agenda?session=${token(`talk ${n}`)}`,
  ]);
  for (const path of ordinary) pages.set(path, { body: `this is ${path}`, isWanted: true });
  const first = numbers(30).map((n) => topic(n, 'hub'));
  pages.set('/forum/', { body: links([...first, ...ordinary]), isWanted: true });
  return { path: '/forum/', pages };
}

/** Days that were, and albums that all have the same first page. */
function archive(): SitePart {
  const days = numbers(420).map((n) => new Date(Date.UTC(2019, 0, 1) + n * DAY).toISOString().slice(0, 10));
  const ordinary = days.flatMap((day) =>
    day.endsWith('1') ? [`/log/${day}.html`, `/${day.replaceAll('-', '/')}/cover`] : [`/log/${day}.html`],
  );
  const pages = new Map(ordinary.map((path) => [path, { body: `this is ${path}`, isWanted: true }]));
  const albums = numbers(20).map((n) => `/album${n}/`);
  for (const path of albums) {
    pages.set(path, { body: links(['1.html']), isWanted: true });
    pages.set(`${path}1.html`, { body: `this is ${path}`, isWanted: true });
  }
  pages.set('/archive', { body: links([...ordinary, ...albums]), isWanted: true });
  return { path: '/archive', pages };
}

/** Lists with pages, and paths of numbers. */
function lists(): SitePart {
  const ordinary = [
    ...numbers(420).map((n) => `/list?start=${n * 25}`),
    ...numbers(60).map((n) => `/viewtopic.php?f=${n % 7}&t=${Math.floor(n / 4)}&start=${(n % 4) * 25}`),
    ...numbers(30).map((n) => `/asset?ts=${1_600_000_000 + n}`),
    '/tiles/1/1/1/1/1',
    '/a/2/2/2/2/',
  ];
  const pages = new Map(ordinary.map((path) => [path, { body: `this is ${path}`, isWanted: true }]));
  pages.set('/lists', { body: links(ordinary), isWanted: true });
  return { path: '/lists', pages };
}

export const SITE_PARTS: readonly (() => SitePart)[] = [calendar, shop, forum, archive, lists];
