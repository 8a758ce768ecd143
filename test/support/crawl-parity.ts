// The same site by others: what they find, miss and wrongly ask for.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startFetchall } from './command-line.js';
import { serveCrawlSite } from './crawl-site.js';

/** What takes longer is cut short, in ms, and counted as far as it came. */
const LONGEST = 60_000;
const OWN = /\/(?:robots\.txt|map\.xml\.gz|index-of-maps\.xml)$/;

interface Contender {
  readonly name: string;
  run(seeds: readonly string[], folder: string): Promise<unknown>;
}

const CONTENDERS: readonly Contender[] = [
  {
    name: 'fetchall crawl',
    run: (seeds, folder) => {
      const options = ['--depth', '1000', '--delay', '0', '--per-host', '8', '-q'];
      return startFetchall(['crawl', ...seeds, '--out', folder, ...options], { timeout: 300_000 }).result;
    },
  },
  {
    name: 'wget2 -r',
    run: (seeds, folder) => {
      const hosts = seeds.map((seed) => new URL(seed).hostname).join(',');
      return ran('wget2', [
        '-r',
        '-l',
        '1000',
        '-H',
        '-D',
        hosts,
        '-q',
        '--progress=none',
        '-P',
        folder,
        ...seeds,
      ]);
    },
  },
  {
    name: 'wget -r',
    run: (seeds, folder) => {
      const hosts = seeds.map((seed) => new URL(seed).hostname).join(',');
      return ran('wget', ['-r', '-l', '1000', '-H', '-D', hosts, '-q', '-P', folder, ...seeds]);
    },
  },
  {
    name: 'httrack',
    run: (seeds, folder) =>
      ran('httrack', [
        ...[...seeds, '-O', folder, '-q', '-r1000', '-c8', '-%c1000', '-A1000000000', '-T10', '-R0'],
        ...['--disable-security-limits', '-I0', '-%k0'],
      ]),
  },
];

/** Prints a row of a table for each that is installed. */
export async function compareCrawlers(pages: number, folder: string): Promise<void> {
  console.log(
    '| crawler | asked for, rightly | missed | wrongly asked for | asked for again |\n| --- | --- | --- | --- | --- |',
  );
  for (const { name, run } of CONTENDERS) {
    const site = await serveCrawlSite(pages);
    try {
      await run(site.seeds, join(folder, name.replaceAll(' ', '-')));
      const asked = site.seen.map(({ url }) => url).filter((url) => !OWN.test(url));
      const found = new Set(asked);
      const right = [...found].filter((url) => site.expected.has(url)).length;
      const cells = [right, site.expected.size - right, found.size - right, asked.length - found.size];
      console.log(`| ${name} | ${cells.join(' | ')} |`);
      if (name !== 'fetchall crawl') console.log(`<!-- ${examples(site.expected, found).join(' ')} -->`);
    } catch (error) {
      console.log(`| ${name} | ${error instanceof Error ? error.message : ''} | | | |`);
    } finally {
      await site.close();
    }
  }
}

/** The kinds of URL that were missed (-) or are too many (+), without their numbers. */
function examples(expected: ReadonlySet<string>, found: ReadonlySet<string>): string[] {
  const kinds = new Map<string, number>();
  const add = (sign: string, url: string): void => {
    const kind =
      sign +
      url
        .replace(/^http:\/\/[^/]+/, '')
        .replace(/\d+/g, 'N')
        .replace(/(?:x\/){2,}/, 'x/..');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  };
  for (const url of expected) if (!found.has(url)) add('-', url);
  for (const url of found) if (!expected.has(url)) add('+', url);
  return [...kinds].map(([kind, count]) => `${kind}:${count}`);
}

function ran(program: string, args: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'ignore', timeout: LONGEST });
    child.on('error', () => reject(new Error('not installed')));
    child.on('close', resolve);
  });
}
