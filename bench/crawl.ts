// npm run bench crawl: pages a second and peak memory of a crawl without politeness, against wget2 -r and Scrapy.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from './compile.js';
import { makeCrawlPages } from './crawl-pages.js';
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

/** @returns whether we are as fast, and our memory as flat, as is asked of us */
export async function benchCrawl(
  scale: number,
  peers: readonly string[],
  say: (line: string) => void,
): Promise<boolean> {
  const sizes = SIZES.map((pages) => Math.round(pages * scale));
  const folder = await scratchFolder(2 * (sizes.at(-1) ?? 0) * 8192 + 2 ** 28);
  const found = new Map<string, Figures[]>();
  say('| crawler | pages | pages a second | peak memory |\n| --- | ---: | ---: | ---: |');
  try {
    for (const pages of sizes) {
      const site = join(folder, `site-${pages}`);
      makeCrawlPages(site, pages);
      const nginx = await startNginx(join(folder, 'nginx'), site, undefined);
      const seed = `http://127.0.0.1:${nginx.http}/`;
      for (const crawler of crawlersFor(pages, peers)) {
        const figures = await crawlOnce(crawler, seed, pages, folder);
        if (figures === null) continue;
        found.set(crawler.name, [...(found.get(crawler.name) ?? []), figures]);
        say(`| ${crawler.name} | ${pages} | ${Math.round(figures.pagesPerSecond)} | ${megabytes(figures)} |`);
      }
      await nginx.stop();
      removeFolder(site);
    }
  } finally {
    removeFolder(folder);
  }
  return judge(found, say);
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

function judge(found: ReadonlyMap<string, readonly Figures[]>, say: (line: string) => void): boolean {
  const [few, many] = found.get('fetchall crawl') ?? [];
  if (few === undefined || many === undefined) return true;
  let isRight = true;
  const compare = (name: string, least: number): void => {
    const others = found.get(name) ?? [];
    const other = others.at(-1);
    if (other === undefined) return;
    const times = (others.length === 1 ? few : many).pagesPerSecond / other.pagesPerSecond;
    isRight &&= times >= least;
    say(`${times.toFixed(2)} times as fast as ${name}, at least ${least}`);
  };
  compare('Scrapy', TIMES_SCRAPY);
  compare('wget2 -r', TIMES_WGET2);
  if (few.peak !== null && many.peak !== null) {
    const more = many.peak / few.peak;
    isRight &&= more <= MORE_MEMORY;
    say(`${more.toFixed(2)} times the memory for ten times the pages, at most ${MORE_MEMORY}`);
  }
  return isRight;
}

function megabytes({ peak }: Figures): string {
  return peak === null ? '' : `${Math.round(peak / 2 ** 20)} MiB`;
}

/** Debian's Scrapy belongs to the system's own Python, which need not be the first in the PATH. */
function pythonWithScrapy(): string | undefined {
  const pythons = ['/usr/bin/python3', findProgram('python3')];
  return pythons.find(
    (python) => python !== undefined && spawnSync(python, ['-c', 'import scrapy']).status === 0,
  );
}
