// npm run bench [WORK | kernel | memory | profile ...] [-- --rounds N --scale X --peers A,B --results FILE]

import { fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchAdaptive } from './adaptive.js';
import { benchAuto } from './auto.js';
import { benchCrawl } from './crawl.js';
import { benchDeadHalf } from './dead-half.js';
import { benchDownloads, RESULTS, type Settings } from './downloads.js';
import { type Figure, figureTable, findingsText, isMet, keepFinding, newFinding } from './figures.js';
import { benchHttp2 } from './http2.js';
import { benchKernel } from './kernel.js';
import { benchMemory } from './memory.js';
import { ROOT } from './places.js';
import { benchProfile } from './profile.js';
import { benchSplit } from './split.js';
import { putBetweenMarks } from './table.js';
import { isWanted, WORKS } from './works.js';

const HELP = `npm run bench [NAME ...] [-- OPTIONS]

works    ${WORKS.map(({ name }) => name).join(' ')}; D and memory are all of theirs
others   kernel (the kernel against promises, gevent and p-limit), profile [WORK ...] (where S and L spend their time)
         dead-half (half of the URLs are of hosts that say nothing), split (one file in ranges, 2 MB/s a connection)
         http2 (small files with latency, beside HTTP/1.1), crawl (a site of 10,000 and of 100,000 pages)
         adaptive (what the default finds beside fixed limits, and how often it is answered 429), auto (the same on S, M, L and D16)
         without a name: the works, memory and kernel; about half an hour

--rounds N       instead of 5 (one: 21, memory: 1)
--scale X        0.02 for a fiftieth of the files or bytes: a quick try, which is not kept
--peers A,B      only these; default all that are installed
--inherit        contenders get this shell's environment instead of a clean one; not kept
--results FILE   where the works' figures go; default bench/results.json, and only from there into README.md and docs/performance.md
                 those of the others go to findings.json beside it`;

const FINDINGS = 'findings.json';

/** What is no work: judged, and kept by its name. */
const OTHERS: Readonly<
  Record<string, (settings: Settings, say: (line: string) => void) => Promise<Figure[]>>
> = {
  'dead-half': benchDeadHalf,
  crawl: benchCrawl,
  split: benchSplit,
  http2: benchHttp2,
  adaptive: benchAdaptive,
  auto: benchAuto,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    scale: { type: 'string', default: '1' },
    peers: { type: 'string' },
    results: { type: 'string' },
    inherit: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

// In order, so that nothing is left behind.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

if (process.send !== undefined) await benchMemory();
else if (values.help) console.log(HELP);
else process.exitCode = await main(positionals);

async function main(wanted: readonly string[]): Promise<number> {
  const known = ['kernel', 'profile', ...Object.keys(OTHERS)];
  const isKnown = (name: string): boolean =>
    known.includes(name) || WORKS.some((work) => isWanted(work.name, [name]));
  const unknown = wanted.find((name) => !isKnown(name));
  if (unknown !== undefined) {
    console.error(`there is no ${unknown}\n\n${HELP}`);
    return 2;
  }
  const scale = Number(values.scale);
  const settings: Settings = {
    wanted: wanted.filter((name) => name !== 'kernel'),
    rounds: values.rounds === undefined ? undefined : Number(values.rounds),
    scale,
    inherit: values.inherit,
    peers: values.peers?.split(',') ?? [],
    // Quick tries are not for keeping.
    results: values.results ?? (scale === 1 && !values.inherit ? RESULTS : undefined),
  };
  const others = Object.entries(OTHERS).filter(([name]) => wanted.includes(name));
  if (others.length > 0) {
    let isRight = true;
    for (const [name, bench] of others) isRight = (await findOut(name, bench, settings)) && isRight;
    return isRight ? 0 : 1;
  }
  if (wanted.includes('profile')) {
    const works = wanted.filter((name) => name !== 'profile');
    await benchProfile(works.length === 0 ? ['S', 'L'] : works, scale, console.log);
    return 0;
  }
  const isOnlyKernel = wanted.length > 0 && settings.wanted.length === 0;
  const isRight = isOnlyKernel || (await benchDownloads(settings, console.log));
  if (isWanted('memory', wanted)) await inItsOwnProcess();
  if (isWanted('kernel', wanted)) await benchKernel();
  return isRight ? 0 : 1;
}

/** @returns whether all is as it is asked to be */
async function findOut(
  name: string,
  bench: (settings: Settings, say: (line: string) => void) => Promise<Figure[]>,
  settings: Settings,
): Promise<boolean> {
  const figures = await bench(settings, console.log);
  console.log(`\n${figureTable(figures)}`);
  const { results } = settings;
  if (results !== undefined) {
    const findings = keepFinding(join(dirname(results), FINDINGS), newFinding(name, figures));
    if (results === RESULTS)
      putBetweenMarks(join(ROOT, 'docs/performance.md'), findingsText(findings), 'findings');
  }
  return figures.every(isMet);
}

/** Its peak shall hold nothing of what was measured before. */
async function inItsOwnProcess(): Promise<void> {
  // As the command line asks of V8.
  const child = fork(fileURLToPath(import.meta.url), { execArgv: ['--liftoff-only', '--expose-gc'] });
  await new Promise((resolve) => child.once('close', resolve));
}
