// The same site by others: what they find, miss and wrongly ask for.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startFetchall } from './command-line.js';
import { serveCrawlSite } from './crawl-site.js';

/** What takes longer is cut short, in ms, and counted as far as it came. */
const LONGEST = 180_000;
const OWN = /\/(?:robots\.txt|map\.xml\.gz|index-of-maps\.xml)$/;

interface Contender {
  readonly name: string;
  /** @returns whether it ended by itself */
  run(seeds: readonly string[], folder: string): Promise<boolean>;
}

/**
 * HTTrack as it is, its limits lifted. Before 3.49-8 its clock has whole seconds only: with any limit of up to 1,000 connections a second
 * it waits for the next second. So that limit is off.
 */
const HTTRACK = ['-q', '--disable-security-limits', '-%c0', '-A0', '-s2', '-n'];

const CONTENDERS: readonly Contender[] = [
  {
    name: 'fetchall crawl',
    run: async (seeds, folder) => {
      const options = ['--depth', '1000', '--delay', '0', '--per-host', '8', '-q'];
      await startFetchall(['crawl', ...seeds, '--out', folder, ...options], { timeout: 300_000 }).result;
      return true;
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
        // It asks a host outside of -D for robots.txt too, and would wait for one that is not there.
        '--tries=1',
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
    run: (seeds, folder) => ran('httrack', [...seeds, '-O', folder, ...HTTRACK]),
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
      const ended = await run(site.seeds, join(folder, name.replaceAll(' ', '-')));
      // The case of hex digits says nothing (RFC 3986, section 6.2.2.1).
      const asked = site.seen
        .map(({ url }) => url.replace(/%[0-9a-f]{2}/g, (digits) => digits.toUpperCase()))
        .filter((url) => !OWN.test(url));
      const found = new Set(asked);
      const right = [...found].filter((url) => site.expected.has(url)).length;
      const cells = [right, site.expected.size - right, found.size - right, asked.length - found.size];
      console.log(`| ${name}${ended ? '' : ', cut short'} | ${cells.join(' | ')} |`);
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
        .replace(/[0-9a-f]{32}/g, 'T')
        .replace(/\d+/g, 'N')
        .replace(/(?:x\/){2,}/, 'x/..');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  };
  for (const url of expected) if (!found.has(url)) add('-', url);
  for (const url of found) if (!expected.has(url)) add('+', url);
  return [...kinds].map(([kind, count]) => `${kind}:${count}`);
}

function ran(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'ignore', timeout: LONGEST });
    child.on('error', () => reject(new Error('not installed')));
    // Not the exit code: HTTrack ends with 0 when it is told to stop.
    child.on('close', () => resolve(!child.killed));
  });
}
