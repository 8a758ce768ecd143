// npm run bench crawl: pages a second and peak memory of a crawl without politeness, against wget2 -r and Scrapy.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from './compile.js';
import { makeCrawlPages } from './crawl-pages.js';
import type { Settings } from './downloads.js';
import { type Figure, figure } from './figures.js';
import { CLEAN } from './measure.js';
import { startNginx } from './nginx.js';
import { COMMAND_LINE, findProgram, removeFolder, SOURCES, scratchFolder } from './places.js';

const SIZES = [10_000, 100_000];
const CONCURRENCY = 16;
/** What is asked of us: beside Scrapy, beside wget2, and of the memory of ten times as many pages. */
const TIMES_SCRAPY = 2;
const TIMES_WGET2 = 1;
const MORE_MEMORY = 1.15;

interface Crawler {
  readonly name: string;
  find(): string | undefined;
  /** Pages beyond which it takes too long to wait for. */
  readonly most: number;
  argvOf(seed: string, out: string): string[];
}

interface Figures {
  readonly pagesPerSecond: number;
  /** Bytes; null without a C compiler. */
  readonly peak: number | null;
}

const CRAWLERS: readonly Crawler[] = [
  {
    name: 'fetchall crawl',
    find: () => process.execPath,
    most: Number.POSITIVE_INFINITY,
    argvOf: (seed, out) => [
      ...[COMMAND_LINE, 'crawl', seed, '--out', out, '--quiet', '--depth', '1000', '--delay', '0'],
      ...['--concurrency', String(CONCURRENCY), '--per-host', String(CONCURRENCY)],
    ],
  },
  {
    name: 'wget2 -r',
    find: () => findProgram('wget2'),
    most: Number.POSITIVE_INFINITY,
    argvOf: (seed, out) => [
      ...['--recursive', '--level=1000', '--quiet', `--max-threads=${CONCURRENCY}`],
      ...[`--directory-prefix=${out}`, seed],
    ],
  },
  {
    name: 'Scrapy',
    find: pythonWithScrapy,
    most: 10_000,
    argvOf: (seed, out) => [join(SOURCES, 'crawl_scrapy.py'), seed, out, String(CONCURRENCY)],
  },
];

/** @returns what was measured, and what is asked of it */
export async function benchCrawl({ scale, peers }: Pick<Settings, 'scale' | 'peers'>): Promise<Figure[]> {
  const sizes = SIZES.map((pages) => Math.round(pages * scale));
  const folder = await scratchFolder(2 * (sizes.at(-1) ?? 0) * 8192 + 2 ** 28);
  const found = new Map<string, Figures[]>();
  const figures: Figure[] = [];
  try {
    for (const pages of sizes) {
      const site = join(folder, `site-${pages}`);
      makeCrawlPages(site, pages);
      const nginx = await startNginx(join(folder, 'nginx'), site, undefined);
      const seed = `http://127.0.0.1:${nginx.http}/`;
      for (const crawler of crawlersFor(pages, peers)) {
        const once = await crawlOnce(crawler, seed, pages, folder);
        if (once === null) continue;
        found.set(crawler.name, [...(found.get(crawler.name) ?? []), once]);
        const what = `${pages.toLocaleString('en-US')} pages, ${crawler.name}`;
        figures.push(figure(what, once.pagesPerSecond, ' a second'));
        if (once.peak !== null) figures.push(figure(`${what}: peak memory`, once.peak / 2 ** 20, ' MiB'));
      }
      await nginx.stop();
      removeFolder(site);
    }
  } finally {
    removeFolder(folder);
  }
  return [...figures, ...asked(found)];
}

function crawlersFor(pages: number, peers: readonly string[]): readonly Crawler[] {
  return CRAWLERS.filter(({ name, most }) => pages <= most && (peers.length === 0 || peers.includes(name)));
}

/** @returns null where it is not installed. @throws Error where it has not fetched all */
async function crawlOnce(
  { name, find, argvOf }: Crawler,
  seed: string,
  pages: number,
  folder: string,
): Promise<Figures | null> {
  const program = find();
  if (program === undefined) return null;
  const out = join(folder, 'out');
  mkdirSync(out);
  const report = join(folder, 'rusage.txt');
  const rusage = compile('rusage', folder);
  const argv = [...(rusage === undefined ? [] : [rusage, report]), program, ...argvOf(seed, out)];
  const began = performance.now();
  await ended(argv);
  const seconds = (performance.now() - began) / 1000;
  const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?:index|p\d+)\.html$/.test(file),
  );
  if (files.length !== pages) throw new Error(`${name}: ${files.length} pages instead of ${pages}`);
  removeFolder(out);
  const peak = rusage === undefined ? null : Number(readFileSync(report, 'utf8').split(' ')[3]) * 1024;
  return { pagesPerSecond: pages / seconds, peak };
}

function ended([program = '', ...argv]: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { env: CLEAN, stdio: ['ignore', 'ignore', 'inherit'] });
    const end = (): unknown => child.kill('SIGKILL');
    process.prependOnceListener('exit', end);
    child.once('error', reject);
    child.once('close', () => {
      process.off('exit', end);
      resolve();
    });
  });
}

function asked(found: ReadonlyMap<string, readonly Figures[]>): Figure[] {
  const [few, many] = found.get('fetchall crawl') ?? [];
  if (few === undefined || many === undefined) return [];
  const beside = (name: string, least: number): Figure[] => {
    const others = found.get(name) ?? [];
    const other = others.at(-1);
    if (other === undefined) return [];
    const times = (others.length === 1 ? few : many).pagesPerSecond / other.pagesPerSecond;
    return [figure(`times as fast as ${name}`, times, 'x', { least })];
  };
  const more = few.peak === null || many.peak === null ? null : many.peak / few.peak;
  return [
    ...beside('Scrapy', TIMES_SCRAPY),
    ...beside('wget2 -r', TIMES_WGET2),
    ...(more === null ? [] : [figure('memory for ten times the pages', more, 'x', { most: MORE_MEMORY })]),
  ];
}

/** Debian's Scrapy belongs to the system's own Python, which need not be the first in the PATH. */
function pythonWithScrapy(): string | undefined {
  const pythons = ['/usr/bin/python3', findProgram('python3')];
  return pythons.find(
    (python) => python !== undefined && spawnSync(python, ['-c', 'import scrapy']).status === 0,
  );
}
